//! [`Slot`]: what `#[derive(Model)]` says of one field, checked while the app compiles.
//!
//! The macro sees tokens and not types. What only the type tells, such as whether it is a foreign key behind an alias,
//! is asked here, in const code that fails at the field.

use super::schema::{Choice, Column, Default, Kind, Literal, Moment, OnDelete, Reference, Schema};
use super::stored::{self, Given, Wide};
use crate::error::Error;

/// What the type of a field says: [`Field::SLOT`](super::Field::SLOT).
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// What the column holds.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The model that it points to.
    pub references: Option<fn() -> &'static Schema>,
    /// The values that are allowed.
    pub choices: &'static [Choice],
}

impl Slot {
    /// A column that is no foreign key, with nothing said of it.
    #[track_caller]
    #[must_use]
    pub const fn plain(self, name: &'static str, verbose_name: &'static str) -> Column {
        assert!(
            self.references.is_none(),
            "a foreign key says what becomes of the row when its target is deleted: add \
             `#[model(on_delete = protect)]`, or `cascade`, `set_null` or `set_default`"
        );
        self.column(name, verbose_name)
    }

    /// A foreign key.
    #[track_caller]
    #[must_use]
    pub const fn foreign(
        self,
        name: &'static str,
        verbose_name: &'static str,
        on_delete: OnDelete,
    ) -> Column {
        let Some(model) = self.references else {
            panic!("`on_delete` is for a `ForeignKey`, and this is none: take it away")
        };
        assert!(
            self.nullable || !matches!(on_delete, OnDelete::SetNull),
            "`set_null` needs a column that may be NULL: make the field an `Option`"
        );
        Column {
            references: Some(Reference { model, on_delete }),
            index: true,
            ..self.column(name, verbose_name)
        }
    }

    /// The primary key.
    #[track_caller]
    #[must_use]
    pub const fn key(self, name: &'static str, verbose_name: &'static str) -> Column {
        assert!(
            !self.nullable && self.references.is_none() && self.choices.is_empty() && keys(self.kind),
            "a key is an integer, an `Exact64`, a `String` or a `Uuid`"
        );
        self.column(name, verbose_name)
    }

    const fn column(self, name: &'static str, verbose_name: &'static str) -> Column {
        Column {
            name,
            kind: self.kind,
            nullable: self.nullable,
            default: Default::None,
            updated: None,
            unique: false,
            index: false,
            references: None,
            max_length: None,
            choices: self.choices,
            verbose_name,
            help: "",
            blank: false,
        }
    }

    /// A default that is the same for all rows, in the form in which it is stored.
    #[track_caller]
    #[must_use]
    pub const fn default(self, given: Given) -> Default {
        let literal = stored::literal(self.kind, given);
        assert!(
            self.choices.is_empty() || stored::listed(literal, self.choices),
            "the default is none of the choices"
        );
        Default::Value(literal)
    }

    /// The text of a number in a column whose decimals are text.
    #[track_caller]
    #[must_use]
    pub const fn wide(self, given: Given) -> Wide {
        Wide::new(self.kind, given)
    }

    /// As [`default`](Self::default), of a number that may be [`wide`](Self::wide).
    #[track_caller]
    #[must_use]
    pub const fn default_number(self, given: Given, wide: &'static Wide) -> Default {
        match stored::is_wide(self.kind) {
            Some(_) => Default::Value(Literal::Text(wide.text())),
            None => self.default(given),
        }
    }

    /// `default = now`.
    #[track_caller]
    #[must_use]
    pub const fn now(self) -> Default {
        self.moment();
        Default::Now
    }

    /// `default = today`.
    #[track_caller]
    #[must_use]
    pub const fn today(self) -> Default {
        self.day();
        Default::Now
    }

    /// `default = uuid`.
    #[track_caller]
    #[must_use]
    pub const fn uuid(self) -> Default {
        assert!(matches!(self.kind, Kind::Uuid), "`default = uuid` is for a `Uuid`, and this is none");
        Default::Uuid
    }

    /// `updated = now`.
    #[track_caller]
    #[must_use]
    pub const fn updated_now(self) -> Option<Moment> {
        self.moment();
        Some(Moment::Now)
    }

    /// `updated = today`.
    #[track_caller]
    #[must_use]
    pub const fn updated_today(self) -> Option<Moment> {
        self.day();
        Some(Moment::Now)
    }

    #[track_caller]
    const fn moment(self) {
        assert!(
            matches!(self.kind, Kind::Timestamp | Kind::Time),
            "`now` is for a `Timestamp` or a `Time`; for a `Date` write `today`"
        );
    }

    #[track_caller]
    const fn day(self) {
        assert!(
            matches!(self.kind, Kind::Date),
            "`today` is for a `Date`; for a `Timestamp` or a `Time` write `now`"
        );
    }

    /// `max_length = …`.
    #[track_caller]
    #[must_use]
    pub const fn max_length(self, characters: u32) -> Option<u32> {
        assert!(matches!(self.kind, Kind::Text), "`max_length` is for text, and this is none: take it away");
        Some(characters)
    }

    /// `blank`.
    #[track_caller]
    #[must_use]
    pub const fn blank(self) -> bool {
        assert!(matches!(self.kind, Kind::Text), "`blank` is for text, and this is none: take it away");
        true
    }

    /// A value under `choices(…)`.
    #[track_caller]
    #[must_use]
    pub const fn choice(self, given: Given, label: &'static str) -> Choice {
        assert!(
            self.choices.is_empty(),
            "the type of the field says what the choices are: take `choices(…)` away"
        );
        Choice { value: stored::literal(self.kind, given), label }
    }

    /// A column under `search(…)`.
    #[track_caller]
    #[must_use]
    pub const fn searched(self, name: &'static str) -> &'static str {
        assert!(matches!(self.kind, Kind::Text), "only text is searched: take this field out of `search(…)`");
        name
    }
}

const fn keys(kind: Kind) -> bool {
    matches!(kind, Kind::Integer { .. } | Kind::Exact64 | Kind::Text | Kind::Uuid)
}

/// An error of the column that stands at `place` in the schema.
pub(super) fn named(error: Error, schema: &Schema, place: usize) -> Error {
    let column = schema.columns.get(place).map_or("?", |column| column.name);
    error.context(format_args!("{}.{column}", schema.table))
}
