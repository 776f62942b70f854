//! What a store knows of its migrations: the table in which each applied step has a line.

use super::{Migration, broken};
use crate::error::Result;
use crate::store::Store;
use crate::timestamp::Timestamp;

pub(super) const BOOKS: &str = "CREATE TABLE domicile_migration (
    position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL, applied INTEGER NOT NULL
) STRICT";

/// What the store says of its migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// There is nothing in it.
    Empty,
    /// Some are missing.
    Behind,
    /// All are applied.
    Current,
}

/// What the store has, checked against what the app has.
pub(crate) fn state(store: &Store, all: &[Migration]) -> Result<State> {
    if all.is_empty() {
        return Ok(State::Current);
    }
    // The runtime keeps tables of its own beside the app's, such as that of the alarm.
    let (books, tables): (i64, i64) = store.query_one(
        "SELECT ifnull(sum(name = 'domicile_migration'), 0), count(*) FROM sqlite_master
         WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_'",
        (),
    )?;
    if books == 0 {
        return Ok(if tables == 0 { State::Empty } else { State::Behind });
    }
    let applied = applied(store, all)?;
    Ok(if applied < all.len() { State::Behind } else { State::Current })
}

/// Makes the table where there is none.
pub(super) fn open(store: &Store) -> Result<()> {
    let books: i64 =
        store.query_one("SELECT count(*) FROM sqlite_master WHERE name = 'domicile_migration'", ())?;
    if books == 0 {
        store.execute(BOOKS, ())?;
    }
    Ok(())
}

/// Writes that a step has been applied.
pub(super) fn enter(store: &Store, position: usize, migration: &Migration, now: Timestamp) -> Result<()> {
    store.execute(
        "INSERT INTO domicile_migration (position, name, checksum, applied) VALUES (?, ?, ?, ?)",
        (position, migration.name, migration.checksum(), now),
    )?;
    Ok(())
}

/// How many of `all` are applied.
pub(super) fn applied(store: &Store, all: &[Migration]) -> Result<usize> {
    let done: Vec<(String, String)> =
        store.query_all("SELECT name, checksum FROM domicile_migration ORDER BY position", ())?;
    compare(&done, all.iter().map(|migration| (migration.name, migration.checksum())))
}

/// How many steps are applied, where `done` are the lines of the books, each a name and a checksum.
pub(super) fn compare<'a>(
    done: &[(String, String)],
    all: impl Iterator<Item = (&'a str, String)>,
) -> Result<usize> {
    let mut all = all.enumerate();
    for (name, checksum) in done {
        match all.next() {
            None => {
                return Err(broken(format!(
                    "migration `{name}` was applied to this store and the app does not have it: deploy the version that does"
                )));
            }
            Some((at, (here, _))) if here != name => {
                return Err(broken(format!(
                    "migration {} is `{here}` and this store had `{name}` there: the order of applied migrations is fixed",
                    at + 1
                )));
            }
            Some((_, (_, sum))) if sum != *checksum => {
                return Err(broken(format!(
                    "migration `{name}` was edited after it had been applied: put its text back and write a new one"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(done.len())
}
