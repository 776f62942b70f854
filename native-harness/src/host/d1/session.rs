//! [`Local`]: a D1 database as the code of one thread has it, and sessions on it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use domicile::platform::{Database, ResultSet, Statement};
use domicile::sql::{SqlError, SqlKind};

use super::Twin;

/// A D1 database, or a session on one.
pub(in crate::host) struct Local {
    twin: Arc<Twin>,
    /// Statements run on this thread, as a test wants it; else on one where a slow disk holds up nobody.
    inline: bool,
    session: Option<RefCell<String>>,
}

impl Local {
    pub(super) fn new(twin: Arc<Twin>, inline: bool) -> Self {
        Self { twin, inline, session: None }
    }

    async fn run(&self, statements: &[Statement], alone: bool) -> Result<Vec<ResultSet>, SqlError> {
        let ran = if self.inline {
            // As over a network, the answer is not there at once.
            tokio::task::yield_now().await;
            self.twin.run(statements, alone)
        } else {
            let (twin, statements) = (self.twin.clone(), statements.to_vec());
            let ran = tokio::task::spawn_blocking(move || twin.run(&statements, alone)).await;
            ran.unwrap_or_else(|error| Err(SqlError::new(SqlKind::Unavailable, error.to_string())))
        };
        let (results, bookmark) = ran?;
        if let Some(seen) = &self.session {
            let later = is_constraint(&seen.borrow()) || *seen.borrow() < bookmark;
            if later {
                seen.replace(bookmark);
            }
        }
        Ok(results)
    }
}

#[async_trait(?Send)]
impl Database for Local {
    async fn query(&self, statement: &Statement) -> Result<ResultSet, SqlError> {
        let mut results = self.run(std::slice::from_ref(statement), true).await?;
        Ok(results.pop().unwrap_or_default())
    }

    async fn batch(&self, statements: &[Statement]) -> Result<Vec<ResultSet>, SqlError> {
        self.run(statements, false).await
    }

    fn session(&self, start: &str) -> Rc<dyn Database> {
        let start = if start.trim().is_empty() { FIRST_UNCONSTRAINED } else { start.trim() };
        let session = Some(RefCell::new(start.to_owned()));
        Rc::new(Self { twin: self.twin.clone(), inline: self.inline, session })
    }

    fn bookmark(&self) -> Option<String> {
        self.session.as_ref().map(|seen| seen.borrow().clone()).filter(|seen| !is_constraint(seen))
    }
}

const FIRST_UNCONSTRAINED: &str = "first-unconstrained";
const FIRST_PRIMARY: &str = "first-primary";

/// Whether a session begins with this without having seen anything.
fn is_constraint(start: &str) -> bool {
    start == FIRST_UNCONSTRAINED || start == FIRST_PRIMARY
}
