//! The clock of a test, and the alarms that go off by it.

use std::time::{Duration, Instant};

use domicile::prelude::*;
use domicile_host::test::{AsyncHost, Host};

use crate::app::{Put, RingIn, Share, Sum, Till, app};

fn rings(host: &Host, name: &str) -> i64 {
    let count = |store: &Store| store.query_one("SELECT count(*) FROM ring", ());
    host.actor::<Till>(name).store(count).expect("a count")
}

#[domicile::test(app = app)]
fn time_passes_when_the_test_says_so(host: Host) {
    let begun = Instant::now();
    let till = host.actor::<Till>("a");
    till.ask(RingIn(3_600)).expect("an alarm");
    assert_eq!(till.alarm(), Some(host.now().after(Duration::from_secs(3_600))));
    host.advance(Duration::from_secs(3_599));
    assert_eq!(rings(&host, "a"), 1);
    host.advance(Duration::from_secs(1));
    assert_eq!(rings(&host, "a"), 2);
    host.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(rings(&host, "a"), 26);
    assert!(begun.elapsed() < Duration::from_secs(10), "none of it was waited for");
}

#[domicile::test(app = app)]
fn events_on_the_way_have_their_own_times(host: Host) {
    let start = host.now();
    host.actor::<Till>("a").ask(RingIn(60)).expect("an alarm");
    host.advance(Duration::from_secs(150));
    let times: Vec<i64> =
        host.actor::<Till>("a").store(|store| store.query_all("SELECT at FROM ring", ())).expect("times");
    let seconds: Vec<_> = times.iter().map(|at| (at - start.as_millis()) / 1_000).collect();
    assert_eq!(seconds, [0, 60, 120]);
    assert_eq!(host.now(), start.after(Duration::from_secs(150)));
}

#[domicile::test(app = app)]
fn alarms_can_be_run_without_waiting(host: Host) {
    host.actor::<Till>("a").ask(RingIn(60)).expect("an alarm");
    host.actor::<Till>("b").ask(RingIn(7_200)).expect("an alarm");
    assert_eq!(host.run_alarms(), 2);
    assert_eq!(rings(&host, "b"), 2);
    assert_eq!(rings(&host, "a"), 121, "the clock moved on for the other one");
}

#[domicile::test(app = app)]
fn alarms_survive_evictions_and_crashes(host: Host) {
    let till = host.actor::<Till>("a");
    till.ask(RingIn(60)).expect("an alarm");
    till.evict();
    host.advance(Duration::from_secs(60));
    assert_eq!(rings(&host, "a"), 2);
    host.crash();
    host.advance(Duration::from_secs(60));
    assert_eq!(rings(&host, "a"), 3);
}

#[domicile::test(app = app)]
fn the_clock_moves_to_what_a_reply_waits_for(host: Host) {
    let start = host.now();
    let shared = host.actor::<Till>("a").ask(Share { amount: 5, with: "b".into(), after: 20 });
    assert_eq!(shared, Ok(5));
    assert_eq!(host.now(), start.after(Duration::from_secs(20)));
}

#[domicile::test(app = app)]
fn an_effect_is_given_up_after_its_time(host: Host) {
    let start = host.now();
    let shared = host.actor::<Till>("a").ask(Share { amount: 5, with: "b".into(), after: 31 });
    assert_eq!(shared, Err(domicile::CallError::TimedOut));
    assert_eq!(host.now(), start.after(Duration::from_secs(30)));
    assert_eq!(host.actor::<Till>("b").ask(Sum), Ok(0));
}

#[domicile::test(app = app, start = Timestamp::from_millis(1_000))]
async fn a_test_may_await(host: AsyncHost) {
    assert_eq!(host.now(), Timestamp::from_millis(1_000));
    let till = host.actor::<Till>("a");
    assert_eq!(till.ask(Put(2)).await, Ok(2));
    assert_eq!(host.get("/t/a/").await.text(), "2");
    till.ask(RingIn(60)).await.expect("an alarm");
    host.advance(Duration::from_secs(60)).await;
    let rings = till.store(|store| store.query_one::<i64>("SELECT count(*) FROM ring", ())).await;
    assert_eq!(rings.expect("a count"), 2);
}
