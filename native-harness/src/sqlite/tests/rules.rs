//! What the answers of workerd do not show: the host's own rights, the cache, types beyond the platform's, transactions.

use rusqlite::ffi;

use super::{Database, Table, Value, check, memory, vfs};
use crate::sqlite::{Limits, Param};

#[test]
fn the_host_has_hidden_tables() {
    let database = memory();
    database.privileged(|host| host.batch("CREATE TABLE _cf_meta (k PRIMARY KEY, v)")).unwrap();
    let insert = |k: &str| host_insert(&database, k);
    assert_eq!(insert("a"), Ok(1));
    assert_eq!(insert("a").unwrap_err().code(), ffi::SQLITE_CONSTRAINT_PRIMARYKEY);
    let read = |sql: &str| database.privileged(|host| host.first(sql, (), |row| row.get::<_, String>(0)));
    assert_eq!(read("SELECT k FROM _cf_meta"), Ok(Some("a".to_owned())));
    assert_eq!(read("SELECT k FROM _cf_meta WHERE 0"), Ok(None));
    let all =
        database.privileged(|host| host.all("SELECT k FROM _cf_meta", (), |row| row.get::<_, String>(0)));
    assert_eq!(all, Ok(vec!["a".to_owned()]));

    for (sql, message) in [
        ("SELECT * FROM _cf_meta", "error: access to _cf_meta.k is prohibited: SQLITE_AUTH"),
        ("SELECT v FROM _CF_META", "error: access to _cf_meta.v is prohibited: SQLITE_AUTH"),
        ("SELECT count(*) FROM _cf_meta", "error: not authorized: SQLITE_AUTH"),
        ("INSERT INTO _cf_meta VALUES (1, 2)", "error: not authorized: SQLITE_AUTH"),
        ("UPDATE _cf_meta SET v = 1", "error: not authorized: SQLITE_AUTH"),
        ("DELETE FROM _cf_meta", "error: not authorized: SQLITE_AUTH"),
        ("DROP TABLE _cf_meta", "error: not authorized: SQLITE_AUTH"),
        ("ALTER TABLE _cf_meta RENAME TO mine", "error: not authorized: SQLITE_AUTH"),
        ("CREATE INDEX i ON _cf_meta (v)", "error: not authorized: SQLITE_AUTH"),
        ("PRAGMA table_info(_cf_meta)", "error: not authorized: SQLITE_AUTH"),
        (
            "CREATE VIEW w AS SELECT * FROM _cf_meta; SELECT * FROM w",
            "error: access to _cf_meta.k is prohibited: SQLITE_AUTH",
        ),
    ] {
        check(&database, sql, message);
    }
    check(&database, "ANALYZE; PRAGMA optimize", "");
}

fn host_insert(database: &Database, k: &str) -> Result<usize, crate::sqlite::SqlError> {
    database.privileged(|host| host.execute("INSERT INTO _cf_meta (k) VALUES (?)", [k]))
}

#[test]
fn no_application_runs_what_was_compiled_for_the_host() {
    let database = memory();
    let secret = "SELECT 1 FROM _cf_meta";
    database
        .privileged(|host| host.batch("CREATE TABLE _cf_meta (k); INSERT INTO _cf_meta VALUES (1)"))
        .unwrap();
    for _ in 0..2 {
        let seen = database.privileged(|host| host.first(secret, (), |row| row.get::<_, i64>(0)));
        assert_eq!(seen, Ok(Some(1)));
        for text in [secret.to_owned(), format!("/*host*/{secret}"), format!(" /*host*/{secret} ")] {
            check(&database, &text, "error: not authorized: SQLITE_AUTH");
        }
    }
}

#[test]
fn a_refused_definition_is_refused_again() {
    let database = memory();
    database.go("CREATE TABLE t (x)");
    for _ in 0..2 {
        check(&database, "ALTER TABLE t RENAME TO _cf_t", "error: not authorized: SQLITE_AUTH");
        check(
            &database,
            "CREATE TABLE u (x DEFAULT (sqlite_version()))",
            "error: not authorized to use function: sqlite_version at offset 27: SQLITE_ERROR",
        );
    }
}

#[test]
fn rights_end_with_a_panic() {
    let database = memory();
    let work = std::panic::AssertUnwindSafe(|| database.privileged(|_| panic!("in the host")));
    assert!(std::panic::catch_unwind(work).is_err());
    assert!(database.connection.execute_batch("PRAGMA user_version").is_err());
}

#[test]
fn an_application_has_no_rights_inside_the_host_s() {
    let database = memory();
    database.privileged(|host| {
        check(&database, "PRAGMA user_version", "error: not authorized: SQLITE_AUTH");
        host.batch("PRAGMA user_version = 1").unwrap();
    });
}

#[test]
fn a_lost_transaction_is_told() {
    let database = memory();
    database.go("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)");
    database.begin_immediate().unwrap();
    assert!(!database.fail("INSERT INTO t VALUES (1)").rolled_back());
    assert!(database.fail("INSERT OR ROLLBACK INTO t VALUES (1)").rolled_back());
    assert!(!database.in_transaction());
}

#[test]
fn integers_come_out_as_the_nearest_number() {
    let database = memory();
    check(&database, "SELECT 9007199254740991, -9007199254740991", "9007199254740991,-9007199254740991");
    check(&database, "SELECT 9007199254740993, 9223372036854775807", "9007199254740992,9223372036854776000");
    check(&database, "SELECT -9223372036854775807 - 1", "-9223372036854776000");
    check(&database, "SELECT CAST(9007199254740993 AS TEXT)", "9007199254740993");
    assert_eq!(
        database.table("SELECT 9007199254740993", &[]).unwrap().rows,
        [[Value::Number(9_007_199_254_740_992.0)]]
    );
}

#[test]
fn numbers_that_json_has_not_keep_their_kind() {
    let database = memory();
    let show = |number| database.show("SELECT typeof(?1), ?1", &[Param::Number(number)]);
    assert_eq!(show(f64::NAN), "null,NULL");
    assert_eq!(show(f64::INFINITY), "real,inf");
    assert_eq!(show(f64::NEG_INFINITY), "real,-inf");
    assert_eq!(show(-0.0), "real,-0");
}

#[test]
fn a_sink_may_stop() {
    let database = memory();
    database.go("CREATE TABLE t (x)");
    let mut table = Table { enough: Some(2), ..Table::default() };
    database.run("INSERT INTO t VALUES (1), (2), (3) RETURNING x", &[], &mut table).unwrap();
    assert_eq!(table.rows, [[Value::Number(1.0)], [Value::Number(2.0)]]);
    // Everything was written before the first row came.
    check(&database, "SELECT count(*) FROM t", "3");
    database.begin_immediate().unwrap();
    database.commit().unwrap();
}

#[test]
fn an_empty_result_has_columns() {
    let database = memory();
    database.go("CREATE TABLE t (x)");
    assert_eq!(database.table("SELECT x, 1 AS y FROM t", &[]).unwrap().columns, ["x", "y"]);
    assert_eq!(database.table("INSERT INTO t VALUES (1)", &[]).unwrap().columns, [""; 0]);
    database.go("ALTER TABLE t ADD COLUMN z");
    assert_eq!(database.table("SELECT * FROM t", &[]).unwrap().columns, ["x", "z"]);
}

#[test]
fn a_cached_statement_sees_a_new_column() {
    let database = memory();
    database.go("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    check(&database, "SELECT * FROM t", "1");
    database.go("ALTER TABLE t ADD COLUMN y DEFAULT 2");
    assert_eq!(database.table("SELECT * FROM t", &[]).unwrap().columns, ["x", "y"]);
    check(&database, "SELECT * FROM t", "1,2");
}

#[test]
fn errors_have_codes() {
    let database = memory();
    database.go(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, u UNIQUE, n NOT NULL DEFAULT 0, c CHECK (c < 10), r REFERENCES t (id));
         INSERT INTO t (id, u) VALUES (1, 1)",
    );
    for (sql, code) in [
        ("INSERT INTO t (u) VALUES (1)", ffi::SQLITE_CONSTRAINT_UNIQUE),
        ("INSERT INTO t (id) VALUES (1)", ffi::SQLITE_CONSTRAINT_PRIMARYKEY),
        ("INSERT INTO t (n) VALUES (NULL)", ffi::SQLITE_CONSTRAINT_NOTNULL),
        ("INSERT INTO t (c) VALUES (10)", ffi::SQLITE_CONSTRAINT_CHECK),
        ("INSERT INTO t (r) VALUES (77)", ffi::SQLITE_CONSTRAINT_FOREIGNKEY),
        ("INSERT INTO t (id) VALUES ('x')", ffi::SQLITE_MISMATCH),
        ("SELECT zeroblob(3000000)", ffi::SQLITE_TOOBIG),
        ("SELECT nothing", ffi::SQLITE_ERROR),
        ("COMMIT", ffi::SQLITE_AUTH),
        ("ATTACH 'x' AS y", ffi::SQLITE_AUTH),
        ("", 0),
    ] {
        let error = database.fail(sql);
        assert_eq!((error.code(), error.rolled_back()), (code, false), "{sql}");
    }
}

#[test]
fn earlier_statements_stay_when_a_later_one_fails() {
    let database = memory();
    database.go("CREATE TABLE t (x)");
    database.fail("INSERT INTO t VALUES (1); INSERT INTO nosuch VALUES (1)");
    check(&database, "SELECT count(*) FROM t", "1");
}

#[test]
fn rows_are_counted() {
    let database = memory();
    database.go("CREATE TABLE t (x); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET x = x + 1; END");
    let counts = |sql: &str| {
        let ran = database.go(sql);
        (ran.read, ran.written)
    };
    assert_eq!(counts("INSERT INTO t VALUES (1)").1, 2, "the trigger's row counts");
    assert_eq!(counts("INSERT INTO t VALUES (1)").1, 3);
    assert_eq!(counts("UPDATE t SET x = 0 WHERE 0"), (0, 0));
    assert_eq!(counts("SELECT * FROM t"), (2, 0));
    let (read, written) = counts("SELECT max(x) FROM t; DELETE FROM t");
    assert!((1..=4).contains(&read), "{read}");
    assert_eq!(written, 2);
}

#[test]
fn scans_and_sorts_are_counted() {
    let database = memory();
    database.go("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); CREATE INDEX ia ON t (a)");
    database.go("INSERT INTO t (a, b) VALUES (1, 3), (2, 2), (3, 1), (4, 0)");
    let counts = |sql: &str| {
        let ran = database.go(sql);
        (ran.scanned, ran.sorts, ran.auto_indexed)
    };
    assert_eq!(counts("SELECT * FROM t WHERE id = 2"), (0, 0, 0));
    assert_eq!(counts("SELECT * FROM t WHERE a = 2"), (0, 0, 0));
    assert_eq!(counts("SELECT * FROM t WHERE b = 2"), (3, 0, 0));
    assert_eq!(counts("SELECT * FROM t WHERE b = 2"), (3, 0, 0), "not added to that of the run before");
    assert_eq!(counts("SELECT b FROM t ORDER BY a").1, 0);
    assert_eq!(counts("SELECT a FROM t ORDER BY b").1, 1);
    assert_eq!(counts("DELETE FROM t WHERE b = 77").0, 3);
    // Of the first statement one step is taken, as on workerd; it ends at the second row.
    assert_eq!(counts("SELECT * FROM t WHERE b = 2; SELECT * FROM t WHERE b = 2").0, 1 + 3);
    database.go("CREATE TABLE u (b)");
    database.go("INSERT INTO u SELECT b FROM t");
    assert!(counts("SELECT count(*) FROM t JOIN u ON t.b = u.b").2 > 0);
}

#[test]
fn transactions_nest() {
    let database = memory();
    database.go("CREATE TABLE t (x)");
    assert!(!database.in_transaction());
    database.begin_immediate().unwrap();
    assert!(database.in_transaction());
    database.go("INSERT INTO t VALUES (1)");
    database.savepoint().unwrap();
    database.go("INSERT INTO t VALUES (2)");
    database.savepoint().unwrap();
    database.go("INSERT INTO t VALUES (3)");
    database.rollback_to_savepoint().unwrap();
    check(&database, "SELECT group_concat(x) FROM t", "1,2");
    database.release().unwrap();
    check(&database, "SELECT group_concat(x) FROM t", "1,2");
    database.rollback().unwrap();
    check(&database, "SELECT count(*) FROM t", "0");
    database.rollback().unwrap();
    assert!(database.release().is_err() && database.commit().is_err());
    database.begin_deferred().unwrap();
    assert!(database.begin_immediate().is_err());
    database.go("INSERT INTO t VALUES (4)");
    database.commit().unwrap();
    check(&database, "SELECT x FROM t", "4");
}

#[test]
fn a_commit_that_fails_leaves_no_transaction() {
    let database = memory();
    database.go("CREATE TABLE t (id INTEGER PRIMARY KEY, r REFERENCES t (id))");
    database.begin_immediate().unwrap();
    database.go("PRAGMA defer_foreign_keys = ON; INSERT INTO t VALUES (1, 77)");
    let error = database.commit().unwrap_err();
    assert_eq!(error.code(), ffi::SQLITE_CONSTRAINT_FOREIGNKEY);
    assert!(!database.in_transaction());
    check(&database, "SELECT count(*) FROM t", "0");
}

#[test]
fn a_commit_may_run_on_another_thread() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("a.db"), &vfs(), Limits::PRODUCTION).unwrap();
    database.begin_immediate().unwrap();
    database.go("CREATE TABLE t (x); INSERT INTO t VALUES (random() < 0)");
    let database = std::thread::spawn(move || {
        database.commit().unwrap();
        database
    })
    .join()
    .unwrap();
    check(&database, "SELECT count(*) FROM t", "1");
}

#[test]
fn the_clock_is_the_event_s() {
    let vfs = vfs();
    let folder = tempfile::tempdir().unwrap();
    let file = Database::open(&folder.path().join("a.db"), &vfs, Limits::PRODUCTION).unwrap();
    for database in [Database::memory(&vfs, Limits::PRODUCTION).unwrap(), file] {
        database.go("CREATE TABLE t (at DEFAULT CURRENT_TIMESTAMP); INSERT INTO t DEFAULT VALUES");
        check(&database, "SELECT at, unixepoch() FROM t", "2001-02-03 04:05:06,981173106");
    }
}

#[test]
fn randomness_is_the_host_s() {
    let draw = || {
        let database = memory();
        database.go("CREATE TABLE t (a DEFAULT (hex(randomblob(8))), b DEFAULT (CAST(random() AS TEXT)))");
        database.go("INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES");
        database.show("SELECT a, b FROM t", &[])
    };
    let (first, second) = (draw(), draw());
    assert_eq!(first, second, "equal seeds, equal hosts");
    let (one, other) = first.split_once(';').unwrap();
    assert_ne!(one, other);
    let database = memory();
    check(&database, "SELECT count(DISTINCT random()) FROM json_each('[1,2,3,4,5]')", "5");
}

#[test]
fn a_database_that_an_application_left_busy_commits() {
    let database = memory();
    database.go("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)");
    database.begin_immediate().unwrap();
    // On workerd the first statement of such a text is left on its first row, and the commit fails.
    database.go("INSERT INTO t VALUES (3) RETURNING x; SELECT * FROM t");
    database.commit().unwrap();
}
