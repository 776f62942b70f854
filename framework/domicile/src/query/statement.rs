//! [`Statement`]: the text of a statement and its parameters, which either side runs.

use super::sql::Text;
use crate::error::{Error, Kind, Result};
use crate::params::MAX_PARAMETERS;
use crate::value::Value;

/// The most bytes of SQL that a statement may have, on both hosts (`util/sqlite.c++`, `setupSecurity`).
const MAX_BYTES: usize = 100_000;

/// A statement that is ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
    /// It was built here, so that it is known to be one statement, and whether it reads, without reading it again.
    pub(super) ours: bool,
}

impl Statement {
    /// Ends a text.
    ///
    /// # Errors
    /// A value could not be bound, or there are more parameters or bytes than a statement may have.
    pub(super) fn of(text: Text, fault: Option<String>) -> Result<Self> {
        let Text { sql, params } = text;
        if let Some(fault) = fault {
            return Err(Error::new(Kind::Invalid, fault));
        }
        if params.len() > MAX_PARAMETERS {
            return Err(Error::new(
                Kind::Invalid,
                format!(
                    "the query has {} parameters and a statement may have {MAX_PARAMETERS}: use `is_in` for a list of values, or split it",
                    params.len()
                ),
            ));
        }
        if sql.len() > MAX_BYTES {
            let why = format!(
                "the query is {} bytes of SQL and a statement may have {MAX_BYTES}: use fewer dates in time zones, or split it",
                sql.len()
            );
            return Err(Error::new(Kind::Invalid, why));
        }
        Ok(Self { sql, params, ours: true })
    }

    /// A statement of your own, for what takes one, such as [`Changes::statement`](super::Changes::statement).
    #[must_use]
    pub fn new(sql: impl Into<String>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params, ours: false }
    }

    /// The text of one statement.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Its parameters, in order.
    #[must_use]
    pub fn params(&self) -> &[Value] {
        &self.params
    }

    /// Whether it is known to write nothing.
    pub(super) fn only_reads(&self) -> bool {
        self.ours && self.sql.starts_with("SELECT ")
    }
}
