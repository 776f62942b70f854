//! Atomic handlers: what is undone, and what a read may not do.

use crate::support::http::Request;
use crate::support::world::World;

pub(super) fn an_error_undoes_everything(w: &World) {
    let nothing = "balance 0, rows 0, memory 0, alarm none, notes []\n";
    w.get("/ledger/undone/").is(200, nothing);
    for (how, status) in [
        ("invalid", 422),
        ("internal", 500),
        ("refused", 402),
        ("decode", 500),
        ("sql", 500),
        ("unknown", 404),
    ] {
        let reply = w.post(format!("/ledger/undone/add/{how}"), "note");
        reply.has(status);
        assert!(!reply.text().contains("secret"), "{}", reply.text());
        w.get("/ledger/undone/").is(200, nothing);
    }
    let kept = "balance 1, rows 1, memory 1, alarm set, notes [kept]\n";
    w.post("/ledger/undone/add/ok", "kept").is(200, kept);
    for how in ["invalid", "internal", "refused", "sql", "nested-then-error"] {
        w.post(format!("/ledger/undone/add/{how}"), "note");
        w.get("/ledger/undone/").is(200, kept);
    }
    // The alarm that was set before is back too.
    w.post("/ledger/undone/alarm/-1", "").is(200, &kept.replace("set", "none"));
    w.post("/ledger/undone/add/invalid", "").has(422);
    w.get("/ledger/undone/").is(200, &kept.replace("set", "none"));
    w.post("/ledger/undone/add/ok", "kept").failed(500, "Internal Server Error");
    w.get("/ledger/undone/").is(200, &kept.replace("set", "none"));
}

pub(super) fn a_status_undoes_nothing(w: &World) {
    w.post("/ledger/status/add/status", "a").is(409, "a status that commits\n");
    w.post("/ledger/status/add/server-status", "b").is(503, "a 503 that commits\n");
    w.post("/ledger/status/add/redirect", "c").is(303, "");
    w.get("/ledger/status/").is(200, "balance 3, rows 3, memory 3, alarm set, notes [a, b, c]\n");
}

pub(super) fn a_read_that_writes(w: &World) {
    for store in ["new", "old"] {
        let at = |path: &str| format!("/ledger/reads-{store}{path}");
        if store == "old" {
            w.post(at("/add/quietly"), "old").has(200);
        }
        let before = w.get(at("/")).text();
        for how in ["write", "returning", "with", "nested", "schema", "alarm", "clear"] {
            w.get(at(&format!("/read/{how}"))).failed(500, "Internal Server Error");
            w.get(at("/")).is(200, &before);
        }
        let reply = w.get(at("/read/swallow"));
        assert!(reply.text().contains("in a read"), "{}", reply.text());
        w.get(at("/")).is(200, &before);
        w.get(at("/read/fail")).is(403, "not for you\n");
        w.send(&Request::new("HEAD", at("/read/write"))).has(500);
        w.get(at("/")).is(200, &before);
    }
}

pub(super) fn a_get_that_may_write(w: &World) {
    w.get("/ledger/by-get/read/allowed").is(200, "written\n");
    w.send(&Request::new("HEAD", "/ledger/by-get-2/read/allowed")).is(200, "");
    // The route does not count in memory; the note is unique, so the second try fails.
    w.get("/ledger/by-get/read/allowed").failed(500, "Internal Server Error");
    w.get("/ledger/by-get/").is(200, "balance 0, rows 1, memory 1, alarm none, notes [by GET]\n");
}

pub(super) fn nested_transactions(w: &World) {
    w.post("/ledger/nested-ok/add/nested-ok", "outer").is(200, "Ok(()), alarm none\n");
    w.get("/ledger/nested-ok/")
        .is(200, "balance 1, rows 4, memory 1, alarm none, notes [outer, inner, innermost, after]\n");
    w.post("/ledger/nested/add/nested", "outer").is(200, "Err(Internal: inside), alarm set\n");
    w.get("/ledger/nested/").is(200, "balance 1, rows 1, memory 1, alarm set, notes [outer]\n");
    w.post("/ledger/nested/add/nested-then-error", "more").is(409, "outside\n");
    w.get("/ledger/nested/").is(200, "balance 1, rows 1, memory 1, alarm set, notes [outer]\n");
}

pub(super) fn writing_what_is_read(w: &World) {
    for note in ["a", "b"] {
        w.post("/ledger/twins/add/quietly", note).has(200);
    }
    w.post("/ledger/twins/double", "").is(200, "2 seen\n");
    w.get("/ledger/twins/")
        .is(200, "balance 2, rows 4, memory 2, alarm none, notes [a, b, twin of 1, twin of 2]\n");
}

pub(super) fn statements_that_are_refused(w: &World) {
    let refused = |sql: &str| {
        let reply = w.post("/ledger/refused/sql", sql);
        reply.has(200);
        assert!(!reply.text().starts_with("written"), "{sql}: {}", reply.text());
    };
    w.post("/ledger/refused/add/quietly", "taken").has(200);
    refused("INSERT OR ROLLBACK INTO entry (amount, note) VALUES (1, 'taken')");
    refused("INSERT OR ROLLBACK INTO entry (amount, note) VALUES (1, 'free')");
    refused("UPDATE OR ROLLBACK entry SET note = 'taken'");
    refused("CREATE TABLE t (n INTEGER UNIQUE ON CONFLICT ROLLBACK)");
    refused("CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(ROLLBACK, 'x'); END");
    for sql in
        ["BEGIN", "BEGIN IMMEDIATE", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a"]
    {
        refused(sql);
    }
    for sql in [
        "DELETE FROM entry LIMIT 1",
        "UPDATE entry SET amount = 2 ORDER BY id LIMIT 1",
        "ATTACH ':memory:' AS other",
        "DETACH other",
        "VACUUM",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA journal_mode",
        "PRAGMA writable_schema = ON",
        "SELECT load_extension('x')",
        "SELECT * FROM sqlite_dbpage",
        "SELECT name FROM _cf_KV",
        "CREATE TABLE _cf_mine (n INTEGER)",
        "",
        "-- nothing",
        "SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6",
    ] {
        refused(sql);
    }
    w.get("/ledger/refused/").is(200, "balance 1, rows 1, memory 1, alarm none, notes [taken]\n");
}

pub(super) fn statements_that_fail(w: &World) {
    let sql = |sql: &str| w.post("/ledger/failing/sql", sql);
    for table in [
        "parent (id INTEGER PRIMARY KEY) STRICT",
        "child (p INTEGER NOT NULL REFERENCES parent (id), n INTEGER UNIQUE CHECK (n > 0), b BLOB) STRICT",
    ] {
        w.quietly(&Request::post("/ledger/failing/sql", format!("CREATE TABLE {table}"))).has(200);
    }
    for bad in [
        "INSERT INTO child (p) VALUES (1)",
        "INSERT INTO child (p) VALUES (NULL)",
        "INSERT INTO parent VALUES ('text')",
        "INSERT INTO parent VALUES (1), (1)",
        "INSERT INTO nothing VALUES (1)",
        "INSERT INTO parent (nothing) VALUES (1)",
        "INSERT",
        "INSERT INTO parent VALUES (?)",
        "INSERT INTO parent VALUES (1); INSERT INTO parent VALUES (1)",
        "CREATE TABLE parent (id INTEGER)",
        "DROP TABLE nothing",
        "SELECT abs(-9223372036854775808)",
        "SELECT 'unfinished",
        "SELECT no_such_function(1)",
        "SELECT '\u{0}'",
    ] {
        let reply = sql(bad);
        assert!(!reply.text().starts_with("written"), "{bad}: {}", reply.text());
        w.post("/ledger/failing/sql/strict", bad).has(500);
    }
    for query in
        ["SELECT * FROM parent", "SELECT 1, 1.5, 'text', x'00ff', NULL, 9007199254740991, 1e300, -0.0"]
    {
        w.post("/ledger/failing/query", query);
    }
    // What a text did before its second statement failed is the handler's to keep.
    sql("INSERT INTO parent VALUES (7); INSERT INTO parent VALUES (8); INSERT INTO parent VALUES (7)");
    w.post("/ledger/failing/query", "SELECT id FROM parent ORDER BY id").has(200);
}
