//! Placeholder.
mod sql;
