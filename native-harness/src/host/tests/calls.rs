//! Actors that ask one another, effects, and what a caller gets when there is no reply.

use domicile::wire::Fault;
use futures_util::future::join;

use super::app::{AskPeer, Bomb, Chain, Get, Meet, Notes, Put, Sleep, Slow, Tick, actor};
use super::rig::{Outcome, Rig, both};
use crate::host::Config;
use crate::host::router::no_answer;

#[test]
fn two_actors_may_ask_each_other_at_once() {
    both(|rig| {
        for _ in 0..20 {
            let (a, b) = (rig.begin("a", AskPeer("b".to_owned())), rig.begin("b", AskPeer("a".to_owned())));
            let (a, b) = rig.block_on(join(a, b));
            assert!(a.reply() > 0 && b.reply() > 0);
        }
        assert_eq!((rig.texts("a").len(), rig.texts("b").len()), (40, 40));
        // One that asks itself waits for nothing either, as an effect leaves the actor free.
        assert_eq!(rig.ask("c", AskPeer("c".to_owned())).reply(), 2);
        rig.evict();
        assert_eq!(rig.texts("c"), ["asked c", "from c"]);
    });
}

#[test]
fn a_chain_of_more_than_16_actors_is_refused() {
    both(|rig| {
        assert_eq!(rig.ask("c", Chain(16)).reply(), "done");
        let end = rig.ask("c", Chain(17)).reply();
        assert!(end.contains("more than 16"), "{end}");
    });
}

#[test]
fn an_effect_goes_on_when_its_caller_has_gone() {
    both(|rig| {
        drop(rig.begin("a", Slow("late".to_owned())));
        assert_eq!(rig.texts("a"), Vec::<String>::new());
        rig.ask("gate", Put("open".to_owned())).reply();
        rig.until(|rig| rig.texts("a"), |texts| *texts == ["late"]);
    });
}

#[test]
fn an_actor_takes_messages_and_rests_while_its_effect_runs() {
    both(|rig| {
        let slow = rig.begin("a", Slow("late".to_owned()));
        assert_eq!(rig.ask("a", Put("early".to_owned())).reply(), 1);
        rig.evict();
        rig.ask("gate", Put("open".to_owned())).reply();
        assert_eq!(rig.block_on(slow).reply(), 2);
    });
}

#[test]
fn an_effect_that_panics_fails_its_caller_and_no_one_else() {
    both(|rig| {
        let slow = rig.begin("a", Slow("panic".to_owned()));
        rig.ask("gate", Put("open".to_owned())).reply();
        assert_eq!(rig.block_on(slow), Outcome::Failure(no_answer()));
        assert_eq!(rig.ask("a", Put("one".to_owned())).reply(), 1);
    });
}

#[test]
fn an_actor_that_panics_when_it_is_dropped_starts_anew() {
    both(|rig| {
        for _ in 0..3 {
            assert_eq!(rig.ask_of::<Bomb, _>("a", Tick(())).reply(), 1);
            assert_eq!(rig.ask_of::<Bomb, _>("a", Tick(())), Outcome::Failure(no_answer()));
        }
    });
}

#[test]
fn an_effect_has_its_time_and_no_more() {
    both(|rig| assert_eq!(rig.ask("a", Sleep(())), Outcome::Fault(Fault::TimedOut)));
}

#[test]
fn messages_of_one_actor_run_in_the_order_in_which_they_came() {
    both(|rig| {
        let all: Vec<_> = (0..50).map(|n| rig.begin("a", Put(n.to_string()))).collect();
        let counts = rig.block_on(futures_util::future::join_all(all));
        let counts: Vec<_> = counts.into_iter().map(Outcome::reply).collect();
        assert_eq!(counts, (1..=50).collect::<Vec<_>>());
    });
}

#[test]
fn actors_of_different_threads_run_at_the_same_time() {
    let rig = Rig::start(Config::memory());
    let thread = |name: &str| rig.host.remote.router.of(&actor::<Notes>(name));
    let other = (0..).map(|n| n.to_string()).find(|name| thread(name) != thread("a")).unwrap();
    let (a, b) = rig.block_on(join(rig.begin("a", Meet(())), rig.begin(&other, Meet(()))));
    assert_eq!((a, b), (Outcome::Reply(()), Outcome::Reply(())));
}

#[test]
fn a_queue_that_is_too_long_is_refused_as_overload() {
    let rig = Rig::start(Config::memory());
    let all: Vec<_> = (0..20_000).map(|_| rig.begin("a", Get(()))).collect();
    let all = rig.block_on(futures_util::future::join_all(all));
    let refused =
        all.iter().filter(|one| matches!(one, Outcome::Failure(failure) if failure.overloaded)).count();
    let served = all.iter().filter(|one| matches!(one, Outcome::Reply(_))).count();
    assert_eq!(refused + served, all.len());
    assert!(refused > 0 && served > 4000, "{refused} refused");
    // It has recovered.
    rig.ask("a", Put("one".to_owned())).reply();
}

#[test]
fn a_stopped_host_says_that_nothing_has_happened() {
    let rig = Rig::start(Config::memory());
    let router = rig.host.remote.router.clone();
    rig.host.shutdown();
    let call = super::rig::call::<Notes, _>("a", &Get(()));
    assert!(router.call(call).is_err_and(|failure| failure.retryable));
}
