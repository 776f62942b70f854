//! [`Field`]: a Rust type that can be a column of a model.

use super::schema::{Choice, Kind, Schema};
use super::slot::{self, Slot};
use crate::error::Result;
use crate::row::Row;
use crate::timestamp::Timestamp;
use crate::value::{Exact64, FromValue, MAX_SAFE_INTEGER, Param, ToValue};

/// A Rust type that can be a field of a model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a model",
    note = "fields are integers, f64, bool, String, Vec<u8>, Timestamp, Exact64, jiff's civil Date, Time and DateTime, Uuid, \
            Decimal, Json, ForeignKey, enums that derive `Choices`, and `Option`s of these"
)]
pub trait Field: ToValue + FromValue + 'static {
    /// What the column holds.
    const KIND: Kind;

    /// Whether it may be NULL.
    const NULLABLE: bool = false;

    /// The model that it points to.
    const REFERENCES: Option<fn() -> &'static Schema> = None;

    /// The values that are allowed; empty when all are.
    const CHOICES: &'static [Choice] = &[];

    /// The type without its `Option`.
    type Base: Field<Base = Self::Base>;

    /// The above as one value; for the derive.
    #[doc(hidden)]
    const SLOT: Slot = Slot {
        kind: Self::KIND,
        nullable: Self::NULLABLE,
        references: Self::REFERENCES,
        choices: Self::CHOICES,
    };

    /// Reads the column that stands at `place` in the schema, of which the first stands at `at` in the row; for the
    /// derive.
    ///
    /// # Errors
    /// It holds something else.
    #[doc(hidden)]
    fn read_at(row: &Row<'_>, at: usize, place: usize, schema: &Schema) -> Result<Self> {
        row.get(at.saturating_add(place)).map_err(|error| slot::named(error, schema, place))
    }

    /// Binds the column that stands at `place` in the schema; for the derive.
    ///
    /// # Errors
    /// It cannot be bound.
    #[doc(hidden)]
    fn bind_at<'value>(
        &'value self,
        out: &mut Vec<Param<'value>>,
        place: usize,
        schema: &Schema,
    ) -> Result<()> {
        out.push(self.to_value().map_err(|error| slot::named(error, schema, place))?);
        Ok(())
    }
}

impl<T: Field<Base = T>> Field for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const REFERENCES: Option<fn() -> &'static Schema> = T::REFERENCES;
    const CHOICES: &'static [Choice] = T::CHOICES;
    type Base = T;
}

macro_rules! fields {
    ($($t:ty: $kind:expr),* $(,)?) => {$(
        impl Field for $t {
            const KIND: Kind = $kind;
            type Base = Self;
        }
    )*};
}

fields! {
    i8: Kind::Integer { min: i8::MIN as i64, max: i8::MAX as i64 },
    i16: Kind::Integer { min: i16::MIN as i64, max: i16::MAX as i64 },
    i32: Kind::Integer { min: i32::MIN as i64, max: i32::MAX as i64 },
    i64: Kind::Integer { min: -MAX_SAFE_INTEGER, max: MAX_SAFE_INTEGER },
    u8: Kind::Integer { min: 0, max: u8::MAX as i64 },
    u16: Kind::Integer { min: 0, max: u16::MAX as i64 },
    u32: Kind::Integer { min: 0, max: u32::MAX as i64 },
    u64: Kind::Integer { min: 0, max: MAX_SAFE_INTEGER },
    Exact64: Kind::Exact64,
    f64: Kind::Float,
    bool: Kind::Bool,
    String: Kind::Text,
    Vec<u8>: Kind::Bytes,
    Timestamp: Kind::Timestamp,
}
