//! Many rows at once, and rows that are made unless they are there.

use super::changes::others;
use super::create::{Columns, Create, Event, Insert};
use super::objects::Objects;
use super::selection::Selection;
use super::source::{Applied, Executor, LocalFuture, Source};
use super::statement::Statement;
use super::update::{save_all, stamped};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::params::MAX_PARAMETERS;

/// Stores many new rows in one transaction and tells how many there were. Each statement takes as many rows as its 100
/// parameters allow.
///
/// # Errors
/// [`Kind::Invalid`](crate::Kind::Invalid) before anything is stored; the first statement's that fails, and then nothing
/// is stored.
pub fn create_all<M: Model, On: Source>(rows: Vec<Create<M>>, on: On) -> On::Output<u64> {
    on.run(move |on| {
        Box::pin(async move {
            let statements = insert_all(rows, on)?;
            Ok(sum(&run(statements, on).await?))
        })
    })
}

/// Stores what was read and changed, these columns of each, in one transaction, and tells how many rows there were.
///
/// # Errors
/// As [`create_all`].
pub fn save_columns<M: Model, On: Source>(rows: &[M], columns: impl Columns<M>, on: On) -> On::Output<u64> {
    let mut names = Vec::new();
    columns.names(&mut names);
    let statements = save_all(rows, &names);
    on.run(move |on| {
        Box::pin(async move {
            let statements = stamped::<M>(statements?, &names, on.now())?;
            Ok(sum(&run(statements, on).await?))
        })
    })
}

/// Stores all columns of one row that was read and changed; 404 where it is gone.
pub(crate) fn save<M: Model, On: Source>(row: &M, on: On) -> On::Output<()> {
    let names = others::<M>();
    let statements = save_all(std::slice::from_ref(row), &names);
    on.run(move |on| {
        Box::pin(async move {
            let statements = stamped::<M>(statements?, &names, on.now())?;
            match sum(&run(statements, on).await?) {
                0 => Err(Error::not_found(M::SCHEMA.verbose_name)),
                _ => Ok(()),
            }
        })
    })
}

/// Stores a row as it is, its key too.
pub(crate) fn insert<M: Model, On: Source>(row: &M, on: On) -> On::Output<()> {
    let create = Create::of(row);
    on.run(move |on| {
        Box::pin(async move {
            run(insert_all(vec![create?], on)?, on).await?;
            Ok(())
        })
    })
}

impl<M: Model, S: Selection<M>> Objects<M, S> {
    /// The row that this finds, or else the new one, and whether it is new.
    ///
    /// Where somebody else makes it at the same time, on D1, the one that is there then is given: what this looks for
    /// should be covered by a unique index.
    ///
    /// # Errors
    /// Those of [`first`](Objects::first) and [`Create::run`].
    pub fn get_or_create<On: Source>(self, new: Create<M>, on: On) -> On::Output<(M, bool)> {
        let rows = self.select(super::selection::Whole::new());
        on.run(move |on| {
            Box::pin(async move {
                if let Some(found) = rows.clone().first(on).await? {
                    return Ok((found, false));
                }
                if let Some(made) = new.clone().run_or_ignore(on).await? {
                    return Ok((made, true));
                }
                match rows.first(on).await? {
                    Some(found) => Ok((found, false)),
                    // What is there already is another unique value, which is an error to tell.
                    None => Ok((new.run(on).await?, true)),
                }
            })
        })
    }
}

fn insert_all<M: Model>(rows: Vec<Create<M>>, on: &dyn Executor) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    let mut insert = Insert::into(M::SCHEMA);
    for row in rows {
        let row = row.row(&Event::of(on.now(), |bytes| on.random(bytes)))?;
        let most = MAX_PARAMETERS / row.columns.len().max(1);
        if insert.rows > 0 && (insert.columns != row.columns || insert.rows >= most) {
            statements.push(std::mem::replace(&mut insert, Insert::into(M::SCHEMA)).end(None, false)?);
        }
        insert.row(row);
    }
    if insert.rows > 0 {
        statements.push(insert.end(None, false)?);
    }
    Ok(statements)
}

pub(super) fn run(statements: Vec<Statement>, on: &dyn Executor) -> LocalFuture<'_, Vec<Applied>> {
    if statements.is_empty() { Box::pin(std::future::ready(Ok(Vec::new()))) } else { on.apply(statements) }
}

fn sum(applied: &[Applied]) -> u64 {
    applied.iter().map(|applied| applied.changes).sum()
}
