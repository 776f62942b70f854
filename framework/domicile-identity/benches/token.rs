//! What it costs to know who a token proves to ask, its key being cached.
//!
//! `cargo bench -p domicile-identity --bench token` prints the microseconds of a whole [`Access::check`], and of a token
//! that is refused without a signature being checked. The time is the median of many rounds. It fails where the first is over
//! the limit each time that it is measured: what else the machine does makes rounds longer and none shorter.
#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domicile::Timestamp;
use domicile_identity::access::{Access, Check, KeyCache, Settings, test};

/// The most that a check may take.
const LIMIT: Duration = Duration::from_micros(150);

/// How often it is measured anew before it is too much.
const TRIES: usize = 5;

/// Rounds of each.
const ROUNDS: usize = 401;

/// Checks in a round.
const CHECKS: u32 = 10;

fn main() -> ExitCode {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let access = Settings::new().team("acme").audience("aud").build().expect("settings");
    let key = test::KeyPair::first();
    let claims = test::user("acme", "aud", "ada@example.com", now);
    let (token, other) =
        (key.token(&claims), key.token(&test::user("acme", "other", "ada@example.com", now)));
    let mut cache = KeyCache::new(&access);
    let Check::Fetch(fetch) = access.check(&mut cache, "/", &token, now) else {
        panic!("an empty cache has no key");
    };
    cache.complete(fetch.ticket, Ok(test::key_set(&[&key]).as_bytes()), now).expect("a key set");

    let mut whole = Duration::MAX;
    for _ in 0..TRIES {
        whole = whole.min(time(|| {
            let proven = access.check(&mut cache, "/", black_box(&token), now);
            assert!(matches!(proven, Check::Proven(_)));
        }));
        if whole <= LIMIT {
            break;
        }
    }
    let refused = time(|| assert!(refuses(&access, black_box(&other), now)));
    println!("a token of {} bytes with a cached key of 2048 bits: {:.1} µs", token.len(), micros(whole));
    println!("a token for another audience: {:.1} µs", micros(refused));
    if whole > LIMIT {
        println!("the first is over the limit of {} µs, {TRIES} times", LIMIT.as_micros());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn refuses(access: &Access, token: &str, now: Timestamp) -> bool {
    access.gate("/").is_some_and(|gate| gate.peek(token, now).is_err())
}

fn time(mut check: impl FnMut()) -> Duration {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..CHECKS).for_each(|_| check());
            start.elapsed() / CHECKS
        })
        .collect();
    rounds.sort();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
