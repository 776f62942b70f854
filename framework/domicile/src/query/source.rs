//! [`Source`]: what a query runs on. A store gives results at once; D1 gives futures of them.
//!
//! A query that is one statement is handed over as such. What takes several, with decisions between them, is written once
//! as a future over an [`Executor`], and a store runs it to its end without waiting, since nothing in it waits there.

use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt as _;

use super::failure::told;
use super::statement::Statement;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::model::Schema;
use crate::platform::{Ran, Rows};
use crate::row::Row;
use crate::store::Store;
use crate::timestamp::Timestamp;
use crate::value::{Value, ValueRef};

/// What a query runs on: `cx.store()`, `cx`, or a D1 database.
#[diagnostic::on_unimplemented(
    message = "a query cannot run on `{Self}`",
    note = "give it `cx.store()` in a handler, or a D1 database, `&outside.d1()?`, in an entry route"
)]
pub trait Source: Sized {
    /// What running gives: a `Result` on a store, a future of one on D1.
    type Output<T: 'static>;

    /// Runs one statement and gives each row to `collect`.
    #[doc(hidden)]
    fn read<C: Collect>(self, statement: Result<Statement>, collect: C) -> Self::Output<C::Out>;

    /// Runs one statement that writes and tells how many rows it wrote.
    #[doc(hidden)]
    fn write(self, statement: Result<Statement>) -> Self::Output<u64>;

    /// Runs what takes several statements, with decisions between them.
    #[doc(hidden)]
    fn run<T: 'static, P>(self, program: P) -> Self::Output<T>
    where
        P: for<'a> FnOnce(&'a dyn Executor) -> LocalFuture<'a, T> + 'static;

    /// The time of the event.
    #[doc(hidden)]
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with randomness that nobody can guess.
    #[doc(hidden)]
    fn random(&self, bytes: &mut [u8]);
}

/// Makes something of rows.
#[doc(hidden)]
pub trait Collect: 'static {
    type Out: 'static;

    fn row(&mut self, row: &Row<'_>) -> Result<()>;
    fn end(self) -> Result<Self::Out>;
}

/// A future that stays on its thread.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// A database by the two things that can be done with it: read, and write several statements as one.
pub trait Executor {
    /// The rows that a statement gives.
    fn rows(&self, statement: Statement) -> LocalFuture<'_, Vec<Vec<Value>>>;

    /// Runs statements in one transaction: all of them, or none where one fails.
    fn apply(&self, statements: Vec<Statement>) -> LocalFuture<'_, Vec<Applied>>;

    /// The time of the event.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with randomness that nobody can guess.
    fn random(&self, bytes: &mut [u8]);

    /// The models that it holds.
    fn models(&self) -> &[&'static Schema];

    /// Whether nobody else writes between what is read and what is written after it: so it is on a store, within the
    /// transaction of an event.
    fn reads_hold(&self) -> bool;
}

/// What a statement that writes came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The rows that it inserted, updated or deleted.
    pub changes: u64,
    /// The rows that its `RETURNING` gave.
    pub rows: Vec<Vec<Value>>,
}

/// Runs what is written for either side on the store of an event.
///
/// # Errors
/// What `run` returns.
pub fn on_store<T>(cx: &Cx, run: impl for<'a> FnOnce(&'a dyn Executor) -> LocalFuture<'a, T>) -> Result<T> {
    at_once(run(cx.store()))
}

/// What a future of a store's gives, in which nothing waits.
fn at_once<T>(done: LocalFuture<'_, T>) -> Result<T> {
    done.now_or_never().unwrap_or_else(|| Err(Error::internal("a store made the data layer wait")))
}

impl Source for &Store {
    type Output<T: 'static> = Result<T>;

    fn read<C: Collect>(self, statement: Result<Statement>, mut collect: C) -> Result<C::Out> {
        let statement = statement?;
        self.run_own(&statement, false, &mut Collector(&mut collect))?;
        collect.end()
    }

    fn write(self, statement: Result<Statement>) -> Result<u64> {
        Ok(self.apply_one(&statement?)?.changes)
    }

    fn run<T: 'static, P>(self, program: P) -> Result<T>
    where
        P: for<'a> FnOnce(&'a dyn Executor) -> LocalFuture<'a, T> + 'static,
    {
        at_once(program(self))
    }

    fn now(&self) -> Timestamp {
        Store::now(self)
    }

    fn random(&self, bytes: &mut [u8]) {
        Store::random(self, bytes);
    }
}

impl Source for &Cx {
    type Output<T: 'static> = Result<T>;

    fn read<C: Collect>(self, statement: Result<Statement>, collect: C) -> Result<C::Out> {
        Source::read(self.store(), statement, collect)
    }

    fn write(self, statement: Result<Statement>) -> Result<u64> {
        Source::write(self.store(), statement)
    }

    fn run<T: 'static, P>(self, program: P) -> Result<T>
    where
        P: for<'a> FnOnce(&'a dyn Executor) -> LocalFuture<'a, T> + 'static,
    {
        Source::run(self.store(), program)
    }

    fn now(&self) -> Timestamp {
        Cx::now(self)
    }

    fn random(&self, bytes: &mut [u8]) {
        self.store().random(bytes);
    }
}

impl<'a> Source for &'a dyn Executor {
    type Output<T: 'static> = LocalFuture<'a, T>;

    fn read<C: Collect>(self, statement: Result<Statement>, mut collect: C) -> LocalFuture<'a, C::Out> {
        Box::pin(async move {
            let rows = self.rows(statement?).await?;
            give(&rows, &mut collect)?;
            collect.end()
        })
    }

    fn write(self, statement: Result<Statement>) -> LocalFuture<'a, u64> {
        Box::pin(async move {
            Ok(self.apply(vec![statement?]).await?.first().map_or(0, |applied| applied.changes))
        })
    }

    fn run<T: 'static, P>(self, program: P) -> LocalFuture<'a, T>
    where
        P: for<'b> FnOnce(&'b dyn Executor) -> LocalFuture<'b, T> + 'static,
    {
        program(self)
    }

    fn now(&self) -> Timestamp {
        Executor::now(*self)
    }

    fn random(&self, bytes: &mut [u8]) {
        Executor::random(*self, bytes);
    }
}

impl Executor for Store {
    fn rows(&self, statement: Statement) -> LocalFuture<'_, Vec<Vec<Value>>> {
        let mut all = Vec::new();
        let ran = self.run_own(&statement, false, &mut Keep(&mut all));
        Box::pin(std::future::ready(ran.map(|_| all)))
    }

    fn apply(&self, statements: Vec<Statement>) -> LocalFuture<'_, Vec<Applied>> {
        let run = |store: &Store| -> Result<Vec<Applied>> {
            statements.iter().map(|statement| store.apply_one(statement)).collect()
        };
        // A handler's own transaction may go on after an error, and then nothing of this may stay.
        let applied = if statements.len() == 1 { run(self) } else { self.transaction(run) };
        Box::pin(std::future::ready(applied))
    }

    fn now(&self) -> Timestamp {
        Store::now(self)
    }

    fn random(&self, bytes: &mut [u8]) {
        Store::random(self, bytes);
    }

    fn models(&self) -> &[&'static Schema] {
        Store::models(self)
    }

    fn reads_hold(&self) -> bool {
        true
    }
}

impl Store {
    fn run_own(&self, statement: &Statement, changes: bool, rows: &mut dyn Rows) -> Result<Ran> {
        self.run_statement(&statement.sql, &statement.params, statement.only_reads(), changes, rows)
    }

    fn apply_one(&self, statement: &Statement) -> Result<Applied> {
        let mut rows = Vec::new();
        let ran = self.run_own(statement, true, &mut Keep(&mut rows)).map_err(told)?;
        Ok(Applied { changes: ran.changes, rows })
    }
}

/// Gives rows that are there to `collect`.
pub(crate) fn give(rows: &[Vec<Value>], collect: &mut impl Collect) -> Result<()> {
    for row in rows {
        let cells: Vec<ValueRef<'_>> = row.iter().map(Value::as_ref).collect();
        collect.row(&Row::new(&cells, &[]))?;
    }
    Ok(())
}

struct Collector<'a, C>(&'a mut C);

impl<C: Collect> Rows for Collector<'_, C> {
    fn columns(&mut self, _: &[&str]) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, cells: &[ValueRef<'_>]) -> Result<()> {
        self.0.row(&Row::new(cells, &[]))
    }
}

struct Keep<'a>(&'a mut Vec<Vec<Value>>);

impl Rows for Keep<'_> {
    fn columns(&mut self, _: &[&str]) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, cells: &[ValueRef<'_>]) -> Result<()> {
        self.0.push(cells.iter().map(|cell| ValueRef::to_owned(*cell)).collect());
        Ok(())
    }
}

/// All rows, each read by `read`.
pub(crate) struct All<F, T> {
    read: F,
    all: Vec<T>,
}

impl<F, T> All<F, T> {
    pub(crate) fn new(read: F) -> Self {
        Self { read, all: Vec::new() }
    }
}

impl<T: 'static, F: FnMut(&Row<'_>) -> Result<T> + 'static> Collect for All<F, T> {
    type Out = Vec<T>;

    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.all.push((self.read)(row)?);
        Ok(())
    }

    fn end(self) -> Result<Vec<T>> {
        Ok(self.all)
    }
}

/// The first row, or `None`.
pub(crate) struct First<F, T> {
    read: F,
    first: Option<T>,
}

impl<F, T> First<F, T> {
    pub(crate) fn new(read: F) -> Self {
        Self { read, first: None }
    }
}

impl<T: 'static, F: FnMut(&Row<'_>) -> Result<T> + 'static> Collect for First<F, T> {
    type Out = Option<T>;

    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        if self.first.is_none() {
            self.first = Some((self.read)(row)?);
        }
        Ok(())
    }

    fn end(self) -> Result<Option<T>> {
        Ok(self.first)
    }
}

/// What is made of all rows in the end.
pub(crate) struct Then<C, F> {
    pub(crate) rows: C,
    pub(crate) then: F,
}

impl<C: Collect, T: 'static, F: FnOnce(C::Out) -> Result<T> + 'static> Collect for Then<C, F> {
    type Out = T;

    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.rows.row(row)
    }

    fn end(self) -> Result<T> {
        (self.then)(self.rows.end()?)
    }
}
