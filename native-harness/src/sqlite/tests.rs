//! The connection against workerd's measured answers, and each rule that those cannot show.

mod golden;
mod limits;
mod power;
mod rules;
mod written;

use std::ops::ControlFlow;

use domicile::platform::Ran;

use super::{Cell, Database, Limits, Names, Param, Sink, SqlError};
use crate::vfs::{Clock, Random, Vfs};

/// 2001-02-03 04:05:06 UTC.
pub(super) const EVENT_MS: i64 = 981_173_106_000;

pub(super) fn vfs() -> Vfs {
    Vfs::new(Clock::new(EVENT_MS), Random::seeded([3; 32])).unwrap()
}

pub(super) fn memory() -> Database {
    Database::memory(&vfs(), Limits::PRODUCTION).unwrap()
}

/// A cell that outlives its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Number(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Number(number) => Self::Number(number),
            Cell::Text(text) => Self::Text(text.into_owned()),
            Cell::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Blob(bytes) => write!(f, "{bytes:x?}"),
        }
    }
}

/// Keeps all rows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
    row: Vec<Value>,
    /// Ends the statement after this many rows.
    pub(super) enough: Option<usize>,
}

impl Sink for Table {
    fn columns(&mut self, names: &Names<'_>) {
        assert!(self.rows.is_empty() && self.columns.is_empty(), "called once, before the first row");
        self.columns = names.iter().map(str::to_owned).collect();
    }

    fn cell(&mut self, cell: Cell<'_>) {
        self.row.push(cell.into());
    }

    fn end_row(&mut self) -> ControlFlow<()> {
        self.rows.push(std::mem::take(&mut self.row));
        if self.enough == Some(self.rows.len()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Database {
    pub(super) fn table(&self, sql: &str, params: &[Param<'_>]) -> Result<Table, SqlError> {
        let mut table = Table::default();
        self.run(sql, params, &mut table).map(|_| table)
    }

    /// All cells of the result, separated by commas and the rows by semicolons; or the error's message.
    pub(super) fn show(&self, sql: &str, params: &[Param<'_>]) -> String {
        match self.table(sql, params) {
            Ok(table) => {
                let row = |row: &Vec<Value>| row.iter().map(Value::to_string).collect::<Vec<_>>().join(",");
                table.rows.iter().map(row).collect::<Vec<_>>().join(";")
            }
            Err(error) => format!("error: {error}"),
        }
    }

    pub(super) fn go(&self, sql: &str) -> Ran {
        self.run(sql, &[], &mut ()).unwrap()
    }

    pub(super) fn fail(&self, sql: &str) -> SqlError {
        self.run(sql, &[], &mut ()).unwrap_err()
    }
}

#[track_caller]
pub(super) fn check(database: &Database, sql: &str, expected: &str) {
    assert_eq!(database.show(sql, &[]), expected, "{sql}");
}
