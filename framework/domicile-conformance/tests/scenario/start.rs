//! Starting and migrating.

use super::SOON;
use crate::support::http::Request;
use crate::support::poll;
use crate::support::world::World;

pub(super) fn a_start_that_fails(w: &World) {
    w.get("/fragile/glass/").is(200, "whole\n");
    w.post("/fragile/glass/break/700", "").is(200, "broken\n");
    w.get("/fragile/glass/").is(200, "whole\n");
    // The error drops the actor value, and the next event has to start another.
    w.post("/fragile/glass/fail", "").is(409, "failed\n");
    w.get("/fragile/glass/").failed(500, "Internal Server Error");
    w.post("/fragile/glass/fail", "").failed(500, "Internal Server Error");
    poll::until("a start", SOON, || {
        (w.quietly(&Request::get("/fragile/glass/")).status == 200).then_some(())
    });
    w.get("/fragile/glass/").is(200, "whole\n");
}

pub(super) fn a_migration_that_fails_at_times(w: &World) {
    let mut failed = 0;
    for store in 0..32 {
        poll::until("luck", SOON, || {
            let reply = w.quietly(&Request::post(format!("/unlucky/{store}/"), ""));
            if reply.status == 200 {
                return Some(());
            }
            reply.failed(503, "Service Unavailable");
            failed += 1;
            None
        });
        w.get(format!("/unlucky/{store}/")).is(200, "luck 0\n");
    }
    assert!(failed > 0, "the migration never failed, of 32 that each fail every second time");
}

pub(super) fn migrations_of_several_versions(w: &World) {
    let version = |version: &'static str| {
        w.server.stop();
        w.server.begin(&[("VERSION", version)]);
    };
    w.post("/versioned/old/", "kept").is(201, "");
    w.get("/versioned/old/").is(200, "id text: kept\n");
    version("broken");
    for _ in 0..3 {
        w.get("/versioned/old/").failed(503, "Service Unavailable");
        w.post("/versioned/old/", "lost").failed(503, "Service Unavailable");
        w.post("/versioned/new/", "lost").failed(503, "Service Unavailable");
    }
    version("second");
    w.get("/versioned/old/").is(200, "id text stars: kept\n");
    w.post("/versioned/old/", "more").is(201, "");
    w.get("/versioned/new/").is(200, "id text stars: \n");
    version("first");
    w.get("/versioned/old/").failed(503, "Service Unavailable");
    version("edited");
    w.post("/versioned/old/", "lost").failed(503, "Service Unavailable");
    version("second");
    w.get("/versioned/old/").is(200, "id text stars: kept, more\n");
    w.server.stop();
    let stored = w.server.stored();
    let with_tables: Vec<_> = stored.iter().filter(|s| !s.tables.is_empty()).map(|s| &s.tables).collect();
    assert_eq!(with_tables, [&["domicile_migration", "note"]], "half of a migration is left");
}

pub(super) fn a_parent_that_is_made_anew(w: &World) {
    let version = |version: &'static str| {
        w.server.stop();
        w.server.begin(&[("VERSION", version)]);
    };
    w.post("/rebuilt/shop/", "300").is(201, "");
    let before = w.get("/rebuilt/shop/").text();
    assert_eq!(before.lines().count(), 2 + 5 * 300 + 1, "{before}");
    assert!(before.starts_with("TEXT 0\nINTEGER 1\n1 name1 note 7\n2 name2 none 14\n"), "{before}");
    // It fails in its transaction, and never as a reset of the object at the commit.
    for wrong in ["broken", "edited"] {
        version(wrong);
        for _ in 0..2 {
            w.get("/rebuilt/shop/").failed(503, "Service Unavailable");
            w.post("/rebuilt/shop/", "1").failed(503, "Service Unavailable");
        }
    }
    version("first");
    w.get("/rebuilt/shop/").is(200, &before);
    version("second");
    let after = before.replacen("TEXT 0\nINTEGER 1\n", "TEXT 1\nTEXT 1\n", 1);
    w.get("/rebuilt/shop/").is(200, &after);
    // Keys are immediate in an event that has just migrated its store.
    w.post("/rebuilt/new/orphan", "").failed(500, "Internal Server Error");
    w.post("/rebuilt/shop/orphan", "").failed(500, "Internal Server Error");
    w.get("/rebuilt/shop/").is(200, &after);
}
