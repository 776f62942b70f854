//! Queries as values, made of a model's typed columns.

mod column;

pub use column::Column;
