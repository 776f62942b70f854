//! The migrations of D1 databases when the host starts: whole or not at all, each once, and what fails is a start error.

#![allow(clippy::unwrap_used, reason = "what a test cannot do has failed")]

use std::path::Path;

use domicile::d1::D1Binding;
use domicile::prelude::*;
use rusqlite::Connection;

use super::super::{Config, Host};

const INITIAL: Migration = Migration::sql(
    "0001_initial",
    include_str!("../../../../framework/domicile-conformance/src/app/rebuilt/0001_initial.sql"),
);

const FILL: Migration = Migration::sql(
    "0002_fill",
    include_str!("../../../../framework/domicile-conformance/src/app/rebuilt/fill.sql"),
);

const REBUILD: Migration = Migration::sql(
    "0003_customer_changes",
    include_str!("../../../../framework/domicile-conformance/src/app/rebuilt/0002_customer_changes.sql"),
);

const ORPHANS: Migration = Migration::sql(
    "0003_orphans",
    include_str!("../../../../framework/domicile-conformance/src/app/rebuilt/orphans.sql"),
);

const FAILS: Migration =
    Migration::sql("0003_fails", "CREATE TABLE half (n INTEGER) STRICT;\n\nINSERT INTO absent VALUES (1);");

macro_rules! app {
    ($name:ident, $migrations:expr) => {
        fn $name(_: &Env) -> App {
            const MIGRATIONS: &[Migration] = $migrations;
            App::new().d1(D1Binding::new("DB").with_migrations(MIGRATIONS))
        }
    };
}

app!(filled, &[INITIAL, FILL]);
app!(rebuilt, &[INITIAL, FILL, REBUILD]);
app!(orphans, &[INITIAL, FILL, ORPHANS]);
app!(fails, &[INITIAL, FILL, FAILS]);
app!(edited, &[Migration::sql("0001_initial", "CREATE TABLE customer (id INTEGER PRIMARY KEY);"), FILL]);
app!(reordered, &[FILL, INITIAL]);
app!(shorter, &[INITIAL]);
app!(code, &[INITIAL, Migration::rust("0002_code", |_| Ok(()))]);
app!(twice, &[INITIAL, INITIAL]);
app!(cascades, &[Migration::sql("0001", "CREATE TABLE a (b REFERENCES c ON DELETE CASCADE);")]);

fn start(folder: &Path, app: domicile::AppFn) -> Result<(), String> {
    Host::start(Config { threads: 1, ..Config::folder(folder) }, app)
        .map(Host::shutdown)
        .map_err(|error| error.to_string())
}

/// Every table, row by row, and the names of all that there is.
fn stored(folder: &Path) -> Vec<String> {
    let db = Connection::open(folder.join("d1/DB.sqlite")).unwrap();
    let lines = |sql: &str| {
        let mut statement = db.prepare(sql).unwrap();
        let lines: Result<Vec<String>, _> = statement.query_map([], |row| row.get(0)).unwrap().collect();
        lines.unwrap()
    };
    let mut all = lines(
        "SELECT concat_ws(' ', type, name) FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name",
    );
    all.extend(lines(
        "SELECT concat_ws(' ', id, name, ifnull(note, 'none'), balance) FROM customer ORDER BY id",
    ));
    for table in ["protected", "cascaded", "nulled", "defaulted"] {
        all.extend(lines(&format!(
            "SELECT concat_ws(' ', '{table}', id, ifnull(customer, 'none')) FROM {table} ORDER BY id"
        )));
    }
    all.extend(lines("SELECT 'found ' || rowid FROM customer_search WHERE customer_search MATCH 'name7'"));
    all
}

fn applied(folder: &Path) -> Vec<String> {
    let db = Connection::open(folder.join("d1/DB.sqlite")).unwrap();
    let sql = "SELECT name FROM domicile_migration WHERE applied > 1700000000000 ORDER BY position";
    let mut statement = db.prepare(sql).unwrap();
    let names: Result<Vec<String>, _> = statement.query_map([], |row| row.get(0)).unwrap().collect();
    names.unwrap()
}

#[test]
fn a_parent_that_is_made_anew_keeps_every_row() {
    let folder = tempfile::tempdir().unwrap();
    start(folder.path(), filled).unwrap();
    let before = stored(folder.path());
    assert!(before.len() > 1500, "{} lines", before.len());
    start(folder.path(), rebuilt).unwrap();
    assert_eq!(applied(folder.path()), ["0001_initial", "0002_fill", "0003_customer_changes"]);
    assert_eq!(stored(folder.path()), before);
    start(folder.path(), rebuilt).unwrap();
    assert_eq!(stored(folder.path()), before);
}

#[test]
fn a_migration_that_fails_is_a_start_error_and_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    start(folder.path(), filled).unwrap();
    let before = stored(folder.path());
    for (app, says) in [
        (
            fails as domicile::AppFn,
            "migration `0003_fails` failed: statement 2, line 3: no such table: absent",
        ),
        (orphans, "migration `0003_orphans` failed: it leaves rows that point to a row which is not there"),
        (edited, "migration `0001_initial` was edited after it had been applied"),
        (reordered, "migration 1 is `0002_fill` and this store had `0001_initial` there"),
        (shorter, "migration `0002_fill` was applied to this store and the app does not have it"),
    ] {
        let error = start(folder.path(), app).unwrap_err();
        assert!(
            error.starts_with("the D1 database `DB` cannot be migrated: ") && error.contains(says),
            "{error}"
        );
        assert_eq!(stored(folder.path()), before, "{says}");
        assert_eq!(applied(folder.path()), ["0001_initial", "0002_fill"]);
    }
    start(folder.path(), rebuilt).unwrap();
    assert_eq!(stored(folder.path()), before);
}

#[test]
fn what_cannot_be_a_migration_of_d1_is_refused_at_the_start() {
    for (app, says) in [
        (code as domicile::AppFn, "migration `0002_code` is Rust, and D1 takes SQL migrations only"),
        (twice, "two migrations are called `0001_initial`"),
        (
            cascades,
            "migration `0001` failed: statement 1, line 1: ON DELETE CASCADE is carried out by SQLite",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let error = start(folder.path(), app).unwrap_err();
        assert!(error.contains(says), "{error}");
        assert!(!folder.path().join("d1/DB.sqlite").exists(), "nothing was begun");
    }
}
