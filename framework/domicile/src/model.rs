//! [`Model`]: a struct that is a row of a table, and what is known of it as const data.
//!
//! `#[derive(Model)]` makes the [`Schema`], reads and binds the columns, and gives a typed constant for each of them,
//! `Post::title`, which queries are made of ([`query`](crate::query)).

pub mod field;
pub mod key;
pub mod schema;

pub use field::Field;
pub use key::ForeignKey;
pub use schema::{OnDelete, Schema};

use crate::error::Result;
use crate::query::{Create, Objects};
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

    /// All rows of the model, of which filters take some.
    #[must_use]
    fn objects() -> Objects<Self> {
        Objects::new()
    }

    /// The row with this key: `Post::by_key(7).get(cx)?` or, where it may be missing, `.first(cx)?`.
    #[must_use]
    fn by_key(key: impl Into<Self::Key>) -> Objects<Self> {
        crate::query::by_key(&key.into())
    }

    /// A new row, of which columns are set.
    #[must_use]
    fn create() -> Create<Self> {
        Create::new()
    }
}
