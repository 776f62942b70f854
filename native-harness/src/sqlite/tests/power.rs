//! What survives: settings of files, full disks, broken disks.

use std::path::Path;

use rusqlite::ffi;

use super::{check, vfs};
use crate::sqlite::{Database, Limits};
use crate::vfs::{Fault, Vfs};

fn setting(database: &Database, pragma: &str) -> String {
    let read = |row: &rusqlite::Row<'_>| {
        row.get_ref(0).map(|value| format!("{:?}", rusqlite::types::Value::try_from(value)))
    };
    database.privileged(|host| host.first(&format!("PRAGMA {pragma}"), (), read)).unwrap().unwrap()
}

#[test]
fn a_file_is_set_to_survive() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("a.db"), &vfs(), Limits::PRODUCTION).unwrap();
    for (pragma, expected) in [
        ("journal_mode", "Ok(Text(\"wal\"))"),
        ("synchronous", "Ok(Integer(2))"),
        ("foreign_keys", "Ok(Integer(1))"),
        ("busy_timeout", "Ok(Integer(5000))"),
        ("cache_size", "Ok(Integer(-512))"),
        ("journal_size_limit", "Ok(Integer(4194304))"),
        ("max_page_count", "Ok(Integer(2621440))"),
        ("page_size", "Ok(Integer(4096))"),
        ("trusted_schema", "Ok(Integer(1))"),
    ] {
        assert_eq!(setting(&database, pragma), expected, "{pragma}");
    }
}

#[test]
fn each_commit_syncs_once() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = vfs();
    let database = Database::open(&folder.path().join("a.db"), &vfs, Limits::PRODUCTION).unwrap();
    database.go("CREATE TABLE t (x)");
    let before = vfs.syncs();
    for _ in 0..3 {
        database.begin_immediate().unwrap();
        database.go("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
        database.commit().unwrap();
    }
    assert_eq!(vfs.syncs() - before, 3);
}

/// Opens a file with one row in it.
fn with_a_row(vfs: &Vfs, path: &Path) -> Database {
    let database = Database::open(path, vfs, Limits::PRODUCTION).unwrap();
    database.go("CREATE TABLE t (x); INSERT INTO t VALUES ('old')");
    database
}

#[test]
fn a_disk_that_fills_up_in_a_transaction_leaves_the_old_state() {
    for after in [0, 4_096, 20_000, 400_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let vfs = vfs();
        let database = with_a_row(&vfs, &path);
        vfs.faults().set(Fault::DiskFull { after });
        database.begin_immediate().unwrap();
        // 2 MB do not fit into the cache, so that SQLite writes before the commit.
        let written = database.run(
            "INSERT INTO t SELECT randomblob(20000) FROM json_each('[1,2,3,4,5,6,7,8,9,10]'), json_each('[1,2,3,4,5,6,7,8,9,10]')",
            &[],
            &mut (),
        );
        let error = written.unwrap_err();
        assert_eq!(error.message(), "database or disk is full: SQLITE_FULL");
        assert!(error.rolled_back() && !database.in_transaction(), "{after}");
        check(&database, "SELECT x FROM t", "old");
        drop(database);
        vfs.faults().clear();
        let database = Database::open(&path, &vfs, Limits::PRODUCTION).unwrap();
        check(&database, "SELECT x FROM t", "old");
        check(&database, "PRAGMA quick_check", "ok");
    }
}

#[test]
fn a_commit_that_finds_the_disk_full_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = vfs();
    let database = with_a_row(&vfs, &folder.path().join("a.db"));
    vfs.faults().set(Fault::DiskFull { after: 0 });
    database.begin_immediate().unwrap();
    database.go("UPDATE t SET x = 'new'");
    let error = database.commit().unwrap_err();
    assert_eq!(error.message(), "database or disk is full: SQLITE_FULL");
    assert!(!database.in_transaction());
    check(&database, "SELECT x FROM t", "old");
    vfs.faults().clear();
    database.go("UPDATE t SET x = 'new'");
    check(&database, "SELECT x FROM t", "new");
}

#[test]
fn a_sync_that_fails_fails_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = vfs();
    let database = with_a_row(&vfs, &folder.path().join("a.db"));
    vfs.faults().set(Fault::SyncError);
    database.begin_immediate().unwrap();
    database.go("UPDATE t SET x = 'new'");
    let error = database.commit().unwrap_err();
    assert_eq!(error.message(), "disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_FSYNC)");
    assert_eq!(error.code(), ffi::SQLITE_IOERR_FSYNC);
    assert!(!database.in_transaction());
    check(&database, "SELECT x FROM t", "old");
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    std::fs::write(&path, "this is not a database, but it is long enough to be read as one".repeat(100))
        .unwrap();
    let error = Database::open(&path, &vfs(), Limits::PRODUCTION).map(drop).unwrap_err();
    assert_eq!(error.message(), "file is not a database: SQLITE_NOTADB");
}

#[test]
fn a_path_is_never_a_uri() {
    let folder = std::path::Path::new("file:nowhere");
    let error =
        Database::open(&folder.join("a.db?mode=memory"), &vfs(), Limits::PRODUCTION).map(drop).unwrap_err();
    assert!(error.message().ends_with("file:nowhere/a.db?mode=memory: SQLITE_CANTOPEN"), "{error}");
}
