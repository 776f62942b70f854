//! Bodies of pages: each piece is a read of its own, when it is asked for.

use super::app::Put;
use super::rig::{Rig, both};
use crate::host::{Body, Config, Pieces};

fn pieces(rig: &Rig, path: &str) -> Pieces {
    let response = rig.request("GET", path, "");
    assert_eq!(response.status(), 200);
    match response.into_body() {
        Body::Pieces(pieces) => pieces,
        Body::Whole(bytes) => panic!("whole: {bytes:?}"),
    }
}

fn next(rig: &Rig, pieces: &mut Pieces) -> Option<String> {
    let piece = rig.block_on(pieces.next())?;
    Some(
        piece.map_or_else(
            |error| format!("error: {error}"),
            |bytes| String::from_utf8(bytes.to_vec()).unwrap(),
        ),
    )
}

#[test]
fn a_page_sees_what_was_written_after_the_one_before() {
    both(|rig| {
        rig.ask("a", Put("one".to_owned())).reply();
        let mut pieces = pieces(&rig, "/t/a/pages");
        assert_eq!(next(&rig, &mut pieces).as_deref(), Some("one\n"));
        // No transaction is open in between, and the actor may have been away.
        rig.ask("a", Put("two".to_owned())).reply();
        rig.evict();
        assert_eq!(next(&rig, &mut pieces).as_deref(), Some("two\n"));
        assert_eq!(next(&rig, &mut pieces).as_deref(), Some("end"));
        assert_eq!(next(&rig, &mut pieces), None);
    });
}

#[test]
fn a_page_that_fails_breaks_the_body_off() {
    both(|rig| {
        rig.ask("a", Put("one".to_owned())).reply();
        rig.ask("a", Put("broken".to_owned())).reply();
        let mut pieces = pieces(&rig, "/t/a/pages");
        assert_eq!(next(&rig, &mut pieces).as_deref(), Some("one\n"));
        assert!(next(&rig, &mut pieces).unwrap().starts_with("error:"));
        assert_eq!(next(&rig, &mut pieces), None);
        let response = rig.request("GET", "/t/a/pages", "");
        assert!(rig.block_on(response.into_body().bytes()).is_err());
    });
}

#[test]
fn pages_of_an_unknown_tenant_leave_nothing() {
    both(|rig| {
        assert_eq!(rig.fetch("GET", "/t/a/pages", ""), (200, "end".to_owned()));
        assert_eq!(rig.stats().actors, 0);
    });
}

#[test]
fn a_body_that_nobody_reads_any_more_holds_nothing_up() {
    let rig = Rig::start(Config::memory());
    rig.ask("a", Put("one".to_owned())).reply();
    let mut half = pieces(&rig, "/t/a/pages");
    next(&rig, &mut half);
    let never = pieces(&rig, "/t/a/pages");
    drop((half, never));
    // A shutdown waits for bodies that are being read; these are not, or this would take the hour of grace.
    rig.host.shutdown();
}
