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
