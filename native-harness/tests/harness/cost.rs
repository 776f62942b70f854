//! What calls cost, and what the harness shows.

use domicile::prelude::*;
use domicile_host::assert_budget;
use domicile_host::test::{Cost, Host};

use crate::app::{Largest, Put, Sum, Till, app};

#[domicile::test(app = app)]
fn a_call_costs_what_its_handler_does(host: Host) {
    let till = host.actor::<Till>("a");
    // The first call of all also migrates, which is not in it.
    let (put, cost) = host.measure(|_| till.ask(Put(2)));
    assert_eq!(put, Ok(2));
    assert_budget!(cost, statements: 2, written: 2);
    assert_eq!(host.measure(|_| ()).1, Cost::default());
    let (_, cost) = host.measure(|host| {
        host.get("/t/a/");
        till.ask(Sum).expect("a sum")
    });
    assert_budget!(cost, statements: 2, written: 0);
}

#[domicile::test(app = app)]
fn scans_and_sorts_are_counted(host: Host) {
    let till = host.actor::<Till>("a");
    for amount in [3, 1, 2] {
        till.ask(Put(amount)).expect("a sum");
    }
    let (_, cost) = host.measure(|_| till.ask(Largest));
    assert_budget!(cost, statements: 1, scanned: 2, sorts: 1);
    assert_eq!((cost.scanned, cost.sorts), (2, 1), "it steps over all rows and sorts them");
    let (_, cost) = host.measure(|_| till.get("/entry/2"));
    assert_budget!(cost, statements: 1, scanned: 0, sorts: 0);
}

#[domicile::test(app = app)]
fn a_full_scan_is_told_by_its_statement(host: Host) {
    let till = host.actor::<Till>("a");
    for amount in [3, 1, 2] {
        till.ask(Put(amount)).expect("a sum");
    }
    till.get("/entry/2");
    let before = host.full_scans().len();
    till.ask(Largest).expect("the largest");
    let told: Vec<String> = host.full_scans().iter().skip(before).map(|scan| format!("{scan:?}")).collect();
    let [told] = told.as_slice() else { panic!("{told:?}") };
    assert!(told.starts_with("Till/a walked over 2 rows: SELECT"), "{told}");
}

/// Alarms and the pieces of a body are handlers' work too.
#[domicile::test(app = app)]
fn alarms_and_pieces_have_their_cost(host: Host) {
    host.actor::<Till>("a").ask(crate::app::RingIn(60)).expect("an alarm");
    let (_, alarm) = host.measure(|host| host.advance(std::time::Duration::from_secs(60)));
    assert_eq!((alarm.statements, alarm.written), (2, 1));
    let (_, pages) = host.measure(|host| host.get("/t/a/pages"));
    assert_eq!((pages.statements, pages.written), (3, 0));
    assert!(!host.journal().contains("not ended"), "{}", host.journal());
}

#[domicile::test(app = app)]
fn a_store_can_be_looked_into(host: Host) {
    let till = host.actor::<Till>("a");
    let entries = || till.store(|store| store.query_one::<i64>("SELECT count(*) FROM entry", ()));
    assert_eq!(entries().expect("a store"), 0, "it is migrated for the look");
    assert!(host.actors().is_empty() && !till.exists(), "looking leaves nothing behind");
    till.ask(Put(1)).expect("a sum");
    assert_eq!(entries().expect("a store"), 1);
    assert!(till.exists());
    let wrote = till.store(|store| store.execute("DELETE FROM entry", ()));
    assert_eq!(wrote.expect_err("a look").kind(), domicile::Kind::ReadOnly);
    let names: Vec<_> = host.actors().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["Till/a"]);
}

#[domicile::test(app = app)]
fn a_host_knows_only_its_own_test(host: Host) {
    assert!(host.actors().is_empty());
    host.actor::<Till>("a").ask(Put(1)).expect("a sum");
}

#[domicile::test(app = app, vars(GREETING = "hello"))]
fn an_app_gets_its_variables(host: Host) {
    assert_eq!(host.get("/greeting").text(), "hello");
}

#[domicile::test(app = app)]
fn routes_answer_with_the_entry_and_without(host: Host) {
    assert_eq!(host.post("/t/a/put/3", ()).header("location"), "/t/a/");
    assert_eq!(host.actor::<Till>("a").post("/put/4", ()).header("location"), "/");
    assert_eq!(host.get("/t/a/").text(), "7");
    assert_eq!(host.actor::<Till>("a").get("/").text(), "7");
    let pages = host.get("/t/a/pages");
    assert_eq!((pages.text(), pages.is_broken_off()), ("0:7\n1:7\n2:7\n", false));
    assert_eq!(host.post("/t/a/put/-9", ()).status(), StatusCode::CONFLICT);
    assert_eq!(host.get("/t/a/").text(), "7");
    assert_eq!(host.get("/nowhere").status(), StatusCode::NOT_FOUND);
    assert_eq!(host.actor::<Till>("a").get("/nowhere").status(), StatusCode::NOT_FOUND);
    assert_eq!(host.get("/panic").status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[domicile::test(app = app)]
fn a_journal_tells_what_happened(host: Host) {
    let till = host.actor::<Till>("a");
    till.ask(Put(2)).expect("a sum");
    till.ask(Put(-5)).expect_err("overdrawn");
    till.evict();
    let journal = host.journal();
    for part in ["Till/a: Put (committed, 2 statements, 2 rows written)", "rolled back", "Till/a is evicted"]
    {
        assert!(journal.contains(part), "{journal}");
    }
}

#[domicile::test(app = app)]
fn a_test_may_return_an_error(host: Host) -> std::result::Result<(), String> {
    let sum = host.actor::<Till>("a").ask(Put(2)).map_err(|error| error.to_string())?;
    if sum == 2 { Ok(()) } else { Err(format!("{sum}")) }
}
