//! What is stored, and outlives restarts.

use super::alarm::rings;
use super::reply::LIMIT;
use crate::support::http::{Connection, Request};
use crate::support::world::World;

pub(super) fn looking_leaves_nothing(w: &World) {
    const UNKNOWN: usize = 1000;
    let address = w.server.address();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                let mut connection = Connection::new(address);
                for n in (thread..UNKNOWN).step_by(4) {
                    let page =
                        connection.send(&Request::get(format!("/by-path/t/unknown-{n}/"))).expect("a reply");
                    page.is(200, &format!("\"unknown-{n}\" at /by-path/t/unknown-{n}/\nwelcome\n"));
                }
            });
        }
    });
    w.get("/site/unknown/pages/few").has(200);
    w.get("/site/unknown/rows").is(200, "");
    w.get("/ask/unknown/balance").is(200, "Ok(0)\n");
    w.get("/ledger/unknown/read/write").has(500);
    w.get("/ledger/unknown/read/alarm").has(500);
    w.get("/ledger/unknown/nothing").has(404);
    w.send(&Request::new("DELETE", "/ledger/unknown/")).has(405);
    w.get("/idle/unknown/").is(200, "idle\n");
    w.server.stop();
    let stored = w.server.stored();
    if w.is_native() {
        assert!(stored.is_empty(), "{stored:?}");
        return;
    }
    // workerd itself makes a file of one page for every object that it constructs, even if the object never touches
    // its storage: that is what the class that does nothing leaves too, and nothing may be more.
    let idle =
        stored.iter().find(|s| s.path.starts_with("IdleDO")).expect("workerd makes a file for any object");
    assert_eq!(stored.len(), UNKNOWN + 3, "the rooms, a site, a ledger, and the one that does nothing");
    for found in &stored {
        assert_eq!((&found.tables, found.bytes), (&vec![], idle.bytes), "{found:?}");
    }
}

pub(super) fn the_first_write_stores_the_schema(w: &World) {
    w.get("/by-path/t/written/").is(200, "\"written\" at /by-path/t/written/\nwelcome\n");
    w.post("/by-path/t/written/say", "hello").has(303);
    w.post("/by-path/t/empty/say", b"\xff").has(400);
    w.post("/ledger/empty/add/invalid", "x").has(422);
    w.post("/unlucky/none", "").has(404);
    w.server.stop();
    let stored = w.server.stored();
    let tables: Vec<_> = stored.iter().filter(|s| !s.tables.is_empty()).map(|s| s.tables.join(" ")).collect();
    assert_eq!(tables, ["domicile_migration line"], "{stored:?}");
}

pub(super) fn data_outlives_restarts(w: &World) {
    w.post("/ledger/lasting/add/ok", "first").has(200);
    w.post("/by-path/t/%C3%A4%2F%20x/say", "lasting").has(303);
    let all: Vec<u8> = (0..=255).collect();
    w.post("/site/lasting/store", &all).is(200, "1\n");
    let check = |w: &World| {
        w.get("/ledger/lasting/").is(200, "balance 1, rows 1, memory 1, alarm set, notes [first]\n");
        w.get("/by-path/t/%C3%A4%2F%20x/")
            .is(200, "\"ä%2F x\" at /by-path/t/%C3%A4%2F%20x/\nwelcome\nlasting\n");
        assert_eq!(w.get("/site/lasting/store/1").body, all);
    };
    check(w);
    w.server.stop();
    w.server.begin(&[]);
    check(w);
    w.server.kill9();
    w.server.begin(&[]);
    check(w);
    w.post("/ledger/lasting/add/ok", "second")
        .is(200, "balance 2, rows 2, memory 2, alarm set, notes [first, second]\n");
}

pub(super) fn an_alarm_outlives_a_crash(w: &World) {
    w.post("/ledger/sleeper/alarm/300", "").has(200);
    w.post("/ledger/later/alarm/3600000", "").has(200);
    w.server.kill9();
    w.server.begin(&[]);
    rings(w, "sleeper", "alarm, try ");
    w.get("/ledger/later/").is(200, "balance 0, rows 0, memory 0, alarm set, notes []\n");
}

pub(super) fn hooks(w: &World) {
    let reply = w.get("/web/kinds");
    reply.is(200, "GET\n");
    assert_eq!(reply.header("x-path"), "/web/kinds");
    w.post("/web/text", "through the hooks").is(200, "\"through the hooks\"\n");
    w.get("/web/header/x-seen").is(200, "\"yes\"\n");
    w.get("/entry/hello/you").is(200, "hello you\n");
    w.get("/nothing").is(404, "no such page, says the hook\n");
    w.get("/web/slash").has(308);
    w.send(&Request::new("DELETE", "/web/slash/")).has(405);
    let guarded =
        |guard: &str| w.send(&Request::post("/ledger/guarded/add/ok", "x").header("X-Guard", guard));
    guarded("closed").is(401, "closed\n");
    guarded("broken").is(403, "the guard is broken\n");
    w.get("/ledger/guarded/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
    guarded("open").has(200);
    w.get("/ledger/guarded/").is(200, "balance 1, rows 1, memory 1, alarm set, notes [x]\n");
    w.get("/web/pages/few").is(200, "piece 0\npiece 1\npiece 2\npiece 3\npiece 4\n");
    assert!(w.get("/web/pages/error").broken);
    let reply = w.get("/web/pages/big");
    assert!(!reply.broken && reply.body.len() == LIMIT);
    w.send(&Request::new("HEAD", "/web/kinds")).is(200, "");
    w.send(&Request::new("HEAD", "/web/pages/few")).is(200, "");
    assert_eq!(w.get("/web/reply/cookies").all("set-cookie").len(), 3);
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(w.post("/web/echo", &all).body, all);
    w.post("/web/echo", vec![0; LIMIT + 1]).has(413);
    w.post("/ledger/guarded/withdraw/100", "").is(402, "Overdrawn { balance: 1, asked: 100 }\n");
    w.get("/web/word/%ff/").has(400);
    guarded("panic").failed(500, "Internal Server Error");
    w.get("/web/kinds").is(200, "GET\n");
}
