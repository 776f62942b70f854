//! An event is committed or has not happened: in the store, in the alarm, and in memory.

use domicile::wire::Fault;

use super::app::{Fail, Get, Nest, Put, Sneak, When};
use super::rig::{Outcome, both};

#[test]
fn an_error_or_a_panic_leaves_no_trace() {
    both(|rig| {
        assert_eq!(rig.ask("a", Put("one".to_owned())).reply(), 1);
        for (how, fault) in [("err", Fault::Error), ("panic", Fault::Panic)] {
            assert_eq!(rig.ask("a", Fail(how.to_owned())), Outcome::Fault(fault));
            let (texts, alarm, seen) = rig.ask("a", Get(())).reply();
            assert_eq!(texts, ["one"], "{how}");
            assert_eq!(alarm, None, "{how}");
            // The value in memory had counted one message; it starts anew.
            assert_eq!(seen, 0, "{how}");
        }
        assert_eq!(rig.ask("a", Put("two".to_owned())).reply(), 2);
        rig.evict();
        assert_eq!(rig.texts("a"), ["one", "two"]);
    });
}

#[test]
fn a_route_that_panics_is_a_500_without_its_message() {
    both(|rig| {
        rig.fetch("POST", "/t/a/put", "one");
        let (status, body) = rig.fetch("POST", "/t/a/panic", "");
        assert_eq!(status, 500);
        assert!(!body.contains("fault"), "{body}");
        assert_eq!(rig.fetch("GET", "/t/a/", ""), (200, "one".to_owned()));
    });
}

#[test]
fn a_read_that_writes_is_refused() {
    both(|rig| {
        rig.ask("a", Put("one".to_owned())).reply();
        for what in ["row", "alarm"] {
            assert_eq!(rig.ask("a", Sneak(what.to_owned())), Outcome::Fault(Fault::Error), "{what}");
        }
        let (texts, alarm, seen) = rig.ask("a", Get(())).reply();
        // A failed read keeps the value in memory.
        assert_eq!((texts, alarm, seen), (vec!["one".to_owned()], None, 1));
    });
}

#[test]
fn a_nested_transaction_is_undone_alone() {
    both(|rig| {
        assert_eq!(rig.ask("a", Nest("undo".to_owned())).reply(), 1);
        let (texts, alarm, _) = rig.ask("a", Get(())).reply();
        assert_eq!((texts, alarm), (vec!["outer".to_owned()], None));
        assert_eq!(rig.ask("a", Nest("keep".to_owned())).reply(), 3);
        rig.evict();
        let (texts, alarm, _) = rig.ask("a", Get(())).reply();
        assert_eq!(texts, ["outer", "outer", "inner"]);
        assert_eq!(alarm, Some(4_000_000_000_000));
    });
}

#[test]
fn sql_and_the_handler_see_the_same_time() {
    both(|rig| {
        let (sql, handler) = rig.ask("a", When(())).reply();
        assert_eq!(sql, handler);
    });
}
