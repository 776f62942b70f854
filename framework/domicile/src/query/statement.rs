//! [`Statement`]: the text of a statement and its parameters, which either side runs; and how it is built.

use sea_query::{QueryStatementWriter, SqliteQueryBuilder};

use super::node::unbound;
use crate::error::{Error, Kind, Result};
use crate::params::MAX_PARAMETERS;
use crate::value::Value;

/// A statement that is ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// One statement of SQL.
    pub sql: String,
    /// Its parameters.
    pub params: Vec<Value>,
}

impl Statement {
    /// Makes SQL of what sea-query holds.
    ///
    /// # Errors
    /// A value could not be bound, or there are more parameters than a statement may have.
    pub(crate) fn build(query: &impl QueryStatementWriter, fault: Option<String>) -> Result<Self> {
        if let Some(fault) = fault {
            return Err(Error::new(Kind::Invalid, fault));
        }
        let (sql, values) = query.build(SqliteQueryBuilder);
        if values.0.len() > MAX_PARAMETERS {
            return Err(Error::new(
                Kind::Invalid,
                format!(
                    "the query has {} parameters and a statement may have {MAX_PARAMETERS}: use `is_in` for a list of values, or split it",
                    values.0.len()
                ),
            ));
        }
        let params = values.0.into_iter().map(unbound).collect::<Result<_>>()?;
        Ok(Self { sql, params })
    }

    /// Text that is written here, with values of a user's only in the parameters.
    pub(crate) fn new(sql: impl Into<String>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params }
    }
}

/// A name as SQL has it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
