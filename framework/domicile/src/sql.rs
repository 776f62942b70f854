//! Placeholder.
pub mod statement;
