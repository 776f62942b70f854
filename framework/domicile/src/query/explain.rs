//! How SQLite runs a query: `EXPLAIN QUERY PLAN`, and the full scans in it.

use super::objects::Objects;
use super::selection::Selection;
use super::source::{All, Source, Then};
use super::statement::Statement;
use crate::error::Result;
use crate::model::Model;
use crate::row::Row;

/// A statement and SQLite's plan for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The statement.
    pub statement: Statement,
    /// The steps, as in `SEARCH post USING INTEGER PRIMARY KEY (rowid=?)`.
    pub steps: Vec<String>,
}

impl Explained {
    /// The steps that walk over a whole table. A scan of an index in its order is none, as a limit ends it.
    #[must_use]
    pub fn full_scans(&self) -> Vec<&str> {
        let scan = |step: &&String| {
            step.starts_with("SCAN ") && !step.contains(" INDEX ") && !step.contains("VIRTUAL TABLE")
        };
        self.steps.iter().filter(scan).map(String::as_str).collect()
    }
}

impl std::fmt::Display for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.statement.sql)?;
        self.steps.iter().try_for_each(|step| write!(f, "\n  {step}"))
    }
}

impl<M: Model, S: Selection<M>> Objects<M, S> {
    /// How SQLite runs the query.
    ///
    /// # Errors
    /// Those of [`all`](Objects::all).
    pub fn explain<On: Source>(mut self, on: On) -> On::Output<Explained> {
        explain(self.taken(), on)
    }
}

pub(super) fn explain<On: Source>(statement: Result<Statement>, on: On) -> On::Output<Explained> {
    // What failed is told before anybody asks for it.
    let asked = statement.as_ref().map_or_else(|_| Statement::new("", Vec::new()), Clone::clone);
    let explain = statement
        .map(|Statement { sql, params, .. }| Statement::new(format!("EXPLAIN QUERY PLAN {sql}"), params));
    on.read(
        explain,
        Then {
            rows: All::new(|row: &Row<'_>| row.get::<String>(3)),
            then: move |steps| Ok(Explained { statement: asked, steps }),
        },
    )
}
