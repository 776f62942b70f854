//! [`Changes`]: several writes as one value, made from what was read, applied whole or not at all.

use super::create::{Create, Event};
use super::delete::{Before, deletion};
use super::objects::Objects;
use super::selection::{Selection, Whole};
use super::source::{Executor, LocalFuture, Source};
use super::sql::Text;
use super::statement::Statement;
use super::update::{Update, save_all, stamped};
use crate::error::{Error, Kind, Result};
use crate::model::{Model, Schema};
use crate::sql::SqlKind;
use crate::value::Value;

/// Writes that belong together: one transaction on a store, one `batch` on D1.
///
/// On a store everything that a handler does is one transaction already. On D1 reads and writes are apart, so that somebody
/// may have written in between: what was read and must still hold is said with [`require`](Changes::require), and is
/// asked inside the same batch.
///
/// ```
/// # use domicile::prelude::*;
/// # #[derive(Model)] struct Account { id: u32, balance: i64 }
/// # fn f(cx: &Cx) -> Result<()> {
/// let mut changes = Changes::new();
/// changes.require(Account::by_key(1u32).filter(Account::balance.ge(50)), "there is not enough on the account");
/// changes.update(Account::by_key(1u32).update().set(Account::balance, Account::balance - 50));
/// changes.update(Account::by_key(2u32).update().set(Account::balance, Account::balance + 50));
/// changes.apply(cx)?;
/// # Ok(()) }
/// ```
#[derive(Default)]
pub struct Changes {
    steps: Vec<Step>,
}

type Prepare = Box<dyn for<'a> FnOnce(Before<'a>, &'a dyn Executor) -> LocalFuture<'a, Prepared>>;

/// What a write has become.
struct Prepared {
    /// What fails unless the rows are still as they were read, asked before the first change is made.
    holds: Vec<Statement>,
    statements: Vec<Statement>,
    /// The statement that writes the rows themselves, and not those that point to them; `None` where there are none.
    own: Option<usize>,
    /// The rows that are deleted, as far as they were read.
    gone: Vec<(&'static Schema, Vec<Value>)>,
}

impl From<Statement> for Prepared {
    fn from(statement: Statement) -> Self {
        Self { holds: Vec::new(), statements: vec![statement], own: Some(0), gone: Vec::new() }
    }
}

enum Step {
    Write(Prepare),
    /// What must hold, and the sentence for the one who finds that it does not.
    Require(Result<Statement>, String),
}

/// What became of [`Changes`].
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// For each write in the order in which it was added, how many rows it inserted, updated or deleted itself.
    pub rows: Vec<u64>,
}

/// How a failed condition is told: it is a path of JSON that cannot be, so SQLite says it back.
const MARK: &str = "domicile requirement ";

impl Changes {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Adds a new row.
    pub fn create<M: Model>(&mut self, row: Create<M>) {
        self.write(move |_, on| {
            Box::pin(async move {
                let event = Event::of(on.now(), |bytes| on.random(bytes));
                Ok(row.insert(&event, None)?.into())
            })
        });
    }

    /// Adds an update.
    pub fn update<M: Model>(&mut self, update: Update<M>) {
        self.write(move |_, on| Box::pin(async move { Ok(update.statement(on.now())?.into()) }));
    }

    /// Adds the storing of a row that was read and changed, as [`Model::save`] does. It is no error where it is gone.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with a problem for each value that does not hold.
    pub fn save<M: Model>(&mut self, row: &M) -> Result<()> {
        let names: Vec<&'static str> = others::<M>();
        let statements = save_all(std::slice::from_ref(row), &names)?;
        self.write(move |_, on| {
            let stamped = stamped::<M>(statements, &names, on.now());
            let prepared = stamped.map(|statements| Prepared {
                holds: Vec::new(),
                own: statements.len().checked_sub(1),
                statements,
                gone: Vec::new(),
            });
            Box::pin(std::future::ready(prepared))
        });
        Ok(())
    }

    /// Adds the deletion of rows, with what `on_delete` says of those that point to them.
    ///
    /// Where no model points to theirs, they are found at this place in the order. Else they are read before the first change
    /// is made, with those that point to them: rows that meet the filter only by an earlier change stay, and where an
    /// earlier change points a row elsewhere that was to go with another, all of it fails: [`Kind::Conflict`]. It fails too
    /// where somebody changes one in between, which only D1 lets happen: [`Kind::Conflict`], or [`SqlKind::ForeignKey`] where
    /// a row is new that points to them.
    pub fn delete<M: Model, S: Selection<M>>(&mut self, rows: Objects<M, S>) {
        let rows = rows.select(Whole::new());
        self.write(move |before, on| {
            Box::pin(async move {
                let deletion = deletion(rows, before, on).await?;
                let own = deletion.own::<M>();
                Ok(Prepared {
                    holds: deletion.holds,
                    statements: deletion.statements,
                    own,
                    gone: deletion.keys,
                })
            })
        });
    }

    /// Adds a statement of SQL.
    pub fn statement(&mut self, statement: Statement) {
        self.write(move |_, _| Box::pin(std::future::ready(Ok(statement.into()))));
    }

    /// Nothing is changed unless there is such a row at this point. `otherwise` is told to the one who asked: 409.
    pub fn require<M: Model, S: Selection<M>>(&mut self, row: Objects<M, S>, otherwise: impl Into<String>) {
        self.condition(row, otherwise.into(), true);
    }

    /// Nothing is changed if there is such a row at this point.
    pub fn require_none<M: Model, S: Selection<M>>(
        &mut self,
        row: Objects<M, S>,
        otherwise: impl Into<String>,
    ) {
        self.condition(row, otherwise.into(), false);
    }

    /// Makes all changes in order, or none.
    ///
    /// # Errors
    /// [`Kind::Conflict`] with the sentence of a requirement that does not hold; the first statement's that fails.
    pub fn apply<On: Source>(self, on: On) -> On::Output<Changed> {
        on.run(move |on| Box::pin(self.run(on)))
    }

    fn write(
        &mut self,
        prepare: impl for<'a> FnOnce(Before<'a>, &'a dyn Executor) -> LocalFuture<'a, Prepared> + 'static,
    ) {
        self.steps.push(Step::Write(Box::new(prepare)));
    }

    fn condition<M: Model, S: Selection<M>>(
        &mut self,
        mut row: Objects<M, S>,
        otherwise: String,
        there: bool,
    ) {
        let at = self.steps.len();
        let (nested, fault) = row.nested();
        let mut text = Text::new(if there { "SELECT iif(EXISTS " } else { "SELECT iif(NOT EXISTS " });
        text.add(nested).push(", 1, ").fails(&[MARK, &at.to_string()], &[]).push(")");
        self.steps.push(Step::Require(Statement::of(text, fault), otherwise));
    }

    async fn run(self, on: &dyn Executor) -> Result<Changed> {
        let (mut required, mut holds, mut statements) = (Vec::new(), Vec::new(), Vec::new());
        // Where the statement of each write stands that counts, behind those that only look.
        let mut writes = Vec::new();
        let mut gone = Vec::new();
        let mut sentences = Vec::new();
        for step in self.steps {
            match step {
                Step::Write(prepare) => {
                    let before = Before { changed: !writes.is_empty(), gone: &gone };
                    let prepared = prepare(before, on).await?;
                    writes.push(prepared.own.map(|own| statements.len() + own));
                    holds.extend(prepared.holds);
                    statements.extend(prepared.statements);
                    gone.extend(prepared.gone);
                    sentences.push(None);
                }
                Step::Require(statement, otherwise) => {
                    // What is required of all that was there has a sentence of its own, which is told first.
                    if writes.is_empty() { &mut required } else { &mut statements }.push(statement?);
                    sentences.push(Some(otherwise));
                }
            }
        }
        let start = required.len() + holds.len();
        let all = [required, holds, statements].concat();
        let applied = super::many::run(all, on).await.map_err(|error| told(error, &sentences))?;
        let changes = |own: Option<usize>| {
            own.and_then(|at| applied.get(start + at)).map_or(0, |applied| applied.changes)
        };
        Ok(Changed { rows: writes.into_iter().map(changes).collect() })
    }
}

/// The sentence of the requirement that failed, or the error as it is.
fn told(error: Error, sentences: &[Option<String>]) -> Error {
    let which = error.sql().filter(|sql| sql.kind() == SqlKind::Other).and_then(|sql| {
        let (_, rest) = sql.message().split_once(MARK)?;
        rest.split_once(':')?.0.parse::<usize>().ok()
    });
    match which.and_then(|at| sentences.get(at).cloned().flatten()) {
        Some(sentence) => Error::new(Kind::Conflict, sentence),
        None => error,
    }
}

/// The columns besides the key, and besides those that every update sets.
pub(super) fn others<M: Model>() -> Vec<&'static str> {
    let columns = M::SCHEMA.columns.iter().enumerate();
    let others = columns.filter(|(at, column)| *at != M::SCHEMA.key && column.updated.is_none());
    others.map(|(_, column)| column.name).collect()
}
