//! Migrations as D1 takes them: each is one [`Batch`], which is a transaction there. Only SQL goes into one.
//!
//! What applies the batches is a host or a tool. It reads [`Batch::APPLIED`], where [`Batch::THERE`] says that there is
//! something to read, asks [`applied`] how many are done, and runs the others in order.

use serde::{Deserialize, Serialize};

use super::books::{BOOKS, compare};
use super::{Migration, Step, broken};
use crate::error::{Error, Result};
use crate::sql::statement::Piece;

/// A step as statements that are to be run in one transaction, with its line in the books.
///
/// The line comes first, and its position and its name are unique: of two that apply the step at once, one fails at its
/// first statement and has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The step's name.
    pub name: String,
    /// What tells an edit.
    pub checksum: String,
    /// What keeps the books, before the statements of the step.
    before: Vec<String>,
    /// Those of the step, each with the line on which it begins.
    statements: Vec<(usize, String)>,
    /// The check of foreign keys, where the step defers them.
    after: Vec<String>,
}

/// Finds a key without its row, as a NULL where there can be none. A batch cannot look at what a statement gives.
const SETTLE: &str = "INSERT INTO domicile_migration (position, name, checksum, applied)
SELECT NULL, \"table\" || ' to ' || \"parent\", NULL, 0 FROM pragma_foreign_key_check LIMIT 1";

impl Batch {
    /// The query whose one number is not 0 where [`Self::APPLIED`] can be asked.
    pub const THERE: &str = "SELECT count(*) AS n FROM sqlite_master WHERE name = 'domicile_migration'";

    /// The query for the names and checksums of what is applied.
    pub const APPLIED: &str = "SELECT name, checksum FROM domicile_migration ORDER BY position";

    fn new(position: usize, migration: &Migration) -> Result<Self> {
        let Step::Sql(sql) = migration.step else { return Err(broken(refused(migration))) };
        let (pieces, defers) = migration.pieces(sql)?;
        let mut before = Vec::new();
        if position == 0 {
            before.push(BOOKS.replacen("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1));
        }
        let (name, checksum) = (migration.name.to_owned(), migration.checksum());
        before.push(format!(
            "INSERT INTO domicile_migration (position, name, checksum, applied)\nVALUES ({position}, '{}', \
             '{checksum}', CAST(unixepoch('subsec') * 1000 AS INTEGER))",
            name.replace('\'', "''")
        ));
        let own = |piece: Piece<'_>| (piece.line, piece.text.to_owned());
        Ok(Self {
            name,
            checksum,
            before,
            statements: pieces.into_iter().map(own).collect(),
            after: if defers { vec![SETTLE.to_owned()] } else { Vec::new() },
        })
    }

    /// All its statements, in order.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        let own = self.statements.iter().map(|(_, sql)| sql);
        self.before.iter().chain(own).chain(&self.after).map(String::as_str)
    }

    /// All its statements as one text, for tools that take a file.
    #[must_use]
    pub fn text(&self) -> String {
        self.statements().map(|sql| format!("{sql};\n")).collect()
    }

    /// The sentence for its failure: `message` is SQLite's, and `at` the place of the statement, where it is known.
    #[must_use]
    pub fn failed(&self, at: Option<usize>, message: &str) -> String {
        let name = &self.name;
        if message.contains("UNIQUE constraint failed: domicile_migration.") {
            return format!("migration `{name}` was applied by somebody else meanwhile: run this again");
        }
        if message.contains("domicile_migration.checksum") {
            return format!(
                "migration `{name}` failed: it leaves rows that point to a row which is not there"
            );
        }
        let own = at.and_then(|at| at.checked_sub(self.before.len()));
        match own.and_then(|own| Some((own, self.statements.get(own)?))) {
            Some((own, (line, _))) => {
                format!("migration `{name}` failed: statement {}, line {line}: {message}", own + 1)
            }
            None => format!("migration `{name}` failed: {message}"),
        }
    }
}

/// The batches of all steps, in order.
///
/// # Errors
/// Of kind [`Kind::Migration`](crate::Kind::Migration): a step in Rust, or one of SQL that no store would run either.
pub fn batches(all: &[Migration]) -> Result<Vec<Batch>> {
    if let Some(mistake) = mistakes(all).into_iter().next() {
        return Err(broken(mistake));
    }
    let batch = |(position, migration): (usize, &Migration)| {
        let failed = |e: Error| broken(format!("migration `{}` failed: {e}", migration.name));
        Batch::new(position, migration).map_err(failed)
    };
    all.iter().enumerate().map(batch).collect()
}

/// How many of `all` are applied, where `done` are the names and checksums of those that are.
///
/// # Errors
/// Of kind [`Kind::Migration`](crate::Kind::Migration): what is applied was edited, is missing, or has another order.
pub fn applied(done: &[(String, String)], all: &[Batch]) -> Result<usize> {
    compare(done, all.iter().map(|batch| (batch.name.as_str(), batch.checksum.clone())))
}

/// Why a list cannot be that of a D1 database, without looking at any SQL.
pub(crate) fn mistakes(all: &[Migration]) -> Vec<String> {
    let code = all.iter().filter(|migration| matches!(migration.step, Step::Rust { .. })).map(refused);
    let twice = all
        .iter()
        .enumerate()
        .filter(|(at, migration)| all.iter().take(*at).any(|earlier| earlier.name == migration.name));
    let twice = twice.map(|(_, m)| format!("two migrations are called `{}`: rename the newer one", m.name));
    code.chain(twice).collect()
}

fn refused(migration: &Migration) -> String {
    format!(
        "migration `{}` is Rust, and D1 takes SQL migrations only: there is no transaction in which Rust could look at what \
         it has read. Write it as SQL",
        migration.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[Migration] = &[
        Migration::sql("0001_a", "CREATE TABLE a (n INTEGER);\n\n-- two\nINSERT INTO a VALUES (1);"),
        Migration::sql("0002_it's", "PRAGMA defer_foreign_keys = ON; DROP TABLE a;"),
    ];

    #[test]
    fn the_books_are_kept_first_and_keys_checked_last() -> Result<()> {
        let all = batches(TWO)?;
        let first: Vec<_> = all[0].statements().map(|sql| &sql[..24]).collect();
        assert_eq!(
            first,
            [
                "CREATE TABLE IF NOT EXIS",
                "INSERT INTO domicile_mig",
                "CREATE TABLE a (n INTEGE",
                "INSERT INTO a VALUES (1)"
            ]
        );
        let second: Vec<_> = all[1].statements().collect();
        assert!(second[0].contains("(1, '0002_it''s', '"), "{second:?}");
        assert_eq!(second[1..], ["PRAGMA defer_foreign_keys = ON", "DROP TABLE a", SETTLE]);
        assert!(all[0].text().ends_with("CREATE TABLE a (n INTEGER);\nINSERT INTO a VALUES (1);\n"));
        Ok(())
    }

    #[test]
    fn a_failure_names_the_statement_as_it_stands_in_the_migration() -> Result<()> {
        let first = &batches(TWO)?[0];
        assert_eq!(first.failed(Some(3), "no"), "migration `0001_a` failed: statement 2, line 4: no");
        assert_eq!(first.failed(Some(0), "no"), "migration `0001_a` failed: no");
        assert_eq!(first.failed(Some(9), "no"), "migration `0001_a` failed: no");
        assert_eq!(first.failed(None, "no"), "migration `0001_a` failed: no");
        let twice = "D1_ERROR: UNIQUE constraint failed: domicile_migration.position: SQLITE_CONSTRAINT";
        assert!(
            first.failed(None, twice).ends_with("was applied by somebody else meanwhile: run this again")
        );
        Ok(())
    }

    #[test]
    fn what_is_applied_must_be_what_there_is() -> Result<()> {
        let all = batches(TWO)?;
        let done: Vec<_> = all.iter().map(|batch| (batch.name.clone(), batch.checksum.clone())).collect();
        assert_eq!(applied(&done, &all)?, 2);
        assert_eq!(applied(&done[..1], &all)?, 1);
        let refused = |done: &[(String, String)], all: &[Batch], says: &str| {
            let error = applied(done, all).map(drop).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        };
        refused(&done, &all[..1], "`0002_it's` was applied to this store and the app does not have it");
        refused(&done[1..], &all, "migration 1 is `0001_a` and this store had `0002_it's` there");
        refused(&[(done[0].0.clone(), "x".to_owned())], &all, "`0001_a` was edited");
        Ok(())
    }

    #[test]
    fn steps_that_cannot_be_are_refused() {
        let refused = |all: &[Migration], says: &str| {
            let error = batches(all).map(drop).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        };
        refused(
            &[Migration::rust("0001_code", |_| Ok(()))],
            "`0001_code` is Rust, and D1 takes SQL migrations only",
        );
        refused(&[TWO[0], TWO[0]], "two migrations are called `0001_a`");
        refused(&[Migration::sql("0001", "")], "migration `0001` failed: it has no statement");
        refused(
            &[Migration::sql("0001", "CREATE TABLE a (b REFERENCES c ON DELETE CASCADE);")],
            "statement 1, line 1: ON DELETE CASCADE is carried out by SQLite",
        );
    }
}
