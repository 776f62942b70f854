//! The engine that applies steps, on a database with the rules of an actor's: what it refuses, and what is left then.

use domicile::migration::Migrating;
use domicile::{Migration, Result};

use crate::migrate::live::Live;
use crate::migrate::scratch::Scratch;

fn scratch() -> Scratch {
    Scratch::new(&Scratch::vfs().unwrap()).unwrap()
}

/// A list is refused with these words, and leaves nothing of the step that is refused.
#[track_caller]
fn refused(store: &Scratch, all: &[Migration], says: &[&str]) {
    let before = Live::of(&store.db().unwrap()).unwrap();
    for _ in 0..2 {
        let why = store.apply(all).expect_err("it is refused");
        for part in says {
            assert!(why.contains(part), "`{part}` is not in: {why}");
        }
        assert_eq!(Live::of(&store.db().unwrap()).unwrap(), before);
    }
}

fn count(store: &Scratch, sql: &str) -> i64 {
    store.db().unwrap().privileged(|host| host.first(sql, (), |row| row.get(0))).unwrap().unwrap()
}

const FIRST: Migration = Migration::sql("0001", "CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT");

#[test]
fn an_error_names_the_step_the_statement_and_the_line() {
    let sql = "-- Two tables.\nCREATE TABLE b (x);\n\nCREATE TRIGGER t AFTER INSERT ON b BEGIN\n  SELECT 1;\nEND;\nINSERT INTO c VALUES (1);";
    refused(
        &scratch(),
        &[FIRST, Migration::sql("0002_b", sql)],
        &["migration `0002_b` failed: statement 3, line 7: INSERT INTO c VALUES (1): no such table: c"],
    );
    refused(&scratch(), &[Migration::sql("0001", " -- nothing\n;")], &["`0001` failed: it has no statement"]);
    refused(
        &scratch(),
        &[Migration::sql("0001", "SELECT 1;\nCOMMIT")],
        &["`0001` failed: line 2: ", "transaction"],
    );
}

#[test]
fn what_sqlite_would_do_by_itself_is_refused_before_anything_runs() {
    let actions = "CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT;\nCREATE TABLE c (b INTEGER REFERENCES b (id) ON DELETE CASCADE) STRICT";
    let step = Migration::sql("0001_c", actions);
    refused(
        &scratch(),
        &[step],
        &["statement 2, line 2: ON DELETE CASCADE is carried out by SQLite", ".with_foreign_key_actions()"],
    );
    scratch().apply(&[step.with_foreign_key_actions()]).unwrap();
    let deferrable =
        Migration::sql("0001_c", "CREATE TABLE c (c INTEGER REFERENCES c (c) DEFERRABLE INITIALLY DEFERRED)");
    refused(&scratch(), &[deferrable], &["a DEFERRABLE key that is violated", ".with_deferrable_keys()"]);
    refused(&scratch(), &[deferrable.with_foreign_key_actions()], &["a DEFERRABLE key"]);
    scratch().apply(&[deferrable.with_deferrable_keys()]).unwrap();
}

#[test]
fn what_was_applied_stays_as_it_is() {
    let second = Migration::sql("0002", "CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT");
    let store = scratch();
    store.apply(&[FIRST, second]).unwrap();
    store.apply(&[FIRST, second]).unwrap();
    let edited = Migration::sql("0002", "CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT) STRICT");
    refused(&store, &[FIRST, edited], &["migration `0002` was edited after it had been applied"]);
    refused(&store, &[FIRST], &["migration `0002` was applied to this store and the app does not have it"]);
    refused(&store, &[second, FIRST], &["migration 1 is `0002` and this store had `0001` there"]);
    store.apply(&[FIRST, second, Migration::sql("0003", "DROP TABLE b")]).unwrap();
}

#[test]
fn keys_that_point_nowhere_fail_the_step_and_not_the_commit() {
    let store = scratch();
    let two = Migration::sql(
        "0001",
        "CREATE TABLE p (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE c (p INTEGER REFERENCES p (id)) STRICT;
         INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);",
    );
    store.apply(&[two]).unwrap();
    let lost = Migration::sql("0002", "PRAGMA defer_foreign_keys = ON; DELETE FROM p");
    refused(
        &store,
        &[two, lost],
        &["`0002` failed: it leaves rows of `c` that point to a row of `p` which is not there"],
    );
    assert_eq!(count(&store, "SELECT count(*) FROM p"), 1);
    let kept = Migration::sql(
        "0002",
        "PRAGMA defer_foreign_keys = ON; DELETE FROM p; INSERT INTO p VALUES (1), (2)",
    );
    // Keys are immediate for what follows in the same transaction.
    let orphan = Migration::sql("0003", "INSERT INTO c VALUES (99); SELECT 1");
    refused(
        &store,
        &[two, kept, orphan],
        &["`0003` failed: statement 1, line 1", "FOREIGN KEY constraint failed"],
    );
    store.apply(&[two, kept]).unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM p"), 2);
}

#[test]
fn a_step_in_rust_runs_once_and_says_its_version() {
    fn fill(step: &Migrating<'_>) -> Result<()> {
        step.log("fills");
        step.store().execute("INSERT INTO a VALUES (?)", (step.now(),))?;
        assert_eq!(step.random::<4>().len(), 4);
        Ok(())
    }
    fn defer(step: &Migrating<'_>) -> Result<()> {
        step.store().execute("PRAGMA defer_foreign_keys = ON", ())?;
        step.store().execute("INSERT INTO d VALUES (7)", ()).map(drop)
    }
    let store = scratch();
    let step = Migration::rust("0002_fill", fill);
    store.apply(&[FIRST, step]).unwrap();
    store.apply(&[FIRST, step]).unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM a"), 1);
    refused(&store, &[FIRST, step.version(2)], &["migration `0002_fill` was edited"]);
    refused(&store, &[FIRST, Migration::sql("0002_fill", "SELECT 1")], &["migration `0002_fill` was edited"]);
    let key = Migration::sql("0003", "CREATE TABLE d (a INTEGER REFERENCES a (id)) STRICT");
    let wrong = Migration::rust("0004", defer);
    store.apply(&[FIRST, step, key]).unwrap();
    refused(&store, &[FIRST, step, key, wrong], &["`0004` failed: it leaves rows of `d`"]);
}
