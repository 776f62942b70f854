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
pub use civil::moment;
pub use decimal::{Decimal, DecimalError};
pub use field::Field;
pub use json::Json;
pub use key::ForeignKey;
pub use schema::{OnDelete, Schema};
#[doc(hidden)]
pub use slot::Slot;
#[doc(hidden)]
pub use stored::{Given, Wide};
pub use uuid::v7;

use crate::error::Result;
use crate::query::{Create, Deleted, Objects, Source};
use crate::row::Row;
use crate::value::Param;

/// A struct that is a row of a table. Derive it: `#[derive(Model)]`, whose documentation lists what an attribute may say.
///
/// ```
/// use domicile::model::Decimal;
/// use domicile::prelude::*;
/// use domicile::query::Column;
///
/// #[derive(Choices, Clone, Copy)]
/// enum Status {
///     Draft,
///     Sent,
/// }
///
/// #[derive(Model)]
/// struct Customer {
///     id: i64,
///     #[model(max_length = 100)]
///     name: String,
/// }
///
/// #[derive(Model)]
/// #[model(ordering(-issued), unique(customer, number))]
/// struct Invoice {
///     id: i64,
///     #[model(on_delete = protect)]
///     customer: ForeignKey<Customer>,
///     number: u32,
///     #[model(default = 0)]
///     total: Decimal<12, 2>,
///     #[model(default = Status::Draft)]
///     status: Status,
///     #[model(default = now)]
///     issued: Timestamp,
///     #[model(blank, help = "Shown on the invoice.")]
///     note: String,
/// }
///
/// let total: Column<Invoice, Decimal<12, 2>> = Invoice::total;
/// assert_eq!(total.schema().name, "total");
/// assert_eq!(Invoice::SCHEMA.table, "invoice");
/// ```
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

    /// Stores the row as it is, its key too. [`create`](Model::create) gives keys and defaults.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) with a problem for each field that does not hold; the statement's.
    fn insert<On: Source>(&self, on: On) -> On::Output<()> {
        crate::query::insert(self, on)
    }

    /// Stores all columns of a row that was read and changed.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) where there is no row with its key any more;
    /// [`Kind::Invalid`](crate::Kind::Invalid) with a problem for each field that does not hold; the statement's.
    fn save<On: Source>(&self, on: On) -> On::Output<()> {
        crate::query::save(self, on)
    }

    /// Deletes the row, and does with those that point to it what their `on_delete` says.
    ///
    /// # Errors
    /// Those of [`Objects::delete`](crate::query::Objects::delete).
    fn delete<On: Source>(&self, on: On) -> On::Output<Deleted> {
        crate::query::by_key::<Self>(&self.key()).delete(on)
    }

    /// A new row, of which columns are set.
    #[must_use]
    fn create() -> Create<Self> {
        Create::new()
    }
}

#[cfg(test)]
mod tests;
