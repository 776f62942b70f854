//! The clock and the faults as SQLite sees them, through plain connections.
#![forbid(unsafe_code)]

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Clock, Connected, Fault, Random, Vfs, is_registered};

/// 2001-02-03 04:05:06.789 UTC.
const EVENT_MS: i64 = 981_173_106_789;

fn vfs() -> Vfs {
    Vfs::new(Clock::new(EVENT_MS), Random::seeded([7; 32])).unwrap()
}

fn memory(vfs: &Vfs) -> Connected {
    vfs.connect(Path::new(":memory:"), OpenFlags::default()).unwrap()
}

fn wal(vfs: &Vfs, path: &Path) -> Connected {
    let connection = vfs.connect(path, OpenFlags::default()).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    connection
}

fn text(connection: &Connection, sql: &str) -> String {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

const EVERY_CLOCK: &str = "SELECT concat_ws('|', datetime('now'), CURRENT_TIMESTAMP, CURRENT_DATE, CURRENT_TIME, \
                           unixepoch(), unixepoch('now', 'subsec'), strftime('%f', 'now'))";

#[test]
fn a_memory_database_sees_the_event_s_time() {
    let vfs = vfs();
    let connection = memory(&vfs);
    assert_eq!(
        text(&connection, EVERY_CLOCK),
        "2001-02-03 04:05:06|2001-02-03 04:05:06|2001-02-03|04:05:06|981173106|981173106.789|06.789"
    );
    vfs.clock().set(0);
    assert_eq!(text(&connection, "SELECT datetime()"), "1970-01-01 00:00:00");
}

#[test]
fn a_file_sees_the_event_s_time_in_defaults_and_triggers() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = vfs();
    let connection = wal(&vfs, &folder.path().join("a.db"));
    connection
        .execute_batch(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at DEFAULT CURRENT_TIMESTAMP);
             CREATE TABLE log (at);
             CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (julianday('now')); END;
             INSERT INTO t (id) VALUES (1)",
        )
        .unwrap();
    assert_eq!(text(&connection, "SELECT at FROM t"), "2001-02-03 04:05:06");
    assert_eq!(text(&connection, "SELECT datetime(at) FROM log"), "2001-02-03 04:05:06");
}

#[test]
fn two_hosts_have_two_clocks() {
    let (early, late) = (vfs(), vfs());
    late.clock().set(EVENT_MS + 1_000);
    let (one, other) = (memory(&early), memory(&late));
    assert_eq!(number(&other, "SELECT unixepoch()") - number(&one, "SELECT unixepoch()"), 1);
}

#[test]
fn the_registration_ends_with_its_last_user() {
    let vfs = vfs();
    let name = vfs.host().name.clone();
    let connection = memory(&vfs);
    drop(vfs);
    assert!(is_registered(&name), "the connection still uses it");
    drop(connection);
    assert!(!is_registered(&name));
}

#[test]
fn a_commit_in_full_mode_syncs() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = vfs();
    let connection = wal(&vfs, &folder.path().join("a.db"));
    connection.execute_batch("CREATE TABLE t (x)").unwrap();
    let before = vfs.syncs();
    connection.execute_batch("INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(vfs.syncs() - before, 1);
    connection.execute_batch("SELECT * FROM t").unwrap();
    assert_eq!(vfs.syncs() - before, 1, "a read needs no sync");
}

#[test]
fn two_connections_share_one_wal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let vfs = vfs();
    let (one, other) = (wal(&vfs, &path), wal(&vfs, &path));
    one.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (5)").unwrap();
    assert_eq!(number(&other, "SELECT x FROM t"), 5);
    // A connection through the plain VFS takes part in the same locks and the same shared memory.
    let plain = Connection::open(&path).unwrap();
    assert_eq!(number(&plain, "SELECT x FROM t"), 5);
    drop((one, other, plain));
    assert!(!folder.path().join("a.db-wal").exists(), "the last to close has folded the log into the file");
}

fn code(result: rusqlite::Result<()>) -> (ErrorCode, i32) {
    let error = *result.unwrap_err().sqlite_error().unwrap();
    (error.code, error.extended_code)
}

/// Runs a transaction of 100 rows under a fault and checks that it left nothing behind, before and after a reopening.
fn leaves_the_old_state(fault: Fault, expected: (ErrorCode, i32)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let vfs = vfs();
    let connection = wal(&vfs, &path);
    connection.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
    vfs.faults().set(fault);
    let result = connection.execute_batch(
        "BEGIN IMMEDIATE;
         INSERT INTO t SELECT randomblob(4000) FROM json_each('[1,2,3,4,5,6,7,8,9,10]') a, json_each('[1,2,3]') b;
         COMMIT",
    );
    assert_eq!(code(result), expected, "{fault:?}");
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").unwrap();
    }
    assert_eq!(number(&connection, "SELECT count(*) FROM t"), 1, "{fault:?}");
    drop(connection);
    vfs.faults().clear();
    let again = wal(&vfs, &path);
    assert_eq!(number(&again, "SELECT count(*) FROM t"), 1, "{fault:?}");
    assert_eq!(text(&again, "PRAGMA integrity_check"), "ok", "{fault:?}");
    again.execute_batch("INSERT INTO t VALUES (2)").unwrap();
}

#[test]
fn a_disk_that_is_full_keeps_the_old_state() {
    for after in [0, 1, 5_000, 40_000, 100_000] {
        leaves_the_old_state(Fault::DiskFull { after }, (ErrorCode::DiskFull, 13));
    }
}

#[test]
fn a_write_error_keeps_the_old_state() {
    leaves_the_old_state(Fault::WriteError, (ErrorCode::SystemIoFailure, rusqlite::ffi::SQLITE_IOERR_WRITE));
}

#[test]
fn a_sync_error_is_an_error_of_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let vfs = vfs();
    let connection = wal(&vfs, &path);
    connection.execute_batch("CREATE TABLE t (x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
    vfs.faults().set(Fault::SyncError);
    let expected = (ErrorCode::SystemIoFailure, rusqlite::ffi::SQLITE_IOERR_FSYNC);
    assert_eq!(code(connection.execute_batch("COMMIT")), expected);
    assert_eq!(number(&connection, "SELECT count(*) FROM t"), 0, "what was not made durable is not there");
}

#[test]
fn faults_touch_only_their_own_host() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, whole) = (vfs(), vfs());
    broken.faults().set(Fault::DiskFull { after: 0 });
    broken.faults().set(Fault::SyncError);
    let connection = wal(&whole, &folder.path().join("a.db"));
    connection.execute_batch("CREATE TABLE t (x)").unwrap();
}

#[test]
fn an_unopenable_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = vfs();
    let result = vfs.connect(&folder.path().join("no/such/folder"), OpenFlags::default()).map(drop);
    assert_eq!(code(result).0, ErrorCode::CannotOpen);
    let result = vfs.connect(folder.path(), OpenFlags::default()).map(drop);
    assert_eq!(code(result).0, ErrorCode::CannotOpen);
}

#[test]
fn equal_seeds_draw_equal_numbers() {
    let (one, other) = (Random::seeded([1; 32]), Random::seeded([1; 32]));
    assert_eq!(one.next_u64(), other.next_u64());
    let mut bytes = [0; 40];
    one.fill(&mut bytes);
    assert_ne!(one.next_u64(), other.next_u64(), "clones of a seed go their own ways");
    assert_ne!(bytes, [0; 40]);
}
