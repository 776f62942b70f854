//! Why a text never reaches SQLite, as the sentences both hosts answer with.

use std::fmt;

/// Why a text never reaches SQLite. `Display` gives the whole sentence, with the fix where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The text is empty or only holds comments.
    NoStatement,
    /// Behind the last `;` stands something that is no statement. workerd runs the text and then fails.
    Trailing,
    /// The text holds a NUL character, where SQLite would stop reading.
    Nul,
    /// A statement begins with BEGIN, COMMIT, END, ROLLBACK, SAVEPOINT or RELEASE.
    Transaction,
    /// The keyword ROLLBACK elsewhere: as a conflict clause, in RAISE, or as a name without quotes.
    Rollback,
    /// ORDER BY or LIMIT on a DELETE or UPDATE, which only workerd's build of SQLite knows.
    RowLimit {
        /// `DELETE` or `UPDATE`.
        verb: &'static str,
    },
    /// RETURNING in a statement that writes and is not the last of its text. workerd takes one row of it, never ends it,
    /// and cannot commit.
    Returning,
    /// A value for `PRAGMA foreign_keys`.
    ForeignKeys,
    /// A name that begins with `_cf_`, without its quotes.
    HiddenName(Box<str>),
    /// The table `pragma_optimize`, from which a SELECT writes.
    PragmaOptimize,
    /// ATTACH or DETACH.
    Attach,
    /// VACUUM.
    Vacuum,
    /// More than one statement, where D1 takes one.
    Several,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoStatement => "SQL code did not contain a statement.",
            Self::Trailing => {
                "SQL code did not contain a statement. Behind the last `;` only spaces and newlines may follow: \
                 put comments in front of it."
            }
            Self::Nul => {
                "SQL code contains a NUL character, where SQLite would stop reading. Bind the value as a parameter."
            }
            // workerd's own words, so that both hosts and its documentation agree.
            Self::Transaction => {
                "To execute a transaction, please use the state.storage.transaction() or \
                 state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. \
                 The JavaScript API is safer because it will automatically roll back on exceptions, and because it \
                 interacts correctly with Durable Objects' automatic atomic write coalescing."
            }
            Self::Rollback => {
                "The keyword ROLLBACK is refused, also in OR ROLLBACK, ON CONFLICT ROLLBACK and RAISE(ROLLBACK, …): \
                 it ends the transaction around the handler, and what is written after it stays whatever the handler \
                 returns. Use ABORT and return an error. A name that is this word needs quotes: \"rollback\"."
            }
            Self::RowLimit { verb } => {
                return write!(
                    f,
                    "{verb} with ORDER BY or LIMIT runs on Cloudflare only. Choose its rows in a sub-select: \
                     {verb} … WHERE rowid IN (SELECT rowid FROM … ORDER BY … LIMIT …)."
                );
            }
            Self::Returning => {
                "RETURNING is refused in a statement before the last one of a text: nobody reads its rows, and a Durable \
                 Object could not commit. Leave it out, or run the statement on its own. A name that is this word needs \
                 quotes: \"returning\"."
            }
            Self::ForeignKeys => {
                "PRAGMA foreign_keys cannot be set: foreign keys are always on, and a change would last beyond this \
                 event. To rebuild a table, use PRAGMA defer_foreign_keys = ON."
            }
            Self::HiddenName(name) => {
                return write!(
                    f,
                    "The name {name} is refused: names that begin with _cf_ belong to the platform. A text value \
                     that begins so can be bound as a parameter."
                );
            }
            Self::PragmaOptimize => {
                "The table pragma_optimize is refused: a SELECT from it writes. Use the statement PRAGMA optimize."
            }
            Self::Attach => "ATTACH and DETACH are refused: an actor has exactly one database.",
            Self::Vacuum => "VACUUM is refused: a Durable Object cannot run it.",
            Self::Several => {
                "D1 takes one statement at a time: make a `d1::Statement` of each and run them as one `batch`, which is \
                 a transaction."
            }
        })
    }
}

impl std::error::Error for Refused {}
