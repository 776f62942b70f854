//! Rows and what they are read as: scalars, tuples by position, and structs by column name.

use crate::error::{Error, Kind, Result};
use crate::value::{FromValue, Value, ValueRef};

/// One row of a statement's result.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    cells: &'a [ValueRef<'a>],
    // Where each field of the type that is read stands; empty when it is read by position.
    places: &'a [usize],
}

impl<'a> Row<'a> {
    pub(crate) fn new(cells: &'a [ValueRef<'a>], places: &'a [usize]) -> Self {
        Self { cells, places }
    }

    /// How many columns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The value of the column at `index`, which for a type with named columns counts its own fields.
    ///
    /// # Errors
    /// There is no such column, or it does not hold a `T`.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let place = self.places.get(index).copied().unwrap_or(index);
        let Some(cell) = self.cells.get(place) else {
            return Err(Error::new(
                Kind::Decode,
                format!("column {place} was asked for and the row has {}", self.cells.len()),
            ));
        };
        T::from_value(*cell).map_err(|e| e.context(format_args!("column {place}")))
    }
}

impl Row<'_> {
    /// Whether the column at `index` is NULL or not there.
    #[must_use]
    pub fn is_null(&self, index: usize) -> bool {
        let place = self.places.get(index).copied().unwrap_or(index);
        matches!(self.cells.get(place), None | Some(ValueRef::Null))
    }
}

/// A type that a row is read as.
#[diagnostic::on_unimplemented(
    message = "a row cannot be read as `{Self}`",
    note = "derive `FromRow` for a struct with a field for each column, or read a single value or a tuple"
)]
pub trait FromRow: Sized {
    /// The columns that are looked up by name; `None` reads by position.
    const COLUMNS: Option<&'static [&'static str]>;

    /// Reads the row.
    ///
    /// # Errors
    /// A column is missing or holds something else.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

/// Finds each of `wanted` in `names`.
pub(crate) fn places(wanted: &[&str], names: &[&str]) -> Result<Vec<usize>> {
    wanted
        .iter()
        .map(|want| {
            let mut found = names.iter().enumerate().filter(|(_, name)| name.eq_ignore_ascii_case(want));
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(at),
                (Some(_), Some(_)) => Err(Error::new(
                    Kind::Decode,
                    format!("column `{want}` stands twice in the result: name one of them with AS"),
                )),
                (None, _) => Err(Error::new(
                    Kind::Decode,
                    format!("no column `{want}` in the result, which has: {}", names.join(", ")),
                )),
            }
        })
        .collect()
}

/// That a row which is read by position has as many columns as are wanted of it.
///
/// # Errors
/// It has more or fewer.
#[doc(hidden)]
pub fn count(row: &Row<'_>, wanted: usize) -> Result<()> {
    if row.len() == wanted {
        return Ok(());
    }
    Err(Error::new(Kind::Decode, format!("{wanted} columns were asked for and the row has {}", row.len())))
}

/// The value of the only column.
///
/// # Errors
/// There are more columns, or it does not hold a `T`.
#[doc(hidden)]
pub fn only<T: FromValue>(row: &Row<'_>) -> Result<T> {
    count(row, 1)?;
    row.get(0)
}

macro_rules! scalars {
    ($($t:ty),* $(,)?) => {$(
        impl FromRow for $t {
            const COLUMNS: Option<&'static [&'static str]> = None;
            fn from_row(row: &Row<'_>) -> Result<Self> {
                only(row)
            }
        }
    )*};
}
scalars!(
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    usize,
    bool,
    f64,
    String,
    Vec<u8>,
    Value,
    crate::Exact64,
    crate::Timestamp
);

impl<T: FromValue> FromRow for Option<T> {
    const COLUMNS: Option<&'static [&'static str]> = None;
    fn from_row(row: &Row<'_>) -> Result<Self> {
        only(row)
    }
}

/// A row whose columns nobody reads.
impl FromRow for () {
    const COLUMNS: Option<&'static [&'static str]> = None;
    fn from_row(_: &Row<'_>) -> Result<Self> {
        Ok(())
    }
}

/// All columns, as they are.
impl FromRow for Vec<Value> {
    const COLUMNS: Option<&'static [&'static str]> = None;
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(row.cells.iter().copied().map(ValueRef::to_owned).collect())
    }
}

macro_rules! tuples {
    ($($t:ident $i:tt),*) => {
        impl<$($t: FromValue),*> FromRow for ($($t,)*) {
            const COLUMNS: Option<&'static [&'static str]> = None;
            fn from_row(row: &Row<'_>) -> Result<Self> {
                count(row, [$($i),*].len())?;
                Ok(($(row.get::<$t>($i)?,)*))
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
