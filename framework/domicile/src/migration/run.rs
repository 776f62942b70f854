//! How one step runs: its statements one by one, so that what fails is named, and the check of its foreign keys.

use super::keys::Keys;
use super::{Migrating, Migration, Step, broken};
use crate::error::{Error, Result};
use crate::sql::statement::{Piece, split};
use crate::store::Store;

impl Migration {
    pub(super) fn run(&self, migrating: &Migrating<'_>) -> Result<()> {
        match self.step {
            Step::Sql(sql) => self.run_sql(sql, migrating.store),
            Step::Rust { run, .. } => {
                run(migrating)?;
                // What it has run is not known.
                settle(migrating.store)
            }
        }
    }

    /// The statements of a step of SQL, none of which has a trap, and whether they defer the check of foreign keys.
    pub(super) fn pieces<'a>(&self, sql: &'a str) -> Result<(Vec<Piece<'a>>, bool)> {
        let pieces = split(sql).map_err(|(line, refused)| broken(format!("line {line}: {refused}")))?;
        if pieces.is_empty() {
            return Err(broken("it has no statement: write one, or take it out of the list".to_owned()));
        }
        let mut defers = false;
        for (at, piece) in pieces.iter().enumerate() {
            let keys = Keys::of(piece.text);
            self.allow(&keys).map_err(|e| located(at, piece, &e))?;
            defers |= keys.defers;
        }
        Ok((pieces, defers))
    }

    fn run_sql(&self, sql: &str, store: &Store) -> Result<()> {
        let (pieces, defers) = self.pieces(sql)?;
        for (at, piece) in pieces.iter().enumerate() {
            store.execute(piece.text, ()).map_err(|e| located(at, piece, &e))?;
        }
        if defers { settle(store) } else { Ok(()) }
    }

    /// Refuses what has a trap, unless the step says that it is wanted.
    fn allow(&self, keys: &Keys) -> Result<()> {
        if let Some(action) = keys.action.as_ref().filter(|_| !self.actions) {
            return Err(broken(format!(
                "{action} is carried out by SQLite, also when a later step rebuilds the table that the key points to, and \
                 would then lose rows: leave it out and use `on_delete` of the model, or add \
                 `.with_foreign_key_actions()` to the migration"
            )));
        }
        if keys.deferrable && !self.deferrable {
            return Err(broken(
                "a DEFERRABLE key that is violated is found after the handler said Ok, and resets the object: leave it \
                 out, or add `.with_deferrable_keys()` to the migration"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// Makes sure that each key has its row, and that keys are immediate again for what follows in this transaction.
///
/// The check comes first: switching the pragma off makes SQLite forget what it has counted.
fn settle(store: &Store) -> Result<()> {
    let mut lost = Vec::new();
    store.each("PRAGMA foreign_key_check", (), |row: Vec<crate::Value>| {
        if let [crate::Value::Text(child), _, crate::Value::Text(parent), ..] = row.as_slice() {
            let pair = (child.clone(), parent.clone());
            if !lost.contains(&pair) {
                lost.push(pair);
            }
        }
        Ok(())
    })?;
    if let Some((child, parent)) = lost.first() {
        return Err(broken(format!(
            "it leaves rows of `{child}` that point to a row of `{parent}` which is not there"
        )));
    }
    store.execute("PRAGMA defer_foreign_keys = OFF", ())?;
    Ok(())
}

fn located(at: usize, piece: &Piece<'_>, error: &Error) -> Error {
    broken(format!("statement {}, line {}: {error}", at + 1, piece.line))
}
