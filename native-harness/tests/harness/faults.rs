//! What goes wrong on purpose: crashes, evictions, a full disk, a caller who goes away.

use std::time::Duration;

use domicile::platform::Applied;
use domicile::prelude::*;
use domicile::{CallError, Kind};
use domicile_host::test::{Fault, Host, Injection, Plan};

use crate::app::{Asked, Draw, Fetch, Panic, Put, Share, Sum, Till, app};

#[domicile::test(app = app)]
fn an_eviction_takes_the_memory_and_not_the_store(host: Host) {
    let till = host.actor::<Till>("a");
    till.ask(Put(2)).expect("a sum");
    assert_eq!((till.ask(Asked), till.ask(Asked)), (Ok(1), Ok(2)));
    till.evict();
    assert_eq!((till.ask(Asked), till.ask(Sum)), (Ok(1), Ok(2)));
    host.evict();
    assert_eq!(till.ask(Asked), Ok(1));
}

#[domicile::test(app = app)]
fn a_crash_takes_the_memory_and_the_effects(host: Host) {
    let (a, b) = (host.actor::<Till>("a"), host.actor::<Till>("b"));
    a.ask(Asked).expect("a number");
    a.ask_and_disconnect(Share { amount: 5, with: "b".into(), after: 10 });
    assert_eq!((a.ask(Sum), b.ask(Sum)), (Ok(5), Ok(0)));
    a.crash();
    host.advance(Duration::from_secs(60));
    assert_eq!((a.ask(Sum), b.ask(Sum)), (Ok(5), Ok(0)), "the effect was lost");
    assert_eq!(a.ask(Asked), Ok(1));
}

#[domicile::test(app = app)]
fn a_crash_after_an_eviction_takes_the_effects_too(host: Host) {
    let (a, b) = (host.actor::<Till>("a"), host.actor::<Till>("b"));
    a.ask_and_disconnect(Share { amount: 5, with: "b".into(), after: 10 });
    a.evict();
    a.crash();
    host.advance(Duration::from_secs(60));
    assert_eq!((a.ask(Sum), b.ask(Sum)), (Ok(5), Ok(0)), "the effect was lost");
}

#[domicile::test(app = app)]
fn an_effect_goes_on_without_its_caller(host: Host) {
    let (a, b) = (host.actor::<Till>("a"), host.actor::<Till>("b"));
    a.ask_and_disconnect(Share { amount: 5, with: "b".into(), after: 10 });
    host.advance(Duration::from_secs(9));
    assert_eq!((a.ask(Sum), b.ask(Sum)), (Ok(5), Ok(0)));
    host.advance(Duration::from_secs(1));
    assert_eq!(b.ask(Sum), Ok(5));
}

#[domicile::test(app = app)]
fn a_full_disk_keeps_nothing_and_says_so(host: Host) {
    let till = host.actor::<Till>("a");
    till.ask(Put(2)).expect("a sum");
    host.fill_disk();
    assert!(matches!(till.ask(Put(3)), Err(CallError::Failed(_))));
    assert_eq!(till.ask(Sum), Ok(2), "reading needs no room");
    assert_eq!(host.actor::<Till>("new").get("/").text(), "0", "looking at a new one neither");
    host.free_disk();
    assert_eq!(till.ask(Put(4)), Ok(6));
}

#[domicile::test(app = app)]
fn a_panic_leaves_nothing(host: Host) {
    let till = host.actor::<Till>("a");
    till.ask(Put(2)).expect("a sum");
    assert!(matches!(till.ask(Panic), Err(CallError::Failed(_))));
    assert_eq!(till.ask(Sum), Ok(2));
}

#[domicile::test(app = app)]
fn a_test_has_no_network_of_its_own(host: Host) {
    let till = host.actor::<Till>("a");
    assert!(till.ask(Fetch("https://example.com/".into())).is_err());
    host.on_fetch(|request| {
        if request.uri().path() == "/down" {
            return Err(Error::new(Kind::Call, "no route to the host"));
        }
        Ok(domicile::http::Response::new(format!("this is {}", request.uri()).into()))
    });
    assert_eq!(till.ask(Fetch("https://example.com/a".into())), Ok("this is https://example.com/a".into()));
    assert!(till.ask(Fetch("https://example.com/down".into())).is_err());
}

#[test]
fn the_seed_decides_what_is_drawn() {
    let drawn = |seeds| {
        let all = std::cell::RefCell::new(Vec::new());
        let draw = |host: Host| {
            let till = host.actor::<Till>("a");
            all.borrow_mut().push((till.ask(Draw).expect("bytes"), till.ask(Draw).expect("bytes")));
        };
        Plan::new("draw", app).seeds(seeds).run(draw);
        all.into_inner()
    };
    let (first, again) = (drawn(2), drawn(2));
    assert_eq!(first, again);
    assert_ne!(first[0], first[1], "another seed draws other bytes");
    assert_ne!(first[0].0, first[0].1, "one event draws other bytes than the one before");
}

/// A call that meets a crash is `Unreachable`, and the test is told whether it was applied.
#[test]
fn a_call_that_meets_a_crash_is_unreachable() {
    let met = std::cell::RefCell::new(Vec::new());
    let test = |host: Host| {
        let till = host.actor::<Till>("a");
        let asked = till.ask(Put(2));
        let sum = till.ask(Sum).expect("a sum");
        met.borrow_mut().push((asked, sum));
    };
    let explored = Plan::new("put", app).crash_everywhere().explore(test).expect("no assertion");
    let met = met.into_inner();
    assert_eq!((explored.runs, explored.faults), (met.len(), met.len() - 1));
    assert_eq!(met[0], (Ok(2), 2));
    let lost = Err(CallError::Unreachable { retryable: false, applied: Applied::Unknown });
    assert!(met.contains(&(lost, 2)), "{met:?}");
    assert!(
        met.iter().filter(|met| **met == (Ok(2), 2)).count() > 2,
        "what was not applied is sent again: {met:?}"
    );
}

/// Every fault that there is can happen, and is told with the line that reproduces it.
#[test]
fn a_failure_is_told_with_the_line_that_reproduces_it() {
    let test = |host: Host| assert_eq!(host.actor::<Till>("a").ask(Put(2)), Ok(2));
    let broken = Plan::new("it_breaks", app).crash_everywhere().explore(test).expect_err("a lost reply");
    assert_eq!(broken.injection, Some(Injection { point: 0, fault: Fault::CrashAfterCommit }));
    let told = broken.to_string();
    for part in [
        "DOMICILE_SEED=0 DOMICILE_FAULT=0:crash-after-commit cargo test it_breaks",
        "crash-after-commit at Till/a: Put",
        "host.atomic",
        "fault: crash-after-commit",
    ] {
        assert!(told.contains(part), "{told}");
    }
}
