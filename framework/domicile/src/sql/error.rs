//! [`SqlError`]: a failed statement as a typed value, made from the runtime's error text.
//!
//! workerd throws plain `Error`s whose text ends in `: SQLITE_X (extended: SQLITE_X_Y)` (`util/sqlite.c++`); the
//! native host makes the same texts. So the kind is read from the text, in this one place, for both.

use std::fmt;

/// What went wrong in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlKind {
    /// A UNIQUE or PRIMARY KEY constraint.
    Unique,
    /// A FOREIGN KEY constraint.
    ForeignKey,
    /// A NOT NULL constraint.
    NotNull,
    /// A CHECK constraint.
    Check,
    /// Another constraint: a strict column's type, a trigger's `RAISE(ABORT)`.
    Constraint,
    /// A value or row over the length limit.
    TooBig,
    /// A value of the wrong type where SQLite needs another, as in a rowid.
    Mismatch,
    /// The disk or the object is full.
    Full,
    /// The runtime does not allow the function, pragma, table or statement.
    NotAuthorized,
    /// A write in a read.
    ReadOnly,
    /// A table or database is locked.
    Locked,
    /// The disk failed.
    Io,
    /// The file is damaged.
    Corrupt,
    /// One row was asked for and none came.
    NoRow,
    /// One row was asked for and more came.
    ManyRows,
    /// The parameters do not match the statement's.
    Parameters,
    /// Domicile refuses the statement before it reaches SQLite.
    Refused,
    /// The database could not be reached, had too much to do, or was reset. Of D1 only: whether the statements were
    /// applied is not known.
    Unavailable,
    /// A syntax error, a missing table, and all else.
    Other,
}

/// A statement that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    kind: SqlKind,
    message: String,
}

impl SqlError {
    /// The error of a known kind.
    #[must_use]
    pub fn new(kind: SqlKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// The error that a runtime reports as `message`.
    #[must_use]
    pub fn from_runtime(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind: kind_of(&message), message }
    }

    /// The error that D1 reports as `message`.
    ///
    /// Cloudflare's D1 leaves the extended code out, which the local one gives; the sentence tells the same.
    #[must_use]
    pub fn from_d1(message: &str) -> Self {
        let message = message.strip_prefix("D1_ERROR: ").unwrap_or(message);
        let mut error = Self::from_runtime(message);
        if error.kind == SqlKind::Constraint && !message.ends_with(')') {
            error.kind = constraint(message);
        }
        if error.kind == SqlKind::Other && UNAVAILABLE.iter().any(|start| message.starts_with(start)) {
            error.kind = SqlKind::Unavailable;
        }
        error
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> SqlKind {
        self.kind
    }

    /// The runtime's text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SqlError {}

/// How D1's texts begin when it is not the statement that is at fault
/// (<https://developers.cloudflare.com/d1/observability/debug-d1/>). A batch that violates a deferred foreign key when it
/// is committed resets the local D1, which then says `internal error`.
const UNAVAILABLE: [&str; 7] = [
    "internal error",
    "Network connection lost",
    "D1 DB is overloaded",
    "D1 DB exceeded its CPU time limit",
    "D1 DB storage operation exceeded timeout",
    "D1 DB reset because its code was updated",
    "Internal error",
];

/// Which constraint failed, as the sentence alone tells it.
fn constraint(message: &str) -> SqlKind {
    let failed = |what: &str| message.strip_prefix(what).is_some_and(|m| m.starts_with(" constraint failed"));
    if failed("UNIQUE") {
        SqlKind::Unique
    } else if failed("FOREIGN KEY") {
        SqlKind::ForeignKey
    } else if failed("NOT NULL") {
        SqlKind::NotNull
    } else if failed("CHECK") {
        SqlKind::Check
    } else {
        SqlKind::Constraint
    }
}

fn kind_of(message: &str) -> SqlKind {
    // The code stands at the end, so a table that is named after one cannot mislead.
    let (code, extended) = codes(message);
    match extended {
        "SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY" | "SQLITE_CONSTRAINT_ROWID" => {
            SqlKind::Unique
        }
        "SQLITE_CONSTRAINT_FOREIGNKEY" => SqlKind::ForeignKey,
        "SQLITE_CONSTRAINT_NOTNULL" => SqlKind::NotNull,
        "SQLITE_CONSTRAINT_CHECK" => SqlKind::Check,
        _ => match code {
            "SQLITE_CONSTRAINT" => SqlKind::Constraint,
            "SQLITE_TOOBIG" => SqlKind::TooBig,
            "SQLITE_MISMATCH" => SqlKind::Mismatch,
            "SQLITE_FULL" => SqlKind::Full,
            "SQLITE_AUTH" => SqlKind::NotAuthorized,
            "SQLITE_READONLY" => SqlKind::ReadOnly,
            "SQLITE_LOCKED" | "SQLITE_BUSY" => SqlKind::Locked,
            "SQLITE_IOERR" => SqlKind::Io,
            "SQLITE_CORRUPT" | "SQLITE_NOTADB" => SqlKind::Corrupt,
            _ if message.starts_with("not authorized") => SqlKind::NotAuthorized,
            _ if message.starts_with("Wrong number of parameter bindings") => SqlKind::Parameters,
            _ => SqlKind::Other,
        },
    }
}

fn codes(message: &str) -> (&str, &str) {
    let (rest, extended) = match message.strip_suffix(')').and_then(|m| m.rsplit_once(" (extended: ")) {
        Some((rest, extended)) => (rest, extended),
        None => (message, ""),
    };
    let code = rest.rsplit_once(": ").map_or("", |(_, code)| code);
    (code, extended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, kind: SqlKind) {
        assert_eq!(SqlError::from_runtime(message).kind(), kind, "{message}");
    }

    #[test]
    fn d1_tells_less() {
        let kind = |message| SqlError::from_d1(message).kind();
        assert_eq!(kind("D1_ERROR: UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT"), SqlKind::Unique);
        assert_eq!(kind("D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT"), SqlKind::ForeignKey);
        assert_eq!(kind("D1_ERROR: NOT NULL constraint failed: t.a: SQLITE_CONSTRAINT"), SqlKind::NotNull);
        assert_eq!(kind("D1_ERROR: CHECK constraint failed: a > 0: SQLITE_CONSTRAINT"), SqlKind::Check);
        let raised =
            "D1_ERROR: UNIQUE constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)";
        assert_eq!(kind(raised), SqlKind::Constraint);
        assert_eq!(kind("D1_ERROR: D1 DB is overloaded. Too many requests queued."), SqlKind::Unavailable);
        assert_eq!(kind("D1_ERROR: no such table: internal error: SQLITE_ERROR"), SqlKind::Other);
        assert_eq!(SqlError::from_d1("D1_ERROR: x: SQLITE_ERROR").message(), "x: SQLITE_ERROR");
    }

    #[test]
    fn the_kind_is_read_from_the_end_of_the_text() {
        check(
            "UNIQUE constraint failed: k.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
            SqlKind::Unique,
        );
        check(
            "UNIQUE constraint failed: k.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
            SqlKind::Unique,
        );
        check(
            "FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)",
            SqlKind::ForeignKey,
        );
        check(
            "NOT NULL constraint failed: t.a: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)",
            SqlKind::NotNull,
        );
        check(
            "CHECK constraint failed: a > 0: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)",
            SqlKind::Check,
        );
        check("too old: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)", SqlKind::Constraint);
        check("string or blob too big: SQLITE_TOOBIG", SqlKind::TooBig);
        check("database or disk is full: SQLITE_FULL", SqlKind::Full);
        check(
            "not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR",
            SqlKind::NotAuthorized,
        );
        check("no such table: SQLITE_FULL at offset 14: SQLITE_ERROR", SqlKind::Other);
        check("Wrong number of parameter bindings for SQL query.", SqlKind::Parameters);
    }
}
