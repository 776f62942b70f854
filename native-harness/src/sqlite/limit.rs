//! The sizes that Durable Objects put on SQL.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;

/// The sizes that statements and values of an actor may have.
///
/// ```
/// use native_harness::{Config, Limits};
///
/// assert_eq!(Config::memory().limits, Limits::PRODUCTION);
/// assert!(Limits::WORKERD.value_bytes > Limits::PRODUCTION.value_bytes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest text, blob or row, in bytes (`SQLITE_LIMIT_LENGTH`). A row is its values and a header of one byte for
    /// itself and one to nine bytes for each column, so a value that is stored must be a little shorter.
    pub value_bytes: u32,
    /// The most arguments of a function (`SQLITE_LIMIT_FUNCTION_ARG`).
    pub function_arguments: u32,
    /// The longest text of one or more statements, in bytes (`SQLITE_LIMIT_SQL_LENGTH`).
    pub sql_bytes: u32,
    /// The most columns of a table, an index or a result (`SQLITE_LIMIT_COLUMN`).
    pub columns: u32,
    /// The most parameters of a statement (`SQLITE_LIMIT_VARIABLE_NUMBER`).
    pub parameters: u32,
    /// How deep an expression may be nested (`SQLITE_LIMIT_EXPR_DEPTH`).
    pub expression_depth: u32,
    /// The most SELECTs that UNION, EXCEPT and INTERSECT put together (`SQLITE_LIMIT_COMPOUND_SELECT`). The rows of a
    /// VALUES do not count.
    pub compound_terms: u32,
    /// The longest pattern of LIKE or GLOB, in bytes (`SQLITE_LIMIT_LIKE_PATTERN_LENGTH`).
    pub pattern_bytes: u32,
    /// How deep triggers and the actions of foreign keys may cause one another (`SQLITE_LIMIT_TRIGGER_DEPTH`).
    pub trigger_depth: u32,
}

impl Limits {
    /// What Cloudflare documents for Durable Objects (<https://developers.cloudflare.com/durable-objects/platform/limits/>):
    /// strings, blobs and rows of 2 MB, 32 arguments, statements of 100 KB, 100 columns, 100 parameters, patterns of 50
    /// bytes. What is not documented is as in workerd. This is the default: what runs here must run there.
    pub const PRODUCTION: Self = Self { value_bytes: 2_000_000, function_arguments: 32, ..Self::WORKERD };

    /// What workerd 1.20261117.1 enforces on one's own machine, each measured there at the last size that passes and the
    /// first that does not. It is for comparing the two hosts.
    ///
    /// workerd's source (`setupSecurity` in `util/sqlite.c++`) asks for values of 4 MiB and programs of 25,000
    /// instructions. The binary takes values of 8 MiB and 34 bytes, and programs of 49,810 instructions.
    pub const WORKERD: Self = Self {
        value_bytes: 8_388_642,
        function_arguments: 127,
        sql_bytes: 100_000,
        columns: 100,
        parameters: 100,
        expression_depth: 100,
        compound_terms: 5,
        pattern_bytes: 50,
        trigger_depth: 10,
    };

    /// Puts the limits on a connection, and keeps SQL from writing to the schema table and to shadow tables.
    ///
    /// There is none on a program's instructions: SQLite would refuse some programs from 12,500 on here, a seed of a
    /// thousand rows among them.
    pub(super) fn apply(self, connection: &Connection) -> rusqlite::Result<()> {
        let limits = [
            (Limit::SQLITE_LIMIT_LENGTH, self.value_bytes),
            // An EXPLAIN goes before some statements, whose own length is checked before that.
            (Limit::SQLITE_LIMIT_SQL_LENGTH, self.sql_bytes + EXPLAIN_BYTES),
            (Limit::SQLITE_LIMIT_COLUMN, self.columns),
            (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, self.parameters),
            (Limit::SQLITE_LIMIT_EXPR_DEPTH, self.expression_depth),
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, self.compound_terms),
            (Limit::SQLITE_LIMIT_FUNCTION_ARG, self.function_arguments),
            (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, self.pattern_bytes),
            (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, self.trigger_depth),
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        ];
        for (limit, value) in limits {
            connection.set_limit(limit, i32::try_from(value).unwrap_or(i32::MAX))?;
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // workerd keeps SQLite's old custom of reading "text" as a string where no column has that name.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, true)?;
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::PRODUCTION
    }
}

/// The length of the EXPLAIN and the space that go before a statement.
const EXPLAIN_BYTES: u32 = 8;
