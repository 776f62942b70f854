//! The counter on a host in memory: what it counts, what that costs, and what is left of it when something goes wrong.

use domicile::prelude::*;
use domicile_host::assert_budget;
use domicile_host::test::{AsyncHost, Host};

use crate::{Add, Counter, Total};

/// What the store has.
fn stored(host: &Host) -> i64 {
    host.actor::<Counter>("main")
        .store(|store| store.query_one("SELECT n FROM counter", ()))
        .expect("a number")
}

#[domicile::test(crash_everywhere)]
fn it_counts_and_remembers(host: Host) {
    let counter = host.actor::<Counter>("main");
    assert_eq!(counter.ask(Total), Ok(0));
    assert!(!counter.exists(), "looking leaves nothing behind");
    for total in 1..=3 {
        assert_eq!(host.atomic(|_| counter.ask(Add(1)), stored), Ok(total));
        assert_eq!(counter.ask(Total), Ok(total));
    }
    counter.evict();
    assert_eq!(counter.ask(Total), Ok(3));
}

#[domicile::test(crash_everywhere)]
fn it_counts_over_http(host: Host) {
    assert_eq!(host.get("/").text(), "0\n");
    let added = host.atomic(|host| host.post("/add", ()), stored);
    assert_eq!((added.status(), added.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(host.get("/").text(), "1\n");
    assert_eq!(host.get("/add").status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[domicile::test]
fn adding_is_one_statement(host: Host) {
    let counter = host.actor::<Counter>("main");
    let (total, cost) = host.measure(|_| counter.ask(Add(2)));
    assert_eq!(total, Ok(2));
    assert_budget!(cost, statements: 1, written: 1);
    let (_, cost) = host.measure(|_| counter.ask(Total));
    assert_budget!(cost, statements: 1, written: 0);
}

#[domicile::test(seeds = 16, crash_everywhere)]
async fn no_order_and_no_crash_loses_a_count(host: AsyncHost) {
    let counter = host.actor::<Counter>("main");
    let (one, two, three) = tokio::join!(counter.ask(Add(1)), counter.ask(Add(2)), counter.ask(Add(4)));
    // One reply may be lost in a crash, and what was added is there all the same.
    let told: Vec<_> = [one, two, three].into_iter().flatten().collect();
    assert!(told.len() == 2 || told.len() == 3 && told.contains(&7), "{told:?}");
    assert_eq!(counter.ask(Total).await, Ok(7));
}
