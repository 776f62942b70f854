//! Keys: how often they are fetched, how they are replaced, and what happens when they cannot be had.

use std::thread::scope;
use std::time::{Duration, Instant};

use domicile_identity::access::test::{KeyPair, key_set};
use serde_json::{Value, json};

use super::certs::Served;
use super::site::{NO_KEYS, Site, claims, json_of, token};
use super::token::refused;
use crate::support::host::Kind;
use crate::support::http::{self, Request};
use crate::support::poll::until;

/// How long an unknown key or a failure holds up the next fetch, and a little.
const PAUSES: Duration = Duration::from_secs(90);

pub(super) fn a8_an_unknown_key_fetches_once_a_minute_and_a_rotation_is_seen(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    let (old, new) = (KeyPair::first(), KeyPair::second());
    site.get_with("/me/", &old.token(&claims("ada@example.com"))).has(200);
    assert_eq!(site.certs.count(), 1);
    // Cloudflare rotates: the new key is served beside the old one.
    site.certs.serve(Served::keys(&[&new, &old]));
    let began = Instant::now();
    let mut storm = 0;
    until("the new key is fetched", PAUSES, || {
        // Keys that there are not, each another, as whoever wants to make the app fetch would name them.
        for n in 0..20 {
            storm += 1;
            let unknown = KeyPair::second().with_id(format!("unknown-{storm}-{n}"));
            refused(&site.get_with("/me/", &unknown.token(&claims("x@example.com"))));
        }
        std::thread::sleep(Duration::from_millis(400));
        let reply = site.get_with("/me/", &new.token(&claims("ada@example.com")));
        assert!([200, 401].contains(&reply.status), "{}", reply.text());
        // The old key is of use all the time.
        site.get_with("/me/", &old.token(&claims("ada@example.com"))).has(200);
        (reply.status == 200).then_some(())
    });
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(50), "it was fetched after {waited:?}");
    assert_eq!(site.certs.count(), 2, "{storm} unknown keys in {waited:?}");
    for _ in 0..20 {
        let unknown = KeyPair::second().with_id("another unknown");
        refused(&site.get_with("/me/", &unknown.token(&claims("x@example.com"))));
    }
    assert_eq!(site.certs.count(), 2);
    site.server.stop();
}

pub(super) fn f36_keys_are_fetched_once_and_again_after_their_time(kind: &Kind) {
    let site = Site::start(kind, "access", &[("CLOUDFLARE_ACCESS_CACHE_TIMEOUT", "2")]);
    let old = token("ada@example.com");
    let (fetches, ()) = site.fetches(|| {
        for _ in 0..10 {
            site.get_with("/me/", &old).has(200);
        }
    });
    assert!((1..=2).contains(&fetches), "{fetches}");
    site.certs.serve(Served::keys(&[&KeyPair::second(), &KeyPair::first()]));
    let new = KeyPair::second().token(&claims("ada@example.com"));
    until("the set is fetched anew", Duration::from_secs(10), || {
        site.get_with("/me/", &old).has(200);
        (site.get_with("/me/", &new).status == 200).then_some(())
    });
    assert!(site.certs.count() <= 4, "{}", site.certs.count());
    site.server.stop();
}

pub(super) fn a9_keys_that_were_had_go_on_serving_when_the_endpoint_is_down(kind: &Kind) {
    let site = Site::start(kind, "access", &[("CLOUDFLARE_ACCESS_CACHE_TIMEOUT", "1")]);
    site.get_with("/me/", &token("ada@example.com")).has(200);
    let before = site.certs.count();
    for served in [Served::Status(503), Served::Body(b"{\"keys\":[]}".to_vec()), Served::Nothing] {
        site.certs.serve(served);
        let began = Instant::now();
        let mut asked = 0;
        while began.elapsed() < Duration::from_millis(1_500) {
            asked += 1;
            site.get_with("/me/", &token("ada@example.com")).has(200);
        }
        assert!(asked > 10, "{asked}");
    }
    let failed = site.certs.count() - before;
    // It is tried again every ten seconds at the most.
    assert_eq!(failed, 1, "{:?}", site.certs.asked());
    site.server.stop();
}

/// Sets of keys that are none, and answers that are no sets.
fn failures() -> Vec<(&'static str, Served)> {
    let first = KeyPair::first();
    let body = |json: Value| Served::Body(json.to_string().into_bytes());
    let changed = |name: &str, value: Value| {
        let mut jwk = first.jwk();
        jwk[name] = value;
        jwk
    };
    let mut big = key_set(&[&first]).into_bytes();
    big.extend(vec![b' '; 70 * 1024]);
    let small = domicile_identity::access::test::key_set(&[&first]);
    let n = first.jwk()["n"].as_str().expect("a modulus").to_owned();
    let same_id = KeyPair::second().with_id(first.id()).jwk();
    vec![
        ("500", Served::Status(500)),
        ("404", Served::Status(404)),
        ("204", Served::Status(204)),
        ("a redirect", Served::Redirect),
        ("over 64 KiB", Served::Body(big)),
        ("junk", Served::Body(b"\xff\xfe<html>".to_vec())),
        ("an empty body", Served::Body(Vec::new())),
        ("no keys", body(json!({ "keys": [] }))),
        ("no list", body(json!({ "keys": { "kid": 1 } }))),
        ("the list alone", body(json!([first.jwk()]))),
        ("keys twice", Served::Body(small.replacen('{', "{\"keys\":[],", 1).into_bytes())),
        ("two keys of one id", body(json!({ "keys": [first.jwk(), same_id] }))),
        ("17 keys", body(json!({ "keys": vec![first.jwk(); 17] }))),
        ("a key of 1,024 bits", body(json!({ "keys": [changed("n", json!(n[..171]))] }))),
        ("a key of 8,192 bits", body(json!({ "keys": [changed("n", json!(n.repeat(4)))] }))),
        ("the exponent 1", body(json!({ "keys": [changed("e", json!("AQ"))] }))),
        ("the exponent 3", body(json!({ "keys": [changed("e", json!("Aw"))] }))),
        ("a key for secrets", body(json!({ "keys": [changed("use", json!("enc"))] }))),
        ("a key for HS256", body(json!({ "keys": [changed("alg", json!("HS256"))] }))),
        ("a key of another kind", body(json!({ "keys": [changed("kty", json!("oct"))] }))),
        ("the connection ends", Served::Nothing),
    ]
}

pub(super) fn f32_f33_a9_without_keys_it_is_500_and_never_401(kind: &Kind) {
    for (what, served) in failures() {
        let site = Site::start(kind, "access", &[]);
        site.certs.serve(served);
        let (fetches, ()) = site.fetches(|| {
            for n in 0..10 {
                let reply = site.get_with("/me/", &token("ada@example.com"));
                assert_eq!((reply.status, reply.text().as_str()), (500, NO_KEYS), "{what}, request {n}");
                assert_eq!(reply.header("content-type"), "application/json");
                assert_eq!(reply.header("cache-control"), "no-store");
            }
            let page = Request::get("/t/f33/").header("Accept", "text/html");
            let page = site.send(&page.header("Cf-Access-Jwt-Assertion", token("ada@example.com")));
            assert_eq!(
                (page.status, page.header("content-type")),
                (500, "text/html; charset=utf-8"),
                "{what}"
            );
        });
        assert_eq!(fetches, 1, "{what}: {:?}", site.certs.asked());
        assert!(
            site.certs.asked().iter().all(|line| !line.contains("elsewhere")),
            "the redirect was followed"
        );
        // A token that could not be valid is 401 also now, and an exempt path is open.
        refused(&site.get_with("/me/", "junk"));
        refused(&site.get("/me/"));
        assert_eq!(
            json_of(site.get_with("/health/", &token("ada@example.com")).has(200))["who"],
            "anonymous"
        );
        assert_eq!(site.certs.count(), 1, "{what}");
        let log = site.server.log();
        assert!(log.contains("no keys of Cloudflare Access"), "{what}: {log}");
        site.server.stop();
    }
}

pub(super) fn a9_the_endpoint_is_asked_again_after_ten_seconds(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    site.certs.serve(Served::Status(500));
    site.get_with("/me/", &token("ada@example.com")).is(500, NO_KEYS);
    site.certs.serve(Served::keys(&[&KeyPair::first()]));
    let began = Instant::now();
    until("it works again", Duration::from_secs(20), || {
        (site.get_with("/me/", &token("ada@example.com")).status == 200).then_some(())
    });
    assert!(began.elapsed() > Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(site.certs.count(), 2);
    site.server.stop();
}

pub(super) fn a9_a_slow_endpoint_holds_up_five_seconds_and_nobody_twice(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    site.certs.serve(Served::Late(Duration::from_secs(30)));
    let began = Instant::now();
    site.get_with("/me/", &token("ada@example.com")).is(500, NO_KEYS);
    let waited = began.elapsed();
    assert!((4..10).contains(&waited.as_secs()), "{waited:?}");
    let began = Instant::now();
    for _ in 0..10 {
        site.get_with("/me/", &token("ada@example.com")).is(500, NO_KEYS);
        site.get_with("/health/", &token("ada@example.com")).has(200);
    }
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(site.certs.count(), 1);
    site.server.stop();
}

pub(super) fn a9_many_at_once_fetch_a_few_times_while_there_are_no_keys(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    site.certs.serve(Served::Late(Duration::from_millis(600)));
    let (address, token) = (site.server.address(), token("ada@example.com"));
    let ask = || {
        let request = Request::get("/me/").header("Cf-Access-Jwt-Assertion", &token);
        http::send(address, &request).expect("a reply").status
    };
    let statuses: Vec<u16> = scope(|scope| {
        let threads: Vec<_> = (0..24).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a status")).collect()
    });
    assert_eq!(statuses, vec![200; 24], "{}", site.server.log());
    // At most four for each set of keys: natively each thread of the server has one.
    let sets = if site.is_native() { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 };
    assert!((1..=4 * sets).contains(&site.certs.count()), "{}", site.certs.count());
    site.server.stop();
}

pub(super) fn f30_an_exempt_path_waits_for_no_keys(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    site.certs.serve(Served::Late(Duration::from_secs(30)));
    let began = Instant::now();
    for path in ["/health/", "/health/deep/", "/t/exempt/public/"] {
        let told = json_of(site.get_with(path, &token("ada@example.com")).has(200));
        assert_eq!(told["who"], "anonymous", "{path}");
    }
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(site.certs.count(), 0, "none is fetched for a path that needs none");
    site.server.stop();
}

pub(super) fn a9_keys_of_no_use_do_not_take_the_others_away(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    let mut odd = KeyPair::second().jwk();
    odd["kty"] = json!("EC");
    let first = KeyPair::first().jwk();
    let set =
        json!({ "keys": [7, odd, { "kid": "x" }, first, first], "public_cert": "x", "public_certs": 1 });
    site.certs.serve(Served::Body(set.to_string().into_bytes()));
    site.get_with("/me/", &token("ada@example.com")).has(200);
    refused(&site.get_with("/me/", &KeyPair::second().token(&claims("ada@example.com"))));
    assert_eq!(site.certs.count(), 1);
    site.server.stop();
}
