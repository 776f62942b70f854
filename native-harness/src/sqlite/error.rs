//! Errors of statements, in the words that the platform uses.

use rusqlite::{Error, ffi};

use super::code;
use crate::tooth::{self, Tooth};

/// A statement that failed.
///
/// The message is workerd's, to the letter: `<text>[ at offset <byte>]: SQLITE_X[ (extended: SQLITE_X_Y)]`, or one of its
/// fixed texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct SqlError {
    message: String,
    pub(super) code: i32,
    pub(super) rolled_back: bool,
}

impl SqlError {
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// SQLite's extended result code, such as `SQLITE_CONSTRAINT_UNIQUE`; 0 when the error is not SQLite's.
    #[cfg(test)]
    pub(crate) fn code(&self) -> i32 {
        self.code
    }

    /// Whether SQLite has ended the transaction because of this error: the disk is full or broken, or memory ran out.
    /// Everything since its beginning is gone, and nothing may be written as if it still ran.
    pub(crate) fn rolled_back(&self) -> bool {
        self.rolled_back
    }

    /// Whether it is `other` with the place in the text.
    pub(super) fn is_located(&self, other: &Self) -> bool {
        self.message
            .split_once(" at offset ")
            .is_some_and(|(text, _)| other.message.starts_with(&format!("{text}: ")))
    }

    /// An error that only this layer knows.
    pub(super) fn fixed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 0, rolled_back: false }
    }

    /// An error of this layer that workerd has from SQLite.
    pub(super) fn sqlite(text: &str, offset: Option<usize>, code: i32) -> Self {
        let (primary, extended) = code::names(code);
        let extended = extended.filter(|_| !tooth::bites(Tooth::DropsExtendedCodes));
        let offset = offset.filter(|_| !tooth::bites(Tooth::DropsOffsets));
        let offset = offset.map_or_else(String::new, |offset| format!(" at offset {offset}"));
        let extended = extended.map_or_else(String::new, |name| format!(" (extended: {name})"));
        Self { message: format!("{text}{offset}: {primary}{extended}"), code, rolled_back: false }
    }

    /// The answer to BEGIN, COMMIT, ROLLBACK, SAVEPOINT and RELEASE.
    pub(super) fn transaction_refused() -> Self {
        let message = "To execute a transaction, please use the state.storage.transaction() or \
                       state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT \
                       statements. The JavaScript API is safer because it will automatically roll back on exceptions, \
                       and because it interacts correctly with Durable Objects' automatic atomic write coalescing.";
        Self { message: message.to_owned(), code: ffi::SQLITE_AUTH, rolled_back: false }
    }

    /// A refusal of a function that workerd's SQLite does not have, in the words for what is not there.
    pub(super) fn absent_function(self) -> Self {
        match self.message.strip_prefix("not authorized to use function: ") {
            Some(rest) => Self { message: format!("no such function: {rest}"), ..self },
            None => self,
        }
    }

    pub(super) fn absent_table(name: &str) -> Self {
        Self::sqlite(&format!("no such table: {name}"), None, ffi::SQLITE_ERROR)
    }

    /// Triggers, or actions of foreign keys, cause one another too often.
    pub(super) fn nested_too_deep() -> Self {
        Self::sqlite(NESTED_TOO_DEEP, None, ffi::SQLITE_ERROR)
    }

    /// An error of rusqlite's, of a statement that began this many bytes into the text given to it.
    pub(super) fn from_rusqlite(error: Error, lead: usize) -> Self {
        match error {
            Error::SqliteFailure(error, text) => {
                let text = text.unwrap_or_else(|| ffi::code_to_str(error.extended_code).to_owned());
                let text = if text == TOO_MANY_LEVELS { NESTED_TOO_DEEP } else { &text };
                Self::sqlite(text, None, error.extended_code)
            }
            Error::SqlInputError { error, msg, offset, .. } => Self::sqlite(
                &msg,
                usize::try_from(offset).ok().map(|offset| offset + lead),
                error.extended_code,
            ),
            other => Self::fixed(other.to_string()),
        }
    }
}

impl From<Error> for SqlError {
    fn from(error: Error) -> Self {
        Self::from_rusqlite(error, 0)
    }
}

/// What the bundled SQLite says of triggers that cause one another too often, and what workerd's says.
const TOO_MANY_LEVELS: &str = "too many levels of trigger recursion";
const NESTED_TOO_DEEP: &str = "triggers nested too deep";
