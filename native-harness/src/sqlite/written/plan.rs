//! [`Plan`]: how the rows that a statement writes are counted.

use super::program::{Entries, Program};
use super::rows::Watch;
use super::schema::Schema;
use crate::sqlite::gate::Parts;
use crate::sqlite::{Database, SqlError};

/// How the rows of a statement are counted.
pub(super) struct Plan {
    pub(super) rows: Rows,
    /// It changes no rows but through its own clauses: there are no triggers and no actions of foreign keys.
    pub(super) alone: bool,
    /// It may write to `sqlite_sequence`.
    pub(super) sequence: bool,
    /// Rows of the schema, and what else a change of the schema writes. Such a plan serves once.
    pub(super) schema: Option<Schema>,
}

/// How the rows of an application's tables are counted.
pub(super) enum Rows {
    /// There are none.
    None,
    /// Each changed row counts this many times, for its entries in indexes.
    Each(u64),
    /// Rows of a virtual table. Its module runs statements of its own, which do not count.
    Virtual,
    /// The rows have different numbers of entries.
    Watched(Watch),
}

impl Plan {
    pub(super) fn new(
        database: &Database,
        sql: &str,
        program: Program,
        parts: Parts,
    ) -> Result<Self, SqlError> {
        let schema = Schema::new(database, sql, &program, parts)?;
        let deletes = !program.deletes.is_empty() || program.clears > 0;
        let alone = schema.is_none() && !program.triggers;
        let (rows, sequence) = if schema.is_some() {
            // DROP TABLE deletes the rows of a table that foreign keys refer to.
            (if deletes { Rows::Each(1) } else { Rows::None }, false)
        } else {
            let sequence = program.unnamed;
            (Rows::new(database, program)?, sequence)
        };
        Ok(Self { rows, alone, sequence, schema })
    }

    pub(super) fn watch(&self) -> Option<&Watch> {
        match &self.rows {
            Rows::Watched(watch) => Some(watch),
            _ => None,
        }
    }
}

impl Rows {
    fn new(database: &Database, mut program: Program) -> Result<Self, SqlError> {
        // SQLite also jumps around entries of other indexes, which it then always writes: those whose key is computed.
        let written = program
            .rows
            .iter_mut()
            .map(|row| &mut row.entries)
            .chain(program.keyed.iter_mut().map(|(_, entries)| entries));
        for entries in written.filter(|entries| !entries.partial.is_empty()) {
            let known = database.entries_of(&entries.partial)?;
            entries.always += known.always;
            entries.partial = known.partial;
        }
        if !program.copied.is_empty() {
            // The program has another way to insert the rows, for when a copy is not possible.
            let copied = database.entries_of(&program.copied)?;
            let rows = program.rows.iter_mut().filter(|row| !row.update).map(|row| &mut row.entries);
            let rows = rows
                .chain(program.keyed.iter_mut().map(|(_, entries)| entries))
                .filter(|entries| entries.is_empty());
            rows.for_each(|entries| entries.clone_from(&copied));
        }
        if program.tables.iter().any(|table| table.inner) {
            return Ok(Self::Watched(Watch::new(database, program)?));
        }
        if !program.tables.is_empty() {
            return Ok(Self::Virtual);
        }
        let deleted = Entries::default();
        let deletes = !program.deletes.is_empty() || program.clears > 0;
        let mut all = (program.rows.iter().map(|row| &row.entries))
            .chain(program.keyed.iter().map(|(_, entries)| entries))
            .chain(deletes.then_some(&deleted));
        let Some(first) = all.next() else { return Ok(Self::None) };
        if first.partial.is_empty() && all.all(|other| other == first) {
            return Ok(Self::Each(1 + first.always));
        }
        drop(all);
        Ok(Self::Watched(Watch::new(database, program)?))
    }
}
