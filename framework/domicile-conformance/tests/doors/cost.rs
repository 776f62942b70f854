//! What it costs to know who asks: the time of a request with a token, over that of one without.

use std::time::{Duration, Instant};

use super::site::{ROBOT, Site, program};
use crate::support::host::Kind;
use crate::support::http::{Connection, Request};

/// How many requests are timed in each turn, and how many turns.
const REQUESTS: usize = 200;
const TURNS: usize = 5;

/// The most that a token may cost on workerd.
const MOST: Duration = Duration::from_millis(1);

pub(super) fn f36_a_token_with_a_key_that_is_held_costs_under_a_millisecond(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    // A program has no account that would have to be looked up, and the actor has a store.
    let token = program(ROBOT);
    site.get_with("/robot/", &token).has(200);
    let note = Request::post("/t/exempt/service/", "a note").header("Cf-Access-Jwt-Assertion", &token);
    site.send(&note).has(201);
    // An entry route is looked at twice on workerd, by the plan and when it is served; an actor's once.
    for (what, path, looks) in
        [("an entry route", "/health/", 2), ("an actor's route", "/t/exempt/public/", 1)]
    {
        let plain = Request::get(path);
        let with = plain.clone().header("Cf-Access-Jwt-Assertion", &token);
        let mut connection = Connection::new(site.server.address());
        let mut time = |request: &Request| {
            let began = Instant::now();
            for _ in 0..REQUESTS {
                connection.send(request).expect("a reply").has(200);
            }
            began.elapsed() / u32::try_from(REQUESTS).expect("a number")
        };
        // The first turn makes the code warm, and brings the keys to the thread of this connection.
        time(&Request::get("/robot/").header("Cf-Access-Jwt-Assertion", &token));
        time(&plain);
        // Of turns that others' work disturbs, the least is what it costs.
        let turns: Vec<(Duration, Duration)> = (0..TURNS).map(|_| (time(&plain), time(&with))).collect();
        let least = |of: fn(&(Duration, Duration)) -> Duration| turns.iter().map(of).min().expect("a turn");
        let (without, with) = (least(|turn| turn.0), least(|turn| turn.1));
        let cost = with.saturating_sub(without);
        eprintln!("{}, {what}: {without:?} without a token, {with:?} with one: {cost:?} for it", kind.name());
        // Natively a test is not optimised, and the benchmark `token` of domicile-identity tells.
        assert!(*kind == Kind::Native || cost < MOST * looks, "{what}: {turns:?}");
    }
    site.server.stop();
}
