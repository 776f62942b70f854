//! Tenants: how requests name their actor, and how actors are kept apart.

use std::collections::BTreeMap;

use super::NOT_FOUND;
use crate::support::http::{Connection, Request};
use crate::support::world::World;

pub(super) fn tenants_by_path(w: &World) {
    let reply = w.post("/by-path/t/acme/say", "hello from acme");
    assert_eq!((reply.status, reply.header("location")), (303, "/by-path/t/acme/line/2/"));
    w.post("/by-path/t/globex/say", "hello from globex").has(303);
    w.get("/by-path/t/acme/").is(200, "\"acme\" at /by-path/t/acme/\nwelcome\nhello from acme\n");
    w.get("/by-path/t/globex/").is(200, "\"globex\" at /by-path/t/globex/\nwelcome\nhello from globex\n");
    w.get("/by-path/t/acme/line/2/").is(200, "hello from acme\n");
    w.get("/by-path/t/acme/line/3/").is(404, "line not found\n");
    w.get("/by-path/t/acme/line/2").has(308);
    for nobody in ["/by-path/", "/by-path/t/", "/by-path/t//", "/by-path/x/acme/", "/by-path/t"] {
        w.get(nobody).has(404);
    }
}

pub(super) fn tenants_by_subdomain(w: &World) {
    let at = |host: &str| Request::get("/").host(host);
    w.send(&Request::post("/say", "by host").host("sub.rooms.test")).has(303);
    let page = "\"sub\" at /\nwelcome\nby host\n";
    for host in ["sub.rooms.test", "SUB.Rooms.Test", "sub.rooms.test:8787", "sub.rooms.test."] {
        w.send(&at(host)).is(200, page);
    }
    // The same tenant by another way in is the same actor.
    w.get("/by-path/t/sub/").is(200, "\"sub\" at /by-path/t/sub/\nwelcome\nby host\n");
    for host in [
        "rooms.test",
        "a.sub.rooms.test",
        "other.test",
        "subrooms.test",
        ".rooms.test",
        "127.0.0.1",
        "127.0.0.1:8787",
        "[::1]:8787",
        "sub.rooms.test.evil.test",
        "localhost",
        "rooms.test.",
    ] {
        let status = w.send(&at(host)).status;
        assert!([400, 404].contains(&status), "{host}: {status}");
    }
}

pub(super) fn tenants_by_header_and_function(w: &World) {
    let at = |name: &str| Request::get("/by-header/").header("X-Tenant", name);
    w.send(&Request::post("/by-header/say", "by header").header("X-Tenant", "head")).has(303);
    w.send(&at("head")).is(200, "\"head\" at /by-header/\nwelcome\nby header\n");
    w.send(&at("other")).is(200, "\"other\" at /by-header/\nwelcome\n");
    w.get("/by-header/").is(404, NOT_FOUND);
    w.send(&at("")).has(404);
    w.get("/by-query/?room=head").is(200, "\"head\" at /by-query/\nwelcome\nby header\n");
    w.get("/by-query/?room=a%2Fb%20c").is(200, "\"a/b c\" at /by-query/\nwelcome\n");
    w.get("/by-query/").is(404, NOT_FOUND);
    w.get("/by-query/?room=").has(404);
    // Two values are two opinions on whose data this is about.
    w.send(&at("head").header("X-Tenant", "other")).is(404, NOT_FOUND);
    w.send(&at("head,other")).is(404, NOT_FOUND);
}

/// The name as a segment of a path, in the spelling that an app sees: what needs no escape has none.
pub(super) fn encoded(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

pub(super) fn names_with_odd_characters(w: &World) {
    let long = "ü".repeat(512);
    let names = [
        "ä ö",
        "a/b",
        "a%2Fb",
        "a\\b",
        "CON",
        "con",
        "a.b",
        ".hidden",
        "...",
        "🦀",
        "a\"b'c;--",
        " a ",
        "a",
        "A",
        "ä",
        "a\u{308}",
        "*?<>|:",
        "-rf",
        "~",
        "$HOME",
        "&amp;",
        "+",
        "\u{202e}x",
        "\u{feff}",
        &long,
    ];
    for name in names {
        w.post(format!("/by-path/t/{}/say", encoded(name)), format!("I am {name}")).has(303);
    }
    for name in names {
        let at = format!("/by-path/t/{}/", encoded(name));
        // A name from outside is one part of an actor's name: a slash in it is escaped.
        let actor = name.replace('%', "%25").replace('/', "%2F");
        w.get(&at).is(200, &format!("{actor:?} at {at}\nwelcome\nI am {name}\n"));
    }
}

pub(super) fn a_path_has_one_spelling(w: &World) {
    w.get("/%65ntry/hello/%79ou").is(200, "hello you\n");
    w.get("/%77eb/%6binds").is(200, "GET\n");
    w.get("/by-path/%74/on%65/").is(200, "\"one\" at /by-path/t/one/\nwelcome\n");
}

pub(super) fn names_that_cannot_be(w: &World) {
    let too_long = "x".repeat(1025);
    for name in ["\0", "a\nb", "\u{7f}", "\u{85}", &too_long] {
        w.get(format!("/by-path/t/{}/", encoded(name))).has(404);
        w.post(format!("/by-path/t/{}/say", encoded(name)), "x").has(404);
    }
    w.get(format!("/by-path/t/{}/", "x".repeat(1024))).has(200);
}

pub(super) fn classes_are_kept_apart(w: &World) {
    w.post("/pair/same/1", "").has(200);
    w.post("/peer/same/effect/ok/0/9000", "").has(200);
    w.post("/by-path/t/same/say", "same").has(303);
    w.post("/ledger/same/add/quietly", "same").has(200);
    let tables = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table'
                  AND substr(name, 1, 4) <> '_cf_' ORDER BY name)";
    w.post("/ledger/same/query", tables).is(200, "[Text(\"balance,domicile_migration,entry\")]\n");
    w.get("/pair/same/").is(200, "[[1],[1]]");
}

/// In django-cf a write through one object lands in the database of another, where both share a process.
pub(super) fn tenants_at_the_same_time(w: &World) {
    const TENANTS: usize = 20;
    const ROUNDS: usize = 6;
    const THREADS: usize = 6;
    let address = w.server.address();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                let mut connection = Connection::new(address);
                for round in 0..ROUNDS {
                    for step in 0..TENANTS {
                        // Each thread goes round in another order, so that neighbours differ.
                        let tenant = (step * (thread + 1) + round) % TENANTS;
                        let line = format!("tenant {tenant} thread {thread} round {round} step {step}");
                        let say = Request::post(format!("/by-path/t/apart-{tenant}/say"), line);
                        connection.send(&say).expect("a reply").has(303);
                        let page = Request::get(format!("/by-path/t/apart-{}/", (tenant + 7) % TENANTS));
                        connection.send(&page).expect("a reply").has(200);
                    }
                }
            });
        }
    });
    let mut lines = BTreeMap::new();
    for tenant in 0..TENANTS {
        let page = w.quietly(&Request::get(format!("/by-path/t/apart-{tenant}/"))).text();
        let said: Vec<&str> = page.lines().skip(2).collect();
        let own = format!("tenant {tenant} thread ");
        assert!(said.iter().all(|line| line.starts_with(&own)), "tenant {tenant} sees {said:?}");
        lines.insert(tenant, said.len());
    }
    assert_eq!(lines.values().sum::<usize>(), TENANTS * ROUNDS * THREADS);
    w.note(format!("{lines:?}"));
}

pub(super) fn one_message_at_a_time(w: &World) {
    let address = w.server.address();
    std::thread::scope(|scope| {
        for thread in 0..10 {
            scope.spawn(move || {
                let mut connection = Connection::new(address);
                for n in 0..10 {
                    let add = Request::post("/ledger/crowded/add/quietly", format!("{thread}-{n}"));
                    connection.send(&add).expect("a reply").has(200);
                }
            });
        }
    });
    let state = w.quietly(&Request::get("/ledger/crowded/")).text();
    assert!(state.starts_with("balance 100, rows 100, memory 100, alarm none"), "{state}");
}
