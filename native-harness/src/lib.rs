//! Placeholder.
#[allow(dead_code)]
mod sqlite;
#[allow(dead_code)]
mod vfs;
