//! [`Schema`]: what statements write that change the schema, build indexes or gather statistics.

use super::program::Program;
use crate::sqlite::gate::Parts;
use crate::sqlite::{Database, SqlError, allowed, text};

/// Names that are neither SQLite's own nor the host's.
const OWN: &str = "name NOT LIKE 'sqliteX_%' ESCAPE 'X' AND name NOT LIKE 'X_cfX_%' ESCAPE 'X'";

/// What a statement writes besides rows that an application puts into tables.
pub(super) struct Schema {
    /// Known before it runs.
    rows: u64,
    /// To be looked up when it has run.
    later: Option<Later>,
}

enum Later {
    /// As many as the table has rows.
    Table(Box<str>),
    /// As many as the index has entries.
    Index(Box<str>),
    /// Rows of statistics: all, or those of a table or an index.
    Statistics(Option<Box<str>>),
}

impl Schema {
    /// Looks at a statement before it runs; `None` if it changes no schema.
    pub(super) fn new(
        database: &Database,
        sql: &str,
        program: &Program,
        parts: Parts,
    ) -> Result<Option<Self>, SqlError> {
        let none = Self { rows: 0, later: None };
        if let Some(table) = parts.altered.as_deref() {
            let rows = database.altered(table, &parts, program)?;
            return Ok(Some(Self { rows, ..none }));
        }
        if parts.analyzed {
            let have = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'";
            // The table is created as any other: a row is added to the schema and then changed.
            let rows = if database.number(have, ())? == 0 { 2 } else { 0 };
            let later = Some(Later::Statistics(text::analyzed(sql).map(Into::into)));
            return Ok(Some(Self { rows, later }));
        }
        if parts.index.is_none() && !parts.reindexed.is_empty() {
            let counts = parts.reindexed.iter().map(|index| database.entries(index));
            return Ok(Some(Self { rows: counts.sum::<Result<_, _>>()?, ..none }));
        }
        if parts.dropped {
            return Ok(Some(none));
        }
        if program.schema == 0 {
            return Ok(None);
        }
        let later = match (parts.table, parts.index) {
            // Rows that go into a new table are those of its query.
            (Some(table), _) => program.unnamed.then(|| Later::Table(table.into())),
            (None, index) => index.map(|index| Later::Index(index.into())),
        };
        Ok(Some(Self { rows: program.schema, later }))
    }

    /// What it has written.
    pub(super) fn count(&self, database: &Database) -> Result<u64, SqlError> {
        let later = match &self.later {
            None => 0,
            Some(Later::Table(table)) => {
                database.number(&format!("SELECT count(*) FROM {}", text::quoted_name(table)), ())?
            }
            // A condition that fails whatever the row is has met no row when the index was built.
            Some(Later::Index(index)) => database.entries(index).unwrap_or_default(),
            Some(Later::Statistics(None)) => database.number("SELECT count(*) FROM sqlite_stat1", ())?,
            Some(Later::Statistics(Some(name))) => {
                let sql =
                    "SELECT count(*) FROM sqlite_stat1 WHERE ?1 IN (tbl COLLATE NOCASE, idx COLLATE NOCASE)";
                database.number(sql, [name])?
            }
        };
        Ok(self.rows + later)
    }
}

impl Database {
    /// The entries of an index.
    fn entries(&self, index: &str) -> Result<u64, SqlError> {
        let find = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND name = ? COLLATE NOCASE";
        let found = self.privileged(|host| {
            host.first(find, [index], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))
        })?;
        let Some((table, sql)) = found.or_else(|| itself(index)) else { return Ok(0) };
        let table = text::quoted_name(&table);
        let condition = sql.as_deref().and_then(text::condition);
        let condition = condition.map_or_else(String::new, |condition| format!(" WHERE ({condition}\n)"));
        self.number(&format!("SELECT count(*) FROM {table}{condition}"), ())
    }

    /// The rows that ALTER TABLE writes: it changes the text of everything in the schema that may name the table.
    fn altered(&self, table: &str, parts: &Parts, program: &Program) -> Result<u64, SqlError> {
        let quoted =
            format!("SELECT count(*) FROM sqlite_master WHERE {OWN} AND sql NOT LIKE 'create virtual%'");
        let texts = format!(
            "SELECT count(*) FROM sqlite_master WHERE {OWN} AND (type <> 'index' OR tbl_name = ? COLLATE NOCASE)"
        );
        if parts.renames_table {
            let names = "SELECT count(*) FROM sqlite_master WHERE tbl_name = ? COLLATE NOCASE
                         AND type IN ('table', 'index', 'trigger')";
            let sequences = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'";
            let mut rows = self.number(&texts, [table])? + self.number(names, [table])?;
            if self.number(sequences, ())? > 0 {
                rows += self.number("SELECT count(*) FROM sqlite_sequence WHERE name = ?", [table])?;
            }
            return Ok(rows);
        }
        if parts.renames_column {
            return Ok(self.number(&quoted, ())? + self.number(&texts, [table])?);
        }
        if parts.drops_column {
            let mut rows = self.number(&quoted, ())? + 1;
            if program.unnamed || !program.copied.is_empty() {
                rows += self.number(&format!("SELECT count(*) FROM {}", text::quoted_name(table)), ())?;
            }
            return Ok(rows);
        }
        // A column is added to the text of the table alone.
        Ok(1)
    }
}

/// The table WITHOUT ROWID that an index is which the schema does not list; the host's own is none that counts.
fn itself(index: &str) -> Option<(String, Option<String>)> {
    let (table, _) = index.strip_prefix("sqlite_autoindex_")?.rsplit_once('_')?;
    allowed::name(table).then(|| (table.to_owned(), None))
}
