//! [`Statement`]: the text of a statement and its parameters, which either side runs.

use super::sql::Text;
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
    /// Ends a text.
    ///
    /// # Errors
    /// A value could not be bound, or there are more parameters than a statement may have.
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
        Ok(Self { sql, params })
    }

    /// Text that is written here, with values of a user's only in the parameters.
    pub(super) fn new(sql: impl Into<String>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params }
    }
}
