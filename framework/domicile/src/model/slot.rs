//! [`Slot`]: what `#[derive(Model)]` says of one field, checked while the app compiles.
//!
//! The macro sees tokens and not types. What only the type tells, such as whether it is a foreign key behind an alias,
//! is asked here, in const code that fails at the field.

use std::marker::PhantomData;

use super::field::Field;
use super::schema::{Choice, Column, Default, Kind, Moment, OnDelete, Reference};
use super::stored::{self, Given};
use super::{Model, Schema};
use crate::error::Result;
use crate::row::Row;
use crate::value::Param;

/// A field of the type `T`. All that the derive asks of the type goes through this one name, so that a type that is no
/// field gives one message.
pub struct Slot<T: Field>(PhantomData<T>);

impl<T: Field> Slot<T> {
    /// A column that is no foreign key, with nothing said of it.
    #[track_caller]
    #[must_use]
    pub const fn plain(name: &'static str, verbose_name: &'static str) -> Column {
        assert!(
            T::REFERENCES.is_none(),
            "a foreign key says what becomes of the row when its target is deleted: add \
             `#[model(on_delete = protect)]`, or `cascade`, `set_null` or `set_default`"
        );
        Self::column(name, verbose_name)
    }

    /// A foreign key.
    #[track_caller]
    #[must_use]
    pub const fn foreign(name: &'static str, verbose_name: &'static str, on_delete: OnDelete) -> Column {
        let Some(model) = T::REFERENCES else {
            panic!("`on_delete` is for a `ForeignKey`, and this is none: take it away")
        };
        assert!(
            T::NULLABLE || !matches!(on_delete, OnDelete::SetNull),
            "`set_null` needs a column that may be NULL: make the field an `Option`"
        );
        Column {
            references: Some(Reference { model, on_delete }),
            index: true,
            ..Self::column(name, verbose_name)
        }
    }

    /// The primary key.
    #[track_caller]
    #[must_use]
    pub const fn key(name: &'static str, verbose_name: &'static str) -> Column {
        assert!(
            !T::NULLABLE && T::REFERENCES.is_none() && T::CHOICES.is_empty() && keys(T::KIND),
            "a key is an integer, an `Exact64`, a `String` or a `Uuid`"
        );
        Self::column(name, verbose_name)
    }

    const fn column(name: &'static str, verbose_name: &'static str) -> Column {
        Column {
            name,
            kind: T::KIND,
            nullable: T::NULLABLE,
            default: Default::None,
            updated: None,
            unique: false,
            index: false,
            references: None,
            max_length: None,
            choices: T::CHOICES,
            verbose_name,
            help: "",
            blank: false,
        }
    }

    /// A default that is the same for all rows, in the form in which it is stored.
    #[track_caller]
    #[must_use]
    pub const fn default(given: Given) -> Default {
        let literal = stored::literal(T::KIND, given);
        assert!(
            T::CHOICES.is_empty() || stored::listed(literal, T::CHOICES),
            "the default is none of the choices"
        );
        Default::Value(literal)
    }

    /// `default = now`.
    #[track_caller]
    #[must_use]
    pub const fn now() -> Default {
        Self::moment();
        Default::Now
    }

    /// `default = today`.
    #[track_caller]
    #[must_use]
    pub const fn today() -> Default {
        Self::day();
        Default::Now
    }

    /// `default = uuid`.
    #[track_caller]
    #[must_use]
    pub const fn uuid() -> Default {
        assert!(matches!(T::KIND, Kind::Uuid), "`default = uuid` is for a `Uuid`, and this is none");
        Default::Uuid
    }

    /// `updated = now`.
    #[track_caller]
    #[must_use]
    pub const fn updated_now() -> Option<Moment> {
        Self::moment();
        Some(Moment::Now)
    }

    /// `updated = today`.
    #[track_caller]
    #[must_use]
    pub const fn updated_today() -> Option<Moment> {
        Self::day();
        Some(Moment::Now)
    }

    #[track_caller]
    const fn moment() {
        assert!(
            matches!(T::KIND, Kind::Timestamp | Kind::Time),
            "`now` is for a `Timestamp` or a `Time`; for a `Date` write `today`"
        );
    }

    #[track_caller]
    const fn day() {
        assert!(
            matches!(T::KIND, Kind::Date),
            "`today` is for a `Date`; for a `Timestamp` or a `Time` write `now`"
        );
    }

    /// `max_length = …`.
    #[track_caller]
    #[must_use]
    pub const fn max_length(characters: u32) -> Option<u32> {
        assert!(matches!(T::KIND, Kind::Text), "`max_length` is for text, and this is none: take it away");
        Some(characters)
    }

    /// `blank`.
    #[track_caller]
    #[must_use]
    pub const fn blank() -> bool {
        assert!(matches!(T::KIND, Kind::Text), "`blank` is for text, and this is none: take it away");
        true
    }

    /// A value under `choices(…)`.
    #[track_caller]
    #[must_use]
    pub const fn choice(given: Given, label: &'static str) -> Choice {
        assert!(
            T::CHOICES.is_empty(),
            "the type of the field says what the choices are: take `choices(…)` away"
        );
        Choice { value: stored::literal(T::KIND, given), label }
    }

    /// A column under `search(…)`.
    #[track_caller]
    #[must_use]
    pub const fn searched(name: &'static str) -> &'static str {
        assert!(matches!(T::KIND, Kind::Text), "only text is searched: take this field out of `search(…)`");
        name
    }

    /// Reads the field that stands at `place` among those of `M`.
    ///
    /// # Errors
    /// The column does not hold a `T`.
    pub fn read<M: Model>(row: &Row<'_>, at: usize, place: usize) -> Result<T> {
        row.get(at.saturating_add(place)).map_err(|error| error.context(named(M::SCHEMA, place)))
    }

    /// Binds the field that stands at `place` among those of `M`.
    ///
    /// # Errors
    /// A value that cannot be bound.
    pub fn bind<'value, M: Model>(
        value: &'value T,
        place: usize,
        out: &mut Vec<Param<'value>>,
    ) -> Result<()> {
        out.push(value.to_value().map_err(|error| error.context(named(M::SCHEMA, place)))?);
        Ok(())
    }
}

const fn keys(kind: Kind) -> bool {
    matches!(kind, Kind::Integer { .. } | Kind::Exact64 | Kind::Text | Kind::Uuid)
}

/// A column as errors name it: `post.title`.
fn named(schema: &Schema, place: usize) -> String {
    let column = schema.columns.get(place).map_or("?", |column| column.name);
    format!("{}.{column}", schema.table)
}
