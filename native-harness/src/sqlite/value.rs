//! What goes into a statement and what comes out, in the four kinds that a Durable Object knows.

use std::borrow::Cow;
use std::ops::ControlFlow;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, Statement};

use super::SqlError;

/// A bound parameter. There is no integer: a Durable Object binds every number as REAL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Param<'a> {
    Null,
    /// SQLite itself turns NaN into NULL.
    Number(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Number(value) => ValueRef::Real(value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A cell of a result row. INTEGER and REAL are one kind, as they are on the platform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Number(f64),
    /// Bytes that are not UTF-8 come as U+FFFD.
    Text(Cow<'a, str>),
    Blob(&'a [u8]),
}

/// Where [`super::Database::run`] puts the rows of a statement's result.
pub(crate) trait Sink {
    /// Called once, and before the first row, also when there is no row or no column. Names may repeat.
    fn columns(&mut self, names: &Names<'_>);

    /// Called for each cell, row by row and from left to right.
    fn cell(&mut self, cell: Cell<'_>);

    /// Called after the last cell of a row. `Break` ends the statement.
    fn end_row(&mut self) -> ControlFlow<()>;
}

/// Drops all rows.
impl Sink for () {
    fn columns(&mut self, _: &Names<'_>) {}

    fn cell(&mut self, _: Cell<'_>) {}

    fn end_row(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The names of a result's columns.
pub(crate) struct Names<'a>(pub(super) &'a Statement<'a>);

impl Names<'_> {
    pub(crate) fn len(&self) -> usize {
        self.0.column_count()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.0.column_name(index).ok())
    }
}

/// The cell of a row. An INTEGER beyond ±(2^53 − 1) is rounded to the nearest `f64`, as on the platform.
///
/// # Errors
///
/// There is no such column.
pub(super) fn cell<'a>(row: &'a Row<'_>, index: usize) -> Result<Cell<'a>, SqlError> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => Cell::Null,
        #[allow(clippy::cast_precision_loss)]
        ValueRef::Integer(value) => Cell::Number(value as f64),
        ValueRef::Real(value) => Cell::Number(value),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    })
}
