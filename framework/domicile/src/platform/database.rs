//! [`Database`]: D1 as the framework reaches it, and what goes into it and comes out.
//!
//! D1 takes one statement at a time or a batch, never a transaction that is open while something is awaited. It carries
//! values as JSON: numbers are finite doubles, and -0 is 0.

use std::rc::Rc;

use async_trait::async_trait;

use crate::error::{Error, Kind, Result};
use crate::params::{self, Params};
use crate::row::{self, FromRow, Row};
use crate::sql::statement::{Refused, classify_one};
use crate::sql::{SqlError, SqlKind, abbreviate};
use crate::value::{Param, Value, ValueRef};

/// A D1 database, or a session on one.
#[async_trait(?Send)]
pub trait Database {
    /// Runs a statement that stands alone, and gives its columns as they are and its rows, without [`Meta`]: D1 tells
    /// either the exact columns or the counts.
    ///
    /// # Errors
    /// The statement's; nothing of it was applied.
    async fn query(&self, statement: &Statement) -> Result<ResultSet, SqlError>;

    /// Runs statements one after the other in one transaction: all of them, or none. At least one is given.
    ///
    /// Rows come from D1 as objects: of columns that share a name only the last is there, and those whose names are whole
    /// numbers come first.
    ///
    /// # Errors
    /// The first statement's that fails; nothing of the batch was applied.
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<ResultSet>, SqlError>;

    /// The same database, read from where `start` says: `first-unconstrained`, `first-primary` or a bookmark.
    fn session(&self, start: &str) -> Rc<dyn Database>;

    /// What a later session has to begin with to see all that this one saw; `None` before the first reply and where
    /// this is no session.
    fn bookmark(&self) -> Option<String>;
}

/// One statement for D1, with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    sql: String,
    params: Vec<Value>,
}

impl Statement {
    /// A statement that D1 may run: one alone, and nothing that begins or ends a transaction.
    ///
    /// ```
    /// # fn f() -> domicile::Result<()> {
    /// let statement = domicile::d1::Statement::new("UPDATE post SET views = views + ? WHERE id = ?", (1, 7))?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The text is refused ([`Refused`](crate::sql::statement::Refused)), or a parameter cannot be bound: an integer
    /// beyond ±(2⁵³−1), an infinite number.
    pub fn new(sql: impl Into<String>, params: impl Params) -> Result<Self> {
        let mut sql = sql.into();
        // As a store does: workerd takes some white space behind the last semicolon for a statement.
        sql.truncate(sql.trim_end().len());
        let checked = classify_one(&sql).map_err(|e| SqlError::new(SqlKind::Refused, why(&e)));
        checked.map_err(|e| Error::from(e).context(abbreviate(&sql)))?;
        let values: Result<Vec<Value>> = params::collect(&params).and_then(|values| {
            values.into_iter().enumerate().map(|(at, value)| sendable(at, value)).collect()
        });
        let params = values.map_err(|e| e.context(abbreviate(&sql)))?;
        Ok(Self { sql, params })
    }

    /// Its text.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Its parameters.
    #[must_use]
    pub fn params(&self) -> &[Value] {
        &self.params
    }

    /// The start of the text, for error messages: it holds no parameters.
    pub(crate) fn shortened(&self) -> String {
        abbreviate(&self.sql)
    }
}

/// Why D1 refuses a text. workerd's own words for a transaction name what D1 does not have.
fn why(refused: &Refused) -> String {
    match refused {
        Refused::Transaction => {
            "D1 has no transaction that stays open, so BEGIN, COMMIT, ROLLBACK and SAVEPOINT are \
                                 refused: run the statements as one `batch`, which is a transaction."
                .to_owned()
        }
        other => other.to_string(),
    }
}

/// A value as JSON carries it.
fn sendable(at: usize, value: Param<'_>) -> Result<Value> {
    match value {
        // D1 would make NULL of it without a word.
        Param::Number(n) if n.is_infinite() => Err(Error::new(
            Kind::Invalid,
            format!("parameter {}: {n} is no number to D1, which takes them as JSON", at + 1),
        )),
        Param::Number(n) => Ok(Value::Number(n + 0.0)),
        other => Ok(other.into_value()),
    }
}

/// What a statement gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResultSet {
    columns: Vec<String>,
    cells: Vec<Value>,
    meta: Option<Meta>,
}

/// What D1 tells of a statement besides its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Meta {
    /// Rows that were inserted, updated and deleted, those of triggers and of foreign keys' actions included.
    pub changes: u64,
    /// The rowid of the row that was inserted last; it stays from one statement to the next.
    pub last_row_id: i64,
    /// Rows read, as they are billed. On the native host an estimate.
    pub rows_read: u64,
    /// Rows written, each index entry counted, as they are billed.
    pub rows_written: u64,
}

impl ResultSet {
    /// The result of a host: the names of the columns, and the cells of all rows one after the other. It has `meta` where
    /// it is of a batch, whose columns are known by their names only.
    #[must_use]
    pub fn new(columns: Vec<String>, cells: Vec<Value>, meta: Option<Meta>) -> Self {
        Self { columns, cells, meta }
    }

    /// The names of the columns. In a batch, a statement without rows has none.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Value]> {
        self.cells.chunks(self.columns.len().max(1))
    }

    /// What D1 tells besides; only of statements in a batch.
    #[must_use]
    pub fn meta(&self) -> Meta {
        self.meta.unwrap_or_default()
    }

    /// Rows that were inserted, updated and deleted, those of triggers and of foreign keys' actions included.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.meta().changes
    }

    /// All rows as `T`.
    ///
    /// # Errors
    /// A column does not hold what `T` wants. In a batch also that a row is read by position and has a column whose name
    /// is a whole number, as such columns lose their places there.
    pub fn all<T: FromRow>(&self) -> Result<Vec<T>> {
        let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let places = match T::COLUMNS {
            Some(wanted) if !self.cells.is_empty() => row::places(wanted, &names)?,
            Some(_) => Vec::new(),
            None => self.in_place().map(|()| Vec::new())?,
        };
        let read = |cells: &[Value]| {
            let cells: Vec<ValueRef<'_>> = cells.iter().map(Value::as_ref).collect();
            T::from_row(&Row::new(&cells, &places))
        };
        self.rows().map(read).collect()
    }

    /// The only row as `T`, or `None`.
    ///
    /// # Errors
    /// As [`all`](Self::all), and [`SqlKind::ManyRows`].
    pub fn opt<T: FromRow>(&self) -> Result<Option<T>> {
        if self.rows().len() > 1 {
            let why = "Expected exactly one result from SQL query, but got multiple results.";
            return Err(SqlError::new(SqlKind::ManyRows, why).into());
        }
        Ok(self.all()?.pop())
    }

    /// The only row as `T`.
    ///
    /// # Errors
    /// As [`opt`](Self::opt), and [`SqlKind::NoRow`].
    pub fn one<T: FromRow>(&self) -> Result<T> {
        let why = "Expected exactly one result from SQL query, but got no results.";
        self.opt()?.ok_or_else(|| SqlError::new(SqlKind::NoRow, why).into())
    }

    /// That the columns are in the order in which the statement has them.
    fn in_place(&self) -> Result<()> {
        let is_index = |name: &&String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        match self.columns.iter().find(is_index) {
            Some(name) if self.meta.is_some() && self.columns.len() > 1 => Err(Error::new(
                Kind::Decode,
                format!("the column `{name}` of a statement in a batch has lost its place: name it with AS"),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
