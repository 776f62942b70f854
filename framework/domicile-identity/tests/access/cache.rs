//! When keys are fetched, and what serves meanwhile. Each step tells how many fetches were made.

use std::time::Duration;

use domicile_identity::access::test::{KeyPair, key_set, user};
use domicile_identity::access::{Access, Check, Failed, Fetch, KeyCache, Settings};

use crate::site::{ISSUER, NOW, Refused, Site, long_claims, unsigned};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

fn token(key: &KeyPair) -> String {
    key.token(&long_claims())
}

fn fetch(access: &Access, cache: &mut KeyCache, token: &str, now: domicile::Timestamp) -> Option<Fetch> {
    match access.check(cache, "/", token, now) {
        Check::Fetch(fetch) => Some(fetch),
        _ => None,
    }
}

#[test]
fn f36_a_set_serves_until_its_time_is_over() {
    let (mut site, token) = (
        Site::of(Settings::new().team("acme").audience("aud").cache_timeout(HOUR)),
        token(&KeyPair::first()),
    );
    for _ in 0..100 {
        site.ask(&token).unwrap();
    }
    assert_eq!(site.fetched.len(), 1);
    site.later(HOUR - Duration::from_millis(1));
    site.ask(&token).unwrap();
    assert_eq!(site.fetched.len(), 1);
    site.later(Duration::from_millis(1));
    site.ask(&token).unwrap();
    site.ask(&token).unwrap();
    assert_eq!(site.fetched.len(), 2);
}

#[test]
fn a08_a_new_key_is_fetched_when_it_is_first_seen() {
    let (first, second) = (KeyPair::first(), KeyPair::second());
    let mut site = Site::new();
    site.ask(&token(&first)).unwrap();
    site.served = Some(key_set(&[&second, &first]));
    // In the minute after a fetch the set counts as all there is.
    site.later(59 * SECOND);
    site.rejects("too early", &token(&second), "the issuer has no key", 0);
    site.later(SECOND);
    site.ask(&token(&second)).unwrap();
    site.ask(&token(&first)).unwrap();
    assert_eq!(site.fetched.len(), 2);
    // A key that is taken away is refused as soon as the set is replaced.
    site.served = Some(key_set(&[&second]));
    site.later(HOUR);
    site.ask(&token(&second)).unwrap();
    site.rejects("taken away", &token(&first), "the issuer has no key", 0);
}

#[test]
fn a08_a09_a_storm_of_unknown_keys_is_one_fetch_in_a_minute() {
    let mut site = Site::new();
    let good = token(&KeyPair::first());
    for minute in 1..=10 {
        for n in 0..1_000 {
            assert!(matches!(site.ask(&unsigned(&format!("{minute}-{n}"))), Err(Refused::Rejected(_))));
        }
        site.ask(&good).unwrap();
        assert_eq!(site.fetched.len(), minute);
        site.later(60 * SECOND);
    }
}

#[test]
fn a09_a_storm_while_the_endpoint_is_down_is_one_fetch_in_ten_seconds() {
    let mut site = Site::new();
    site.served = None;
    for round in 1..=6 {
        for n in 0..1_000 {
            assert_eq!(site.ask(&unsigned(&n.to_string())), Err(Refused::Unavailable));
        }
        assert_eq!(site.fetched.len(), round);
        site.later(10 * SECOND);
    }
}

#[test]
fn a09_a_storm_of_tokens_that_cannot_be_valid_is_no_fetch() {
    let mut site = Site::new();
    let key = KeyPair::second();
    for n in 0..200 {
        let other = key.token(&user(&format!("team{n}"), "aud", "ada@example.com", NOW));
        site.rejects("another team", &other, "no issuer", 0);
    }
    for n in 0..2_000 {
        site.rejects("junk", &format!("junk{n}"), "three parts", 0);
    }
    assert!(site.fetched.is_empty());
}

#[test]
fn f33_no_keys_at_all_is_no_rejection_and_ends_by_itself() {
    let (mut site, token) = (Site::new(), token(&KeyPair::first()));
    let served = site.served.take();
    assert_eq!(site.ask(&token), Err(Refused::Unavailable));
    site.served = served;
    site.later(9 * SECOND);
    assert_eq!(site.ask(&token), Err(Refused::Unavailable));
    assert_eq!(site.fetched.len(), 1, "nothing is fetched in the pause");
    site.later(SECOND);
    site.ask(&token).unwrap();
    assert_eq!(site.fetched.len(), 2);
    // What is wrong with a token is told also while no keys can be had.
    site.served = None;
    site.rejects("junk", "junk", "three parts", 0);
}

#[test]
fn a08_a_stale_set_serves_for_seven_days_while_the_endpoint_is_down() {
    let (mut site, good) = (Site::new(), token(&KeyPair::first()));
    site.ask(&good).unwrap();
    site.served = None;
    let mut fetches = 1;
    for _ in 0..6 {
        site.later(DAY);
        site.ask(&good).unwrap();
        site.ask(&good).unwrap();
        fetches += 1;
        assert_eq!(site.fetched.len(), fetches, "one attempt in ten seconds");
        // An unknown key is a rejection as long as there are keys.
        site.rejects("unknown", &unsigned("other"), "the issuer has no key", 0);
    }
    site.later(DAY - Duration::from_millis(1));
    site.ask(&good).unwrap();
    site.later(Duration::from_millis(1) + 10 * SECOND);
    assert_eq!(site.ask(&good), Err(Refused::Unavailable));
    site.served = Some(key_set(&[&KeyPair::first()]));
    site.later(10 * SECOND);
    site.ask(&good).unwrap();
}

#[test]
fn a_bad_answer_takes_nothing_away() {
    let (mut site, good) = (Site::new(), token(&KeyPair::first()));
    site.ask(&good).unwrap();
    for served in ["", "<html>", "{\"keys\":[]}"] {
        site.served = Some(served.to_owned());
        site.later(HOUR);
        site.ask(&good).unwrap();
    }
    assert_eq!(site.fetched.len(), 4);
}

#[test]
fn a08_one_request_refreshes_while_the_others_use_what_they_have() {
    let access = Settings::new().team("acme").audience("aud").build().unwrap();
    let (mut cache, good) = (KeyCache::new(&access), token(&KeyPair::first()));
    let set = key_set(&[&KeyPair::first()]);
    let first = fetch(&access, &mut cache, &good, NOW).unwrap();
    cache.complete(first.ticket, Ok(set.as_bytes()), NOW).unwrap();

    let later = NOW.after(HOUR);
    let refresh = fetch(&access, &mut cache, &good, later).unwrap();
    for _ in 0..100 {
        assert!(matches!(access.check(&mut cache, "/", &good, later), Check::Proven(_)));
        assert!(matches!(access.check(&mut cache, "/", &unsigned("other"), later), Check::Rejected(_)));
    }
    // It is lost: after ten seconds another request takes it up.
    let lost = later.after(10 * SECOND);
    assert!(matches!(access.check(&mut cache, "/", &good, later.after(9 * SECOND)), Check::Proven(_)));
    let again = fetch(&access, &mut cache, &good, lost).unwrap();
    cache.complete(again.ticket, Ok(set.as_bytes()), lost).unwrap();
    assert!(matches!(access.check(&mut cache, "/", &good, lost), Check::Proven(_)));
    // The lost one comes after all, with an older set, which is not taken.
    let old = key_set(&[&KeyPair::second()]);
    cache.complete(refresh.ticket, Ok(old.as_bytes()), lost).unwrap();
    assert!(matches!(access.check(&mut cache, "/", &good, lost), Check::Proven(_)));
}

#[test]
fn cold_requests_fetch_each_for_itself_up_to_four() {
    let access = Settings::new().team("acme").audience("aud").build().unwrap();
    let (mut cache, good) = (KeyCache::new(&access), token(&KeyPair::first()));
    let mut fetches: Vec<Fetch> = (0..4).map(|_| fetch(&access, &mut cache, &good, NOW).unwrap()).collect();
    for _ in 0..1_000 {
        assert!(matches!(access.check(&mut cache, "/", &good, NOW), Check::Busy));
    }
    // The first answer serves all; one that fails afterwards takes nothing away.
    let set = key_set(&[&KeyPair::first()]);
    cache.complete(fetches.remove(0).ticket, Ok(set.as_bytes()), NOW).unwrap();
    let failed = cache.complete(fetches.remove(0).ticket, Err("500".to_owned()), NOW).unwrap_err();
    assert!(matches!(failed, Failed::Fetch { .. }));
    assert_eq!(failed.to_string(), format!("the keys of {ISSUER} cannot be fetched: 500"));
    let unfit = cache.complete(fetches.remove(0).ticket, Ok(b"<html>"), NOW).unwrap_err();
    assert!(unfit.to_string().contains("is of no use: the key set is no JSON object"), "{unfit}");
    assert!(matches!(access.check(&mut cache, "/", &good, NOW), Check::Proven(_)));

    // Lost ones make room again.
    let mut cache = KeyCache::new(&access);
    for _ in 0..4 {
        drop(fetch(&access, &mut cache, &good, NOW).unwrap());
    }
    assert!(fetch(&access, &mut cache, &good, NOW.after(9 * SECOND)).is_none());
    assert!(fetch(&access, &mut cache, &good, NOW.after(10 * SECOND)).is_some());
}

#[test]
fn a_fetch_that_is_given_back_is_anothers_to_make() {
    let mut site = Site::new();
    let (first, second) = (KeyPair::first(), KeyPair::second());
    for _ in 0..100 {
        let fetch = fetch(&site.access, &mut site.cache, &token(&first), NOW).unwrap();
        site.cache.give_back(fetch.ticket);
    }
    site.ask(&token(&first)).unwrap();
    // Neither a stranger's unknown key uses up the minute.
    site.later(60 * SECOND);
    let stranger = fetch(&site.access, &mut site.cache, &unsigned("other"), site.now).unwrap();
    site.cache.give_back(stranger.ticket);
    site.served = Some(key_set(&[&second]));
    site.ask(&token(&second)).unwrap();
    assert_eq!(site.fetched.len(), 2);
}

#[test]
fn a_clock_that_is_set_back_blocks_nobody() {
    let (mut site, good) = (Site::new(), token(&KeyPair::first()));
    // The machine thought for a while that it is a day later.
    site.later(DAY);
    site.ask(&good).unwrap();
    site.now = NOW;
    site.ask(&good).unwrap();
    assert_eq!(site.fetched.len(), 2);
    // A failure of tomorrow is no reason to wait until then.
    let mut site = Site::new();
    let served = site.served.take();
    site.later(DAY);
    assert_eq!(site.ask(&good), Err(Refused::Unavailable));
    site.served = served;
    site.now = NOW;
    site.ask(&good).unwrap();
    // Requests of one isolate see slightly different times.
    let mut site = Site::new();
    site.later(SECOND);
    site.ask(&good).unwrap();
    site.now = NOW;
    for n in 0..10 {
        site.rejects("unknown", &unsigned(&n.to_string()), "the issuer has no key", 0);
    }
}

#[test]
fn a02_what_is_held_is_bounded_by_what_is_configured() {
    let access = Settings::new().team("acme").audience("aud").build().unwrap();
    let other = Settings::new().team("beta").audience("aud").build().unwrap();
    let mut cache = KeyCache::new(&access);
    let token = KeyPair::first().token(&user("beta", "aud", "ada@example.com", NOW));
    // The cache knows nobody whom its configuration does not know.
    assert!(matches!(other.check(&mut cache, "/", &token, NOW), Check::Rejected(_)));
    // A ticket of another cache goes nowhere.
    let both = Settings::new().allowed_teams(["acme", "beta"]).audience("aud").build().unwrap();
    let mut larger = KeyCache::new(&both);
    let fetch = fetch(&both, &mut larger, &token, NOW).unwrap();
    assert_eq!(fetch.url, "https://beta.cloudflareaccess.com/cdn-cgi/access/certs");
    cache.complete(fetch.ticket, Ok(key_set(&[&KeyPair::first()]).as_bytes()), NOW).unwrap();
    assert!(!format!("{cache:?}").contains(KeyPair::first().id()));
}

#[test]
fn f30_an_exempt_path_knows_who_asks_where_the_key_is_held_and_fetches_nothing() {
    let mut site = Site::of(Settings::new().team("acme").audience("aud").exempt(["/health"]));
    let good = token(&KeyPair::first());
    let held = |site: &Site, token: &str| site.access.check_held(&site.cache, "/health", token, site.now);
    assert_eq!(held(&site, &good), None);
    let principal = site.ask(&good).unwrap();
    assert_eq!(held(&site, &good), Some(principal.clone()));
    assert_eq!(held(&site, "junk"), None);
    assert_eq!(held(&site, &unsigned(KeyPair::first().id())), None);
    assert_eq!(held(&site, &unsigned("other")), None);
    site.later(7 * DAY - SECOND);
    assert_eq!(held(&site, &good), Some(principal));
    site.later(SECOND);
    assert_eq!(held(&site, &good), None);
    assert_eq!(site.fetched.len(), 1);
}
