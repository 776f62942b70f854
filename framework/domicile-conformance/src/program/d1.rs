//! Cases of D1 as data: what an entry route asks of a database, step by step.

use serde::{Deserialize, Serialize};

use super::Bound;

/// A statement and its parameters.
pub type Query = (String, Vec<Bound>);

/// One thing that is asked of D1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// All rows of a statement.
    Query(String, Vec<Bound>),
    /// Exactly one row.
    One(String, Vec<Bound>),
    /// One row or none.
    Opt(String, Vec<Bound>),
    /// Exactly one row, read as the type of this name.
    As(String, String),
    /// The changes that a statement makes.
    Execute(String, Vec<Bound>),
    /// Statements in one transaction: the names, rows and counts of each.
    Batch(Vec<Query>),
    /// A batch of which the last statement's row is read as a pair, by position.
    Pair(Vec<Query>),
    /// Steps in a session that begins here, or with `last`: the bookmark of the session before.
    Session(String, Vec<Ask>),
    /// Steps on the database of another binding.
    On(String, Vec<Ask>),
}
