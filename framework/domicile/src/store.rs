//! [`Store`]: an actor's own SQLite database, inside the transaction of the event that is being handled.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::error::{Error, Kind, Result};
use crate::model::Schema;
use crate::params::{self, Params};
use crate::platform::{Meter, Query, Ran, Rows, SharedPlatform, Storage};
use crate::row::{self, FromRow, Row};
use crate::sql::statement::{self, Class, Refused};
use crate::sql::{SqlError, SqlKind, abbreviate};
use crate::timestamp::Timestamp;
use crate::tooth::{self, Tooth};
use crate::value::{Param, Value, ValueRef};

/// An actor's database.
///
/// Everything that a handler does with it is one transaction with the rest of the event: an `Err` or a panic undoes
/// all of it. A store is only lent to a handler, so no effect can hold it.
pub struct Store {
    storage: Rc<dyn Storage>,
    writable: Cell<bool>,
    meter: Meter,
    classes: Rc<Classes>,
    surroundings: Surroundings,
}

/// What the data layer takes from the event and from the actor.
pub(crate) struct Surroundings {
    pub(crate) now: Timestamp,
    pub(crate) platform: SharedPlatform,
    pub(crate) models: &'static [&'static Schema],
}

/// What the tokenizer said of each text; the texts of a program are few and repeat.
#[derive(Default)]
pub(crate) struct Classes(RefCell<HashMap<Box<str>, Class>>);

// Texts that are made at run time must not grow the cache without bound.
const CLASSES: usize = 512;

// A longer text is one that was made, and costs little to look at next to running it.
const LONGEST: usize = 4096;

impl Classes {
    fn of(&self, sql: &str) -> Result<Class> {
        if let Some(class) = self.0.borrow().get(sql) {
            return Ok(*class);
        }
        let class = match statement::classify(sql) {
            Err(refused) if is_let_through(&refused) => Class::Write,
            class => class.map_err(|e| SqlError::new(SqlKind::Refused, e.to_string()))?,
        };
        if sql.len() > LONGEST {
            return Ok(class);
        }
        let mut known = self.0.borrow_mut();
        if known.len() >= CLASSES {
            known.clear();
        }
        known.insert(sql.into(), class);
        Ok(class)
    }
}

impl Store {
    pub(crate) fn new(
        storage: Rc<dyn Storage>,
        classes: Rc<Classes>,
        writable: bool,
        surroundings: Surroundings,
    ) -> Self {
        Self { storage, writable: Cell::new(writable), meter: Meter::default(), classes, surroundings }
    }

    /// The row that the statement gives.
    ///
    /// ```
    /// # fn f(store: &domicile::Store) -> domicile::Result<()> {
    /// let n: i64 = store.query_one("UPDATE counter SET n = n + ? RETURNING n", (1,))?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The statement's, [`SqlKind::NoRow`] when there is none, [`SqlKind::ManyRows`] when there are more.
    pub fn query_one<T: FromRow>(&self, sql: &str, params: impl Params) -> Result<T> {
        self.query_opt(sql, params)?.ok_or_else(|| {
            SqlError::new(SqlKind::NoRow, "Expected exactly one result from SQL query, but got no results.")
                .into()
        })
    }

    /// The row that the statement gives, or `None`.
    ///
    /// # Errors
    /// The statement's, [`SqlKind::ManyRows`] when there is more than one row.
    pub fn query_opt<T: FromRow>(&self, sql: &str, params: impl Params) -> Result<Option<T>> {
        let mut first = None;
        self.each(sql, params, |row: T| {
            if first.is_some() && !tooth::bites(Tooth::TakesTheFirstOfManyRows) {
                return Err(SqlError::new(
                    SqlKind::ManyRows,
                    "Expected exactly one result from SQL query, but got multiple results.",
                )
                .into());
            }
            first = Some(row);
            Ok(())
        })?;
        Ok(first)
    }

    /// All rows that the statement gives, in its order.
    ///
    /// # Errors
    /// The statement's, or a column that does not hold what `T` wants.
    pub fn query_all<T: FromRow>(&self, sql: &str, params: impl Params) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql, params, |row: T| {
            all.push(row);
            Ok(())
        })?;
        Ok(all)
    }

    /// Gives each row to `with`, in order. The statement has ended by then, so what `with` writes changes no row.
    ///
    /// # Errors
    /// The statement's, or the first that `with` returns, after which no more rows come.
    pub fn each<T: FromRow>(
        &self,
        sql: &str,
        params: impl Params,
        mut with: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let mut reader =
            Reader { places: Vec::new(), names: T::COLUMNS, with: &mut |row| with(T::from_row(row)?) };
        self.run(sql, &params, T::COLUMNS.is_some(), &mut reader)?;
        Ok(())
    }

    /// Runs the statement, or several of which the last takes the parameters, and gives the rows that the
    /// last one wrote: those of the table and each entry put into an index, as the runtime counts and bills them.
    ///
    /// # Errors
    /// The first statement's that fails.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<u64> {
        self.run(sql, &params, false, &mut Discard)
    }

    /// Runs `body` in a transaction inside that of the event. When it returns an error, what it wrote is undone and
    /// the rest of the event is not.
    ///
    /// # Errors
    /// What `body` returns, or the runtime's.
    pub fn transaction<T, E: From<Error>>(
        &self,
        body: impl FnOnce(&Store) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut body = Some(body);
        let mut result = None;
        self.storage
            .nested(&mut || {
                let Some(body) = body.take() else { return false };
                let outcome = body(self);
                let keep = outcome.is_ok();
                result = Some(outcome);
                keep
            })
            .map_err(Error::from)?;
        result.unwrap_or_else(|| Err(Error::internal("the host did not run a nested transaction").into()))
    }

    /// What the statements of this event have cost so far.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        &*self.storage
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.writable.get()
    }

    /// Says whether writing is allowed from here on, and gives what held before.
    pub(crate) fn set_writable(&self, writable: bool) -> bool {
        self.writable.replace(writable)
    }

    /// Runs `body` with writing allowed, as migrating an empty store needs in a read too.
    pub(crate) fn while_writable<T>(&self, body: impl FnOnce(&Store) -> T) -> T {
        let before = self.set_writable(true);
        let result = body(self);
        self.set_writable(before);
        result
    }

    /// The time of the event.
    pub(crate) fn now(&self) -> Timestamp {
        self.surroundings.now
    }

    /// Fills `bytes` with randomness that nobody can guess.
    pub(crate) fn random(&self, bytes: &mut [u8]) {
        self.surroundings.platform.random(bytes);
    }

    /// The models that the actor lists.
    #[must_use]
    pub fn models(&self) -> &'static [&'static Schema] {
        self.surroundings.models
    }

    /// Runs a statement of the data layer's and gives its rows to `rows`. With `reads` it is known to be one that writes
    /// nothing.
    pub(crate) fn run_statement(
        &self,
        sql: &str,
        params: &[Value],
        reads: bool,
        changes: bool,
        rows: &mut dyn Rows,
    ) -> Result<Ran> {
        if !reads {
            self.allowed(sql)?;
        }
        // Most statements have few parameters, which then need no memory of their own.
        let mut few = [ValueRef::Null; 8];
        let many: Vec<ValueRef<'_>>;
        let values = match few.get_mut(..params.len()) {
            Some(few) => {
                few.iter_mut().zip(params).for_each(|(slot, value)| *slot = value.as_ref());
                &*few
            }
            None => {
                many = params.iter().map(Value::as_ref).collect();
                &many
            }
        };
        self.run_allowed(Query { sql, params: values, names: false, changes }, rows)
    }

    fn run(&self, sql: &str, params: &dyn Params, names: bool, rows: &mut dyn Rows) -> Result<u64> {
        // What may not run is told before what cannot be bound.
        self.allowed(sql.trim_end())?;
        let bound = params::collect(params).map_err(|e| e.context(abbreviate(sql)))?;
        let values: Vec<ValueRef<'_>> = bound.iter().map(Param::as_ref).collect();
        self.run_allowed(Query { sql, params: &values, names, changes: false }, rows).map(|ran| ran.written)
    }

    fn allowed(&self, sql: &str) -> Result<()> {
        let class = self.classes.of(sql).map_err(|e| e.context(abbreviate(sql)))?;
        if class == Class::Write && !self.is_writable() && !tooth::bites(Tooth::LetsAReadWrite) {
            return Err(read_only("a statement that writes", sql));
        }
        Ok(())
    }

    fn run_allowed(&self, query: Query<'_>, rows: &mut dyn Rows) -> Result<Ran> {
        // workerd takes white space after the last semicolon for a statement unless it is a space or a newline.
        let sql = query.sql.trim_end();
        // An error of the reader's ends the statement from within; it is kept here and not the statement's.
        let mut guard = Guard { rows, failed: None };
        let ran = self.storage.run(&Query { sql, ..query }, &mut guard);
        if let Some(error) = guard.failed {
            return Err(error.context(abbreviate(sql)));
        }
        let ran = ran.map_err(|e| Error::from(e).context(abbreviate(sql)))?;
        self.meter.add(ran);
        Ok(ran)
    }
}

/// Whether a refusal is left out on purpose.
fn is_let_through(refused: &Refused) -> bool {
    match refused {
        Refused::Transaction => tooth::bites(Tooth::AllowsTransactions),
        Refused::Rollback => tooth::bites(Tooth::LetsRollbackThrough),
        Refused::RowLimit { .. } => tooth::bites(Tooth::LetsRowLimitsThrough),
        Refused::HiddenName(_) => tooth::bites(Tooth::LetsHiddenNamesThrough),
        Refused::Returning => tooth::bites(Tooth::LetsReturningThrough),
        _ => false,
    }
}

pub(crate) fn read_only(what: &str, which: &str) -> Error {
    Error::new(
        Kind::ReadOnly,
        format!(
            "{what} in a read: list the message under `handles(…)` and implement `Handler`, or open the route with `.writes()` ({})",
            abbreviate(which)
        ),
    )
}

struct Guard<'a> {
    rows: &'a mut dyn Rows,
    failed: Option<Error>,
}

impl Guard<'_> {
    fn keep(&mut self, result: Result<()>) -> Result<()> {
        result.map_err(|e| {
            // What comes after the first error is its consequence.
            self.failed.get_or_insert(e);
            Error::internal("the reader of the rows stopped")
        })
    }
}

impl Rows for Guard<'_> {
    fn columns(&mut self, names: &[&str]) -> Result<()> {
        let result = self.rows.columns(names);
        self.keep(result)
    }

    fn row(&mut self, cells: &[ValueRef<'_>]) -> Result<()> {
        let result = self.rows.row(cells);
        self.keep(result)
    }
}

struct Reader<'a> {
    names: Option<&'static [&'static str]>,
    places: Vec<usize>,
    with: &'a mut dyn FnMut(&Row<'_>) -> Result<()>,
}

impl Rows for Reader<'_> {
    fn columns(&mut self, names: &[&str]) -> Result<()> {
        if let Some(wanted) = self.names {
            self.places = row::places(wanted, names)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[ValueRef<'_>]) -> Result<()> {
        (self.with)(&Row::new(cells, &self.places))
    }
}

struct Discard;

impl Rows for Discard {
    fn columns(&mut self, _: &[&str]) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[ValueRef<'_>]) -> Result<()> {
        Ok(())
    }
}
