//! [`Model`]: a struct that is a row of a table, and what is known of it as const data.
//!
//! `#[derive(Model)]` makes the [`Schema`], reads and binds the columns, and gives a typed constant for each of them,
//! `Post::title`, which queries are made of ([`query`](crate::query)).

pub mod schema;
mod stored;
mod slot;
pub mod field;
pub mod key;
mod choice;
mod civil;
pub mod decimal;
mod json;
mod uuid;
pub mod valid;
pub mod text;

pub use choice::NotAChoice;
#[doc(hidden)]
pub use choice::chosen;
pub use decimal::{Decimal, DecimalError};
pub use field::Field;
pub use json::Json;
pub use key::ForeignKey;
pub use schema::{OnDelete, Schema};
#[doc(hidden)]
pub use slot::Slot;
#[doc(hidden)]
pub use stored::Given;
pub use uuid::v7;

use crate::error::Result;
use crate::row::Row;
use crate::value::Param;

/// A struct that is a row of a table. Derive it: `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "add `#[derive(Model)]` to it: a struct with a named field for each column, one of which is the key"
)]
pub trait Model: Sized + 'static {
    /// The type of the primary key.
    type Key: Field + Clone;

    /// The table, its columns and what holds for them.
    const SCHEMA: &'static Schema;

    /// Reads the columns, in the order of the schema, of which the first stands at `at` in the row.
    ///
    /// # Errors
    /// A column does not hold what the field wants.
    fn read(row: &Row<'_>, at: usize) -> Result<Self>;

    /// Puts the values of the columns into `out`, in the order of the schema.
    ///
    /// # Errors
    /// A value that cannot be bound.
    fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()>;

    /// The primary key.
    fn key(&self) -> Self::Key;
}

#[cfg(test)]
mod tests;
