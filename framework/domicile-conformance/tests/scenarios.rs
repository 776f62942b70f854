//! The end-to-end scenarios: each is a conversation with the proving app that must go as it says here, on the native
//! host and on workerd, and give the same statuses, headers and bodies on both.
//!
//! workerd takes part when `DOMICILE_WORKERD` names its binary and `DOMICILE_BUILD` the folder that
//! `cargo domicile build -p domicile-conformance` filled, as `cargo domicile test` sets them.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use support::host::Kind;
use support::http::{self, Connection, Request};
use support::poll;
use support::world::{Server, World};

/// Long enough for anything that is not a hang.
const SOON: Duration = Duration::from_secs(20);

const SHARED: &[(&str, &str)] = &[("GREETING", "hällo, wörld")];

/// What a scenario runs on.
#[derive(Clone, Copy)]
enum On {
    /// The server that others use at the same time; it must not panic, as a trap ends others' effects on workerd.
    Shared,
    /// A server of its own, with these variables.
    Own(&'static [(&'static str, &'static str)]),
}

struct Scenario {
    name: &'static str,
    on: On,
    run: fn(&World<'_>),
}

macro_rules! scenarios {
    ($($on:expr => $($name:ident)+;)+) => {
        const SCENARIOS: &[Scenario] =
            &[$($(Scenario { name: stringify!($name), on: $on, run: $name }),+),+];
    };
}

scenarios! {
    On::Shared =>
        every_method
        head_is_get_without_a_body
        path_parameters
        a_parameter_that_does_not_parse
        queries
        forms
        json
        text_bodies
        headers_and_cookies_of_a_request
        several_cookies
        redirects
        replies_of_every_type
        statuses
        errors_become_statuses
        headers_that_cannot_be
        binary_bodies
        large_bodies
        bodies_over_the_limit
        pages
        rows_page_by_page
        a_page_that_fails
        unknown_routes_and_methods
        missing_slashes
        bad_encodings
        odd_targets
        malformed_requests
        the_request_as_the_actor_sees_it
        variables
        time_and_chance
        entry_routes
        an_error_undoes_everything
        a_status_undoes_nothing
        a_read_that_writes
        a_get_that_may_write
        nested_transactions
        writing_what_is_read
        statements_that_are_refused
        statements_that_fail
        typed_errors_across_ask
        an_effect_that_asks_another_actor
        a_cycle
        a_chain_that_is_too_long
        the_caller_is_known
        effects_end_in_every_way
        an_effect_that_takes_too_long
        an_effect_lets_others_in
        an_effect_outlives_its_caller
        a_fetch
        alarms
        an_alarm_that_fails_is_tried_again
        an_alarm_whose_effect_fails_is_not_tried_again
        tenants_by_path
        tenants_by_subdomain
        tenants_by_header_and_function
        names_with_odd_characters
        a_path_has_one_spelling
        names_that_cannot_be
        classes_are_kept_apart
        tenants_at_the_same_time
        one_message_at_a_time
        a_start_that_fails
        a_migration_that_fails_at_times;
    On::Own(&[]) =>
        a_panic_undoes_everything
        panics_everywhere
        looking_leaves_nothing
        the_first_write_stores_the_schema
        data_outlives_restarts
        an_alarm_outlives_a_crash
        migrations_of_several_versions;
    On::Own(&[("HOOKS", "on")]) =>
        hooks;
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A scenario mostly waits for hosts, which run on cores of their own.
    arguments.test_threads.get_or_insert(8);
    let kinds = if arguments.list { vec![Kind::Native] } else { Kind::all() };
    let shared: Arc<Vec<(Kind, OnceLock<Server>)>> =
        Arc::new(kinds.into_iter().map(|kind| (kind, OnceLock::new())).collect());
    let trials = SCENARIOS
        .iter()
        .map(|scenario| {
            let shared = shared.clone();
            Trial::test(scenario.name, move || perform(scenario, &shared))
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The hosts end here, which `ExitCode` lets happen and `exit` would not.
    drop(shared);
    conclusion.exit_code()
}

/// Runs the scenarios whose names are wanted, several at a time: for each what was wrong with it.
#[allow(dead_code, reason = "the comparison of the hosts runs them, and not this test")]
pub(crate) fn outcomes(wanted: impl Fn(&str) -> bool) -> Vec<(&'static str, Option<String>)> {
    let shared: Vec<(Kind, OnceLock<Server>)> =
        Kind::all().into_iter().map(|kind| (kind, OnceLock::new())).collect();
    let scenarios: Vec<&Scenario> = SCENARIOS.iter().filter(|scenario| wanted(scenario.name)).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            let wrong = perform(scenario, &shared).err();
            done.push((scenario.name, wrong.map(|why| why.message().unwrap_or("it failed").to_owned())));
        }
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("its panics are caught")).collect()
    })
}

/// Runs the scenario on every host, and compares what they answered.
fn perform(scenario: &Scenario, shared: &[(Kind, OnceLock<Server>)]) -> Result<(), Failed> {
    let mut records = Vec::new();
    for (kind, server) in shared {
        let own;
        let server = match scenario.on {
            On::Shared => server.get_or_init(|| Server::start(kind, SHARED)),
            On::Own(vars) => {
                own = Server::start(kind, vars);
                &own
            }
        };
        let world = World::new(server);
        let run = catch_unwind(AssertUnwindSafe(|| (scenario.run)(&world)));
        let record = world.record();
        if let Err(panic) = run {
            let why = panic.downcast_ref::<String>().map(String::as_str);
            let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            let last = record.last().map(String::as_str).unwrap_or("nothing");
            let log = server.log();
            let errors: Vec<_> = log.lines().filter(|line| line.to_lowercase().contains("error")).collect();
            let log = errors[errors.len().saturating_sub(5)..].join("\n");
            return Err(format!(
                "on {}: {why}\nthe last on record: {last}\nthe last errors in the log:\n{log}",
                kind.name()
            )
            .into());
        }
        records.push((kind.name(), record));
    }
    let (first, rest) = records.split_first().ok_or("there is no host")?;
    for other in rest {
        compare(first, other)?;
    }
    Ok(())
}

fn compare(one: &(&str, Vec<String>), other: &(&str, Vec<String>)) -> Result<(), Failed> {
    let differing = one.1.iter().zip(&other.1).find(|(a, b)| a != b);
    if let Some((a, b)) = differing {
        return Err(format!("the hosts differ:\n{}: {a}\n{}: {b}", one.0, other.0).into());
    }
    if one.1.len() != other.1.len() {
        return Err(format!("{} and {} exchanges on record", one.1.len(), other.1.len()).into());
    }
    Ok(())
}

const PLAIN: &str = "text/plain; charset=utf-8";
const NOT_FOUND: &str = "page not found\n";

// Requests and replies.

fn every_method(w: &World) {
    w.get("/web/kinds").is(200, "GET\n");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        w.send(&Request::new(method, "/web/kinds").body("body")).is(200, &format!("{method} b\"body\"\n"));
        w.send(&Request::new(method, "/web/kinds")).is(200, &format!("{method} b\"\"\n"));
    }
}

fn head_is_get_without_a_body(w: &World) {
    for target in [
        "/web/no-slash",
        "/web/reply/bytes",
        "/web/reply/empty",
        "/web/redirect/see-other",
        "/web/nothing",
        "/entry/",
    ] {
        let get = w.get(target);
        let head = w.send(&Request::new("HEAD", target));
        head.is(get.status, "");
        assert_eq!(head.all("content-type"), get.all("content-type"));
        // A handler may leave out the body of a HEAD, so an empty one has no length.
        let length: Vec<_> = get.all("content-length").into_iter().filter(|l| *l != "0").collect();
        assert_eq!(head.all("content-length"), length, "{target}");
    }
    w.send(&Request::new("HEAD", "/web/pages/few")).is(200, "");
    w.send(&Request::new("HEAD", "/web/only-post")).has(405);
}

fn path_parameters(w: &World) {
    w.get("/web/item/7").is(200, "7\n");
    w.get("/web/item/007").is(200, "7\n");
    w.get("/web/word/a%20b%C3%A4+c/").is(200, "\"a bä+c\"\n");
    w.get("/web/word/a%2Fb/").is(200, "\"a/b\"\n");
    w.get("/web/word/%252F/").is(200, "\"%2F\"\n");
    w.get("/web/word/a%3Fb%23c/").is(200, "\"a?b#c\"\n");
    w.get("/web/word//").has(404);
    w.get("/web/files/a/b%2Fc/d").is(200, "\"a/b/c/d\"\n");
    w.get("/web/files/").has(404);
    w.get("/web/missing/1").failed(500, "Internal Server Error");
}

fn a_parameter_that_does_not_parse(w: &World) {
    for bad in ["x", "-1", "4294967296", "1.0", "%20", "1%2F2"] {
        w.get(format!("/web/item/{bad}")).is(404, NOT_FOUND);
    }
}

fn queries(w: &World) {
    w.get("/web/search?text=a+b%20c%C3%A4&page=2").is(200, "Search { text: \"a b cä\", page: Some(2) }\n");
    w.get("/web/search?text=").is(200, "Search { text: \"\", page: None }\n");
    w.get("/web/search?text=a&other=b").is(200, "Search { text: \"a\", page: None }\n");
    w.get("/web/search").has(400);
    w.get("/web/search?text=a&page=x").has(400);
    w.get("/web/search?text=a&text=b").has(400);
    w.get("/web/query?a=1&b&a=2&=c&%26=%3D")
        .is(200, "[(\"a\", \"1\"), (\"b\", \"\"), (\"a\", \"2\"), (\"\", \"c\"), (\"&\", \"=\")]\n");
    w.get("/web/query").is(200, "[]\n");
    w.get("/web/query?").is(200, "[]\n");
    w.get("/web/query?a=%ff%zz").has(200);
    w.get("/web/query/a?b=1&a=x%20y&a=z").is(200, "Some(\"x y\")\n");
    w.get("/web/query/a?b=1").is(200, "None\n");
}

fn forms(w: &World) {
    let form =
        |body: &str, kind: &str| w.send(&Request::post("/web/form", body).header("Content-Type", kind));
    let urlencoded = "application/x-www-form-urlencoded";
    form("text=a+b&page=3", urlencoded).is(200, "Search { text: \"a b\", page: Some(3) }\n");
    form("text=%C3%A4", "Application/X-WWW-Form-URLencoded; charset=UTF-8")
        .is(200, "Search { text: \"ä\", page: None }\n");
    form("page=3", urlencoded).has(400);
    form("text=a&page=-3", urlencoded).has(400);
    form("text=a", "text/plain").has(415);
    w.post("/web/form", "text=a").has(415);
}

fn json(w: &World) {
    let json =
        |body: &str, kind: &str| w.send(&Request::post("/web/json", body).header("Content-Type", kind));
    json(r#"{"text": "ä\n", "page": 1}"#, "application/json")
        .is(200, "Search { text: \"ä\\n\", page: Some(1) }\n");
    json(r#"{"text": "a"}"#, "application/problem+json; a=b").is(200, "Search { text: \"a\", page: None }\n");
    json(r#"{"text": 1}"#, "application/json").has(400);
    json(r#"{"text": "a""#, "application/json").has(400);
    json("", "application/json").has(400);
    json("{}", "text/json").has(415);
    let echo = Request::post("/web/json/echo", r#"{"b": 1.5, "a": null, "ü": 1e300}"#);
    let reply = w.send(&echo.header("Content-Type", "application/json"));
    reply.is(200, r#"{"a":null,"b":1.5,"ü":1e+300}"#);
    assert_eq!(reply.header("content-type"), "application/json");
}

fn text_bodies(w: &World) {
    w.post("/web/text", "häß\r\n").is(200, "\"häß\\r\\n\"\n");
    w.post("/web/text", "").is(200, "\"\"\n");
    w.post("/web/text", b"\xff").is(400, "the body is not UTF-8\n");
    w.send(&Request::post("/web/text", "in chunks").chunked()).is(200, "\"in chunks\"\n");
}

fn headers_and_cookies_of_a_request(w: &World) {
    w.send(&Request::get("/web/header/x-one").header("X-ONE", "  a b\t")).is(200, "\"a b\"\n");
    w.send(&Request::get("/web/header/x-none")).is(200, "");
    let utf = Request::get("/web/header/x-utf").header("X-UTF", "häß");
    w.send(&utf).is(200, "\"h\\\\xc3\\\\xa4\\\\xc3\\\\x9f\"\n");
    w.send(&Request::get("/web/header/x-latin").header("X-Latin", b"caf\xe9")).has(200);
    w.send(&Request::get("/web/header/x-two").header("X-Two", "a").header("X-Two", "b")).has(200);
    let cookies = Request::get("/web/cookies").header("Cookie", "a=1; b=%C3%A4%3B; a=2; c=\"q\"; d");
    w.send(&cookies).has(200);
    w.send(&Request::get("/web/cookie/b").header("Cookie", "a=1; b=x%20y")).is(200, "Some(\"x y\")\n");
    w.send(&Request::get("/web/cookie/c").header("Cookie", "a=1; b=2")).is(200, "None\n");
    w.get("/web/cookies").is(200, "");
    // Repeated headers reach a Worker as one, joined with a comma, which is no cookie's separator.
    let two = Request::get("/web/cookies").header("Cookie", "a=1").header("Cookie", "b=2");
    w.send(&two).is(200, "a=\"1, b=2\"\n");
}

fn several_cookies(w: &World) {
    let reply = w.get("/web/reply/cookies");
    reply.is(200, "three cookies\n");
    assert_eq!(
        reply.all("set-cookie"),
        ["plain=1", "odd=%C3%A4%3B%20b%3Dc%2C%20d", "session=abc; HttpOnly; Secure; Path=/"]
    );
    let reply = w.get("/entry/cookies");
    assert_eq!(reply.all("set-cookie"), ["a=1", "b=2"]);
}

fn redirects(w: &World) {
    let to = |target: &str, status: u16, location: &str| {
        let reply = w.get(target);
        reply.is(status, "");
        assert_eq!(reply.header("location"), location);
    };
    to("/web/redirect/see-other", 303, "/web/");
    to("/site/ten%20ant/redirect/see-other", 303, "/site/ten%20ant/");
    to("/web/redirect/temporary", 307, "https://example.com/there?a=b#c");
    to("/web/redirect/permanent", 308, "/web/slash/");
}

fn replies_of_every_type(w: &World) {
    let typed = |target: &str, status: u16, kind: &[&str], body: &str| {
        let reply = w.get(target);
        reply.is(status, body);
        assert_eq!(reply.all("content-type"), kind, "{target}");
    };
    typed("/web/reply/text", 200, &[PLAIN], "text, häßlich\n");
    typed("/web/reply/html", 200, &["text/html; charset=utf-8"], "<p>html</p>\n");
    typed("/web/reply/json", 200, &["application/json"], "[\"json\",1.5,null]");
    typed("/web/reply/empty", 204, &[], "");
    typed("/web/reply/nothing", 200, &[PLAIN], "");
    typed("/web/reply/teapot", 418, &["application/json"], "\"teapot\"");
    let reply = w.get("/web/reply/headers");
    reply.is(200, "headers\n");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("etag"), "\"abc\"");
    assert_eq!(reply.header("x-utf"), "h\u{c3}\u{a4}\u{c3}\u{9f}", "the bytes of its UTF-8");
}

fn statuses(w: &World) {
    for status in [200, 201, 202, 206, 299, 300, 400, 404, 418, 451, 499, 500, 503, 599] {
        w.get(format!("/web/reply/status/{status}")).is(status, "a body\n");
    }
    for bare in [204, 205, 304] {
        w.get(format!("/web/reply/status/{bare}")).is(bare, "");
    }
    for none in [100, 101, 103, 199, 600, 999] {
        w.get(format!("/web/reply/status/{none}")).failed(500, "Internal Server Error");
    }
}

fn errors_become_statuses(w: &World) {
    let kinds = [400, 401, 403, 404, 409, 413, 415, 422, 500, 500, 503, 418, 502, 503, 504, 501, 500];
    for (kind, status) in kinds.into_iter().enumerate() {
        let reply = w.get(format!("/web/reply/error/{kind}"));
        reply.has(status);
        let told = reply.text().starts_with("it is ");
        assert_eq!(told, status < 500, "a client is told what is its own fault: {}", reply.text());
    }
    w.get("/web/reply/error/17").is(404, "kind not found\n");
}

fn headers_that_cannot_be(w: &World) {
    w.get("/web/reply/bad-header").failed(500, "Internal Server Error");
    let reply = w.get("/web/reply/bad-redirect");
    reply.failed(500, "Internal Server Error");
    assert_eq!(reply.all("set-cookie"), Vec::<&str>::new());
    w.get("/web/reply/status/1000").has(400);
}

fn binary_bodies(w: &World) {
    let all: Vec<u8> = (0..=255).collect();
    let reply = w.get("/web/reply/bytes");
    assert_eq!(reply.body, all);
    assert_eq!(reply.header("content-type"), "application/octet-stream");
    assert_eq!(w.post("/web/echo", &all).body, all);
    assert_eq!(w.post("/entry/echo", &all).body, all);
    assert_eq!(w.send(&Request::post("/web/echo", &all).chunked()).body, all);
    let id = w.post("/site/binary/store", &all).text();
    assert_eq!(w.get(format!("/site/binary/store/{}", id.trim())).body, all);
    assert_eq!(w.post("/site/binary/store", "").text(), "2\n");
    w.get("/site/binary/store/2").is(200, "");
    w.get("/site/binary/store/3").is(404, "blob not found\n");
}

const LIMIT: usize = 10 * 1024 * 1024;

fn large_bodies(w: &World) {
    let body: Vec<u8> = (0..LIMIT).map(|i| u8::try_from(i * 31 % 251).unwrap_or_default()).collect();
    assert!(w.post("/web/echo", &body).body == body, "ten MiB come back as they went");
    assert!(w.post("/entry/echo", &body).body == body, "ten MiB come back as they went");
    w.send(&Request::post("/web/size", &body).chunked()).is(200, "10485760\n");
    let reply = w.get("/web/reply/big");
    assert_eq!((reply.status, reply.body.len()), (200, LIMIT));
}

fn bodies_over_the_limit(w: &World) {
    let body = vec![b'x'; LIMIT + 1];
    for target in ["/ledger/too-large/add/ok", "/entry/echo"] {
        w.post(target, &body).has(413);
        w.send(&Request::post(target, &body).chunked()).has(413);
        w.send(&Request::post(target, "").announced(LIMIT + 1)).has(413);
        w.send(&Request::post(target, "").announced(usize::MAX / 4)).has(413);
    }
    w.get("/ledger/too-large/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
}

fn pages(w: &World) {
    let reply = w.get("/web/pages/few");
    reply.is(200, "piece 0\npiece 1\npiece 2\npiece 3\npiece 4\n");
    assert_eq!(reply.header("content-type"), "text/csv");
    w.get("/web/pages/empty").is(200, "piece 1\npiece 3\npiece 5\n");
    w.get("/web/pages/none").is(200, "");
    let big = w.get("/web/pages/big");
    assert!(!big.broken && big.body.len() == LIMIT);
    assert!(big.body.chunks(65536).zip(0..).all(|(piece, at)| piece.iter().all(|b| *b == at)));
}

fn rows_page_by_page(w: &World) {
    w.get("/site/rows/rows").is(200, "");
    w.post("/site/rows/rows", "250").is(201, "");
    let expected: String = (1..=250).map(|i| format!("row {i}\n")).collect();
    w.get("/site/rows/rows").is(200, &expected);
}

fn a_page_that_fails(w: &World) {
    for end in ["error", "write"] {
        let reply = w.get(format!("/site/broken/pages/{end}"));
        assert!(reply.broken, "a client must not take a part for the whole: {reply:?}");
        assert!(!reply.text().contains("secret"));
    }
    w.get("/site/broken/pages/other").is(404, "way to end not found\n");
    w.get("/site/broken/rows").is(200, "");
}

// Bad input.

fn unknown_routes_and_methods(w: &World) {
    for target in [
        "/nothing",
        "/",
        "/web/nothing",
        "/web/kinds/more",
        "/webby",
        "/entry/nothing",
        "/ledger/",
        "/WEB/kinds",
    ] {
        w.get(target).is(404, NOT_FOUND);
        w.post(target, "").is(404, NOT_FOUND);
    }
    let wrong = |method: &str, target: &str, allow: &str| {
        let reply = w.send(&Request::new(method, target));
        reply.has(405);
        assert_eq!(reply.header("allow"), allow);
    };
    wrong("POST", "/web/", "GET, HEAD");
    wrong("GET", "/web/only-post", "POST");
    wrong("OPTIONS", "/web/kinds", "GET, HEAD, POST, PUT, PATCH, DELETE");
    wrong("DELETE", "/entry/echo", "POST, PUT");
    wrong("PUT", "/ledger/unknown/add/ok", "POST");
    let unknown = w.quietly(&Request::new("BREW", "/web/kinds"));
    assert_eq!(unknown.status, 501, "workerd knows a list of methods, with words of its own for others");
}

fn missing_slashes(w: &World) {
    let to = |target: &str, location: &str| {
        let reply = w.get(target);
        reply.has(308);
        assert_eq!(reply.header("location"), location);
    };
    to("/web/slash", "/web/slash/");
    to("/web/slash?a=b/c?d", "/web/slash/?a=b/c?d");
    to("/web", "/web/");
    to("/web?a=b", "/web/?a=b");
    to("/entry", "/entry/");
    to("/ledger/some%20one", "/ledger/some%20one/");
    to("/by-path/t/acme", "/by-path/t/acme/");
    let head = w.send(&Request::new("HEAD", "/web/slash"));
    assert_eq!((head.status, head.header("location")), (308, "/web/slash/"));
    w.post("/web/slash", "").is(404, NOT_FOUND);
    w.get("/web/no-slash/").is(404, NOT_FOUND);
}

fn bad_encodings(w: &World) {
    for bad in ["%", "%4", "%zz", "%ff", "%c3%28", "%C3", "a%"] {
        w.get(format!("/web/word/{bad}/")).has(400);
        w.get(format!("/ledger/{bad}/")).has(400);
        w.get(format!("/entry/hello/{bad}")).has(400);
    }
    w.get("/%").has(400);
    w.get("/web/search?text=%zz").has(200);
}

fn odd_targets(w: &World) {
    w.get("/web/../web/kinds").is(200, "GET\n");
    w.get("/a/b/../../web/./kinds").is(200, "GET\n");
    w.get("/a/%2e%2E/web/kinds").is(200, "GET\n");
    w.get("/web\\kinds").is(200, "GET\n");
    w.get("//web/kinds").is(404, NOT_FOUND);
    w.get("//evil.test/web").is(404, NOT_FOUND);
    w.get("/web//kinds").is(404, NOT_FOUND);
    w.get("/web/kinds#fragment").has(200);
    w.get("http://other.test/web/kinds").has(200);
    for odd in ["|^", "`", "{}", "\"", "<>", "[]", "ä"] {
        let reply = w.quietly(&Request::get(format!("/web/word/{odd}/")));
        // Each server has words of its own for what is no target.
        let text = if reply.status == 400 { String::new() } else { reply.text() };
        w.note(format!("{odd}: {} {text}", reply.status));
    }
    w.get("/web/word/'();:@&=+$,!*~/").has(200);
    w.get(format!("/web/word/{}/", "x".repeat(4000))).has(200);
    w.send(&Request::new("OPTIONS", "*"));
}

fn malformed_requests(w: &World) {
    // Each server has words of its own for what is no HTTP, or closes the connection.
    let status = |bytes: &[u8]| http::send_raw(w.server.address(), bytes).map_or(400, |reply| reply.status);
    for bad in [
        "GET /web/kinds HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /web/kinds HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n",
        "POST /web/size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: x\r\n\r\n",
        "POST /web/size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: -1\r\n\r\n",
        "POST /web/size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /web/kinds HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET /web/kinds HTTP/3.0\r\nHost: a\r\n\r\n",
        "GET web/kinds HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        assert_eq!(status(bad.as_bytes()), 400, "{bad}");
    }
    w.raw(b"GET /web/kinds HTTP/1.0\r\nHost: a\r\n\r\n").is(200, "GET\n");
    w.get("/web/kinds").is(200, "GET\n");
}

fn the_request_as_the_actor_sees_it(w: &World) {
    let seen = |target: &str, host: &str, expected: &str| {
        w.send(&Request::get(target).host(host)).is(200, expected);
    };
    seen(
        "/web/seen/a%20b/c?d=%20e",
        "app.test:8080",
        "origin http://app.test:8080\nprefix /web\nuri /seen/a%20b/c?d=%20e\npath /seen/a%20b/c\nrest \"a b/c\"\nlink /web/seen/me\n",
    );
    seen(
        "/site/t%20e/seen/x",
        "APP.Test",
        "origin http://app.test\nprefix /site/t%20e\nuri /seen/x\npath /seen/x\nrest \"x\"\nlink /site/t%20e/seen/me\n",
    );
}

// What the host gives.

fn variables(w: &World) {
    w.get("/web/greeting").is(200, "[\"hällo, wörld\",true,null]");
    w.get("/entry/env").is(200, "[\"hällo, wörld\",null]");
    w.get("/web/greeting/required").failed(500, "Internal Server Error");
}

fn time_and_chance(w: &World) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let reply = w.quietly(&Request::get(format!("/web/time?before={}", now.as_millis())));
    reply.is(200, "[true,true,true,true]");
    w.get("/web/random").is(200, "[true,true]");
}

fn entry_routes(w: &World) {
    w.get("/entry/").is(200, "entry\n");
    w.get("/entry/hello/w%C3%B6rld%2F").is(200, "hello wörld/\n");
    w.post("/entry/echo", "an echo").is(200, "an echo");
    w.send(&Request::new("PUT", "/entry/echo").body("12345")).is(200, "5");
    w.get("/entry/error").is(403, "not here\n");
    let reply = w.get("/entry/internal");
    reply.failed(500, "Internal Server Error");
    assert!(!reply.text().contains("secret"));
}

// Atomic handlers.

fn an_error_undoes_everything(w: &World) {
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

fn a_status_undoes_nothing(w: &World) {
    w.post("/ledger/status/add/status", "a").is(409, "a status that commits\n");
    w.post("/ledger/status/add/server-status", "b").is(503, "a 503 that commits\n");
    w.post("/ledger/status/add/redirect", "c").is(303, "");
    w.get("/ledger/status/").is(200, "balance 3, rows 3, memory 3, alarm set, notes [a, b, c]\n");
}

fn a_read_that_writes(w: &World) {
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

fn a_get_that_may_write(w: &World) {
    w.get("/ledger/by-get/read/allowed").is(200, "written\n");
    w.send(&Request::new("HEAD", "/ledger/by-get-2/read/allowed")).is(200, "");
    // The route does not count in memory; the note is unique, so the second try fails.
    w.get("/ledger/by-get/read/allowed").failed(500, "Internal Server Error");
    w.get("/ledger/by-get/").is(200, "balance 0, rows 1, memory 1, alarm none, notes [by GET]\n");
}

fn nested_transactions(w: &World) {
    w.post("/ledger/nested-ok/add/nested-ok", "outer").is(200, "Ok(()), alarm none\n");
    w.get("/ledger/nested-ok/")
        .is(200, "balance 1, rows 4, memory 1, alarm none, notes [outer, inner, innermost, after]\n");
    w.post("/ledger/nested/add/nested", "outer").is(200, "Err(Internal: inside), alarm set\n");
    w.get("/ledger/nested/").is(200, "balance 1, rows 1, memory 1, alarm set, notes [outer]\n");
    w.post("/ledger/nested/add/nested-then-error", "more").is(409, "outside\n");
    w.get("/ledger/nested/").is(200, "balance 1, rows 1, memory 1, alarm set, notes [outer]\n");
}

fn writing_what_is_read(w: &World) {
    for note in ["a", "b"] {
        w.post("/ledger/twins/add/quietly", note).has(200);
    }
    w.post("/ledger/twins/double", "").is(200, "2 seen\n");
    w.get("/ledger/twins/")
        .is(200, "balance 2, rows 4, memory 2, alarm none, notes [a, b, twin of 1, twin of 2]\n");
}

fn statements_that_are_refused(w: &World) {
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

fn statements_that_fail(w: &World) {
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

// Asking, and effects.

fn typed_errors_across_ask(w: &World) {
    w.post("/ask/typed/withdraw/5", "").is(200, "5 of 0: not enough\n");
    w.post("/ask/typed/withdraw/5000", "").is(402, "Overdrawn { balance: 0, asked: 5000 }\n");
    w.get("/ledger/typed/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
    w.post("/ask/typed/deposit/20?note=a", "").is(200, "Ok(20)\n");
    w.post("/ask/typed/deposit/1?note=a", "").is(200, "Err(Failed(Error))\n");
    w.post("/ask/typed/withdraw/5", "").is(200, "15 left\n");
    w.get("/ask/typed/balance").is(200, "Ok(15)\n");
    w.post("/ledger/typed/withdraw/16", "").is(402, "Overdrawn { balance: 15, asked: 16 }\n");
    w.get("/ledger/typed/").is(200, "balance 15, rows 2, memory 2, alarm none, notes [a, out]\n");
    for bad in ["%00", &"x".repeat(1025)] {
        w.get(format!("/ask/{bad}/balance")).has(200);
        w.post(format!("/ask/{bad}/withdraw/1"), "").has(404);
    }
}

fn an_effect_that_asks_another_actor(w: &World) {
    w.post("/ask/payer/deposit/10", "").is(200, "Ok(10)\n");
    w.post("/ask/payer/transfer/payee/4", "").is(200, "Ok((6, 4))\n");
    w.get("/ledger/payee/").is(200, "balance 4, rows 1, memory 1, alarm none, notes [from payer]\n");
    w.post("/ask/payer/transfer/payee/40", "").is(200, "Err(Handler(Overdrawn { balance: 6, asked: 40 }))\n");
    // The second deposit's note is not unique: what was committed before the effect stays, and the caller is told so.
    w.quietly(&Request::post("/ledger/payer/sql", "UPDATE entry SET note = NULL")).has(200);
    w.post("/ask/payer/transfer/payee/1", "").is(200, "Err(Failed(Effect))\n");
    w.get("/ask/payer/balance").is(200, "Ok(5)\n");
    w.get("/ask/payee/balance").is(200, "Ok(4)\n");
}

fn way(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().collect::<Vec<_>>().join("\n")
}

fn a_cycle(w: &World) {
    w.post("/relay", "a-1\nb-1\na-1").is(200, "3: a-1 b-1 a-1\n");
    w.post("/relay", "self\nself\nself\nself").is(200, "4: self self self self\n");
    w.post("/peer/a-2/relay", "b-2\na-2").is(200, "a-2 b-2 a-2\n");
    w.get("/peer/a-2/").is(200, "asked by Peer/a-2, asked by Peer/b-2\n");
    w.get("/peer/b-2/").is(200, "asked by Peer/a-2\n");
}

fn a_chain_that_is_too_long(w: &World) {
    let names = |n: u32| way((1..=n).map(|i| format!("deep-{i}")));
    let reached = (1..=17).map(|i| format!("deep-{i}")).collect::<Vec<_>>().join(" ");
    w.post("/relay", names(17)).is(200, &format!("17: {reached}\n"));
    let lost = "more than 16 actors ask one another: is there a cycle?\n";
    w.post("/relay", names(18)).is(508, &format!("lost at deep-17: {lost}"));
    w.get("/peer/deep-18/").is(200, "\n");
    let forever = way((0..40).map(|i| format!("round-{}", i % 2)));
    w.post("/relay", forever).is(508, &format!("lost at round-0: {lost}"));
}

fn the_caller_is_known(w: &World) {
    w.get("/entry/caller/callee").is(200, "None\n");
    w.get("/ledger/caller/ask/callee").is(200, "Some(\"Ledger/caller\")\n");
    // Nothing that a client sends makes it an actor.
    let forged = Request::get("/entry/caller/callee").header("X-Domicile-Caller", "Ledger/boss");
    w.send(&forged).is(200, "None\n");
}

fn effects_end_in_every_way(w: &World) {
    let peer = |name: &str, path: &str| format!("/peer/ends-{name}{path}");
    w.post(peer("ok", "/effect/ok/1/9000"), "").is(200, "note 2\n");
    w.get(peer("ok", "/")).is(200, "decided, done\n");
    for (end, status) in [("error", 500), ("forbidden", 403), ("refuse", 508), ("other", 422)] {
        let reply = w.post(peer(end, &format!("/effect/{end}/0/9000")), "");
        reply.has(status);
        assert!(!reply.text().contains("secret"));
        w.get(peer(end, "/")).is(200, "decided\n");
        w.post(peer(end, &format!("/defer/{end}/1/9000")), "").has(200);
        w.get(peer(end, "/")).is(200, "decided, decided\n");
    }
    w.post(peer("ok", "/undecided"), "").is(409, "undecided\n");
    w.get(peer("ok", "/")).is(200, "decided, done\n");
    w.get(peer("ok", "/slow/10")).is(200, "slow\n");
}

fn an_effect_that_takes_too_long(w: &World) {
    let began = Instant::now();
    w.post("/peer/late/effect/ok/30000/50", "").failed(504, "Gateway Timeout");
    w.post("/peer/late/defer/ok/30000/50", "").is(200, "TimedOut\n");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    w.get("/peer/late/").is(200, "decided, decided\n");
}

fn an_effect_lets_others_in(w: &World) {
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| w.quietly(&Request::post("/peer/busy/effect/ok/700/9000", "")));
        poll::until("the effect's decision", SOON, || {
            (w.quietly(&Request::get("/peer/busy/")).text() == "decided\n").then_some(())
        });
        w.post("/peer/busy/effect/ok/0/9000", "").is(200, "note 3\n");
        assert!(!slow.is_finished(), "the slow effect still runs");
        slow.join().expect("it does not panic").is(200, "note 4\n");
    });
    w.get("/peer/busy/").is(200, "decided, decided, done, done\n");
}

fn an_effect_outlives_its_caller(w: &World) {
    http::abandon(w.server.address(), &Request::post("/peer/alone/effect/ok/300/9000", ""))
        .expect("it is sent");
    poll::until("the effect", SOON, || {
        (w.quietly(&Request::get("/peer/alone/")).text() == "decided, done\n").then_some(())
    });
}

fn a_fetch(w: &World) {
    let own = format!("http://{}", w.server.address());
    let fetch = |url: &str| w.quietly(&Request::get(format!("/peer/fetcher/fetch?url={url}")));
    fetch(&format!("{own}/entry/echo")).is(200, "200: a body");
    fetch(&format!("{own}/entry/nothing")).is(200, "404: page not found\n");
    fetch("http://127.0.0.1:1/").failed(502, "Bad Gateway");
    fetch("no-url").failed(502, "Bad Gateway");
}

// Alarms.

fn rings(w: &World, ledger: &str, note: &str) {
    poll::until(note, SOON, || {
        w.quietly(&Request::get(format!("/ledger/{ledger}/"))).text().contains(note).then_some(())
    });
}

fn alarms(w: &World) {
    w.post("/ledger/rings/alarm/3600000", "").is(200, "balance 0, rows 0, memory 0, alarm set, notes []\n");
    w.post("/ledger/rings/alarm/30", "").has(200);
    rings(w, "rings", "alarm, try 0");
    let after = "balance 1, rows 1, memory 1, alarm none, notes [alarm, try 0, none meanwhile]\n";
    w.get("/ledger/rings/").is(200, after);
    w.post("/ledger/quiet/alarm/200", "").has(200);
    w.post("/ledger/quiet/alarm/-1", "").has(200);
    // By the time the other alarm, which is later, has rung, the cleared one would have.
    w.post("/ledger/later/alarm/400", "").has(200);
    rings(w, "later", "alarm, try 0");
    w.get("/ledger/quiet/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
}

fn an_alarm_that_fails_is_tried_again(w: &World) {
    w.post("/ledger/retried/add/quietly", "fail the alarm").has(200);
    w.post("/ledger/retried/alarm/10", "").has(200);
    // It ends with no trace; a second later the retry is still to come, and set.
    w.post("/ledger/beside/alarm/1000", "").has(200);
    rings(w, "beside", "alarm, try 0");
    let waiting = "balance 1, rows 1, memory 1, alarm set, notes [fail the alarm]\n";
    w.get("/ledger/retried/").is(200, waiting);
    rings(w, "retried", "alarm, try 1");
    // What the first try wrote is undone.
    w.get("/ledger/retried/").is(
        200,
        "balance 2, rows 2, memory 2, alarm none, notes [fail the alarm, alarm, try 1, none meanwhile]\n",
    );
}

fn an_alarm_whose_effect_fails_is_not_tried_again(w: &World) {
    w.post("/peer/rings/alarm/10", "").has(200);
    // The retry of an alarm that failed at the same time shows that there was time for another.
    w.post("/ledger/other/add/quietly", "fail the alarm").has(200);
    w.post("/ledger/other/alarm/500", "").has(200);
    rings(w, "other", "alarm, try 1");
    w.get("/peer/rings/").is(200, "alarm, try 0, rung\n");
}

// Tenants.

fn tenants_by_path(w: &World) {
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

fn tenants_by_subdomain(w: &World) {
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

fn tenants_by_header_and_function(w: &World) {
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
fn encoded(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn names_with_odd_characters(w: &World) {
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

fn a_path_has_one_spelling(w: &World) {
    w.get("/%65ntry/hello/%79ou").is(200, "hello you\n");
    w.get("/%77eb/%6binds").is(200, "GET\n");
    w.get("/by-path/%74/on%65/").is(200, "\"one\" at /by-path/t/one/\nwelcome\n");
}

fn names_that_cannot_be(w: &World) {
    let too_long = "x".repeat(1025);
    for name in ["\0", "a\nb", "\u{7f}", "\u{85}", &too_long] {
        w.get(format!("/by-path/t/{}/", encoded(name))).has(404);
        w.post(format!("/by-path/t/{}/say", encoded(name)), "x").has(404);
    }
    w.get(format!("/by-path/t/{}/", "x".repeat(1024))).has(200);
}

fn classes_are_kept_apart(w: &World) {
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
fn tenants_at_the_same_time(w: &World) {
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

fn one_message_at_a_time(w: &World) {
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

// Starting and migrating.

fn a_start_that_fails(w: &World) {
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

fn a_migration_that_fails_at_times(w: &World) {
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

fn migrations_of_several_versions(w: &World) {
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

// Panics: on servers of their own, as a trap ends the effects of others on workerd.

fn a_panic_undoes_everything(w: &World) {
    w.post("/ledger/panics/add/ok", "kept").has(200);
    let kept = "balance 1, rows 1, memory 1, alarm set, notes [kept]\n";
    for how in ["panic", "out-of-bounds", "nested-panic"] {
        w.post(format!("/ledger/panics/add/{how}"), "lost").failed(500, "Internal Server Error");
        w.get("/ledger/panics/").is(200, kept);
        w.post(format!("/ledger/new-{how}/add/{how}"), "lost").failed(500, "Internal Server Error");
        w.get(format!("/ledger/new-{how}/")).is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
    }
    w.get("/ledger/panics/read/panic").failed(500, "Internal Server Error");
    w.post("/ask/panics/explode", "")
        .is(200, "Failed(Panic): the actor's handler panicked, safe to retry: true\n");
    w.get("/ledger/panics/").is(200, kept);
    let log = w.server.log();
    assert!(
        w.is_native() == log.contains("the secret of the panic") || !w.is_native(),
        "the log tells: {log}"
    );
}

fn panics_everywhere(w: &World) {
    w.get("/entry/panic").failed(500, "Internal Server Error");
    w.get("/entry/panic-later").failed(500, "Internal Server Error");
    w.get("/entry/").is(200, "entry\n");
    w.post("/peer/panics/effect/panic/0/9000", "").failed(500, "Internal Server Error");
    w.post("/peer/panics/effect/panic/20/9000", "").failed(500, "Internal Server Error");
    w.get("/peer/panics/").is(200, "decided, decided\n");
    assert!(w.get("/site/panics/pages/panic").broken);
    w.get("/site/panics/pages/few").has(200);
}

// What is stored.

fn looking_leaves_nothing(w: &World) {
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

fn the_first_write_stores_the_schema(w: &World) {
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

fn data_outlives_restarts(w: &World) {
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

fn an_alarm_outlives_a_crash(w: &World) {
    w.post("/ledger/sleeper/alarm/300", "").has(200);
    w.post("/ledger/later/alarm/3600000", "").has(200);
    w.server.kill9();
    w.server.begin(&[]);
    rings(w, "sleeper", "alarm, try ");
    w.get("/ledger/later/").is(200, "balance 0, rows 0, memory 0, alarm set, notes []\n");
}

fn hooks(w: &World) {
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
