//! The pauses between the tries of an alarm, and when it is given up.

use std::ops::RangeInclusive;

use domicile::Name;

use super::Fault::{Actor, Host};
use super::*;

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn alarms(seed: u8) -> Alarms {
    Alarms::new(Random::seeded([seed; 32]))
}

fn actor(name: &str) -> ActorRef {
    ActorRef { kind: "Notes".to_owned(), name: Name::new(name).unwrap() }
}

/// The alarm that rings next, and when.
fn next(alarms: &Alarms) -> (Timestamp, Ring) {
    let at = alarms.rings.borrow().first_key_value().unwrap().0.0;
    let mut due = alarms.take(at);
    assert_eq!(due.len(), 1);
    (at, due.remove(0).ring)
}

/// Lets an alarm fail in this way each time; checks each pause in milliseconds, and what is counted by then.
#[track_caller]
fn check(faults: &[Fault], pauses: &[(RangeInclusive<i64>, u32)]) {
    for seed in 0..50 {
        let alarms = alarms(seed);
        alarms.set(&actor("a"), Some(START));
        let (mut now, mut ring) = next(&alarms);
        assert_eq!((now, ring), (START, Ring { scheduled: START, tries: Tries::default() }));
        let mut seen = Vec::new();
        for fault in faults {
            if !alarms.retry(&actor("a"), now, ring, *fault) {
                assert!(alarms.rings.borrow().is_empty());
                break;
            }
            let began = now;
            (now, ring) = next(&alarms);
            assert_eq!(ring.scheduled, START);
            seen.push((now.as_millis() - began.as_millis(), ring.tries.counted));
        }
        let fits = seen.len() == pauses.len()
            && seen
                .iter()
                .zip(pauses)
                .all(|(seen, (range, counted))| range.contains(&seen.0) && seen.1 == *counted);
        assert!(fits, "seed {seed}: {seen:?}");
    }
}

#[test]
fn six_failures_of_the_actor_are_retried_with_doubled_pauses() {
    check(
        &[Actor; 9],
        &[
            (2000..=2500, 1),
            (4000..=5000, 2),
            (8000..=10_000, 3),
            (16_000..=20_000, 4),
            (32_000..=40_000, 5),
            (64_000..=80_000, 6),
        ],
    );
}

#[test]
fn failures_of_the_host_are_retried_for_ever_with_pauses_up_to_17_minutes() {
    let pause = |doublings: u32| 2000 * 2_i64.pow(doublings);
    let pauses: Vec<_> = (0..14).map(|n: u32| pause(n.min(9))).map(|p| (p..=p + p / 4, 0)).collect();
    check(&[Host; 14], &pauses);
}

#[test]
fn the_first_failure_of_the_actor_after_some_of_the_host_begins_with_the_shortest_pause() {
    check(
        &[Host, Host, Host, Actor, Actor, Host, Host, Actor],
        &[
            (2000..=2500, 0),
            (4000..=5000, 0),
            (8000..=10_000, 0),
            (2000..=2500, 1),
            (4000..=5000, 2),
            (8000..=10_000, 2),
            (16_000..=20_000, 2),
            (2000..=2500, 3),
        ],
    );
}

#[test]
fn after_six_failures_of_the_actor_any_other_is_the_last() {
    let pauses: Vec<_> = (0..6).map(|n| 2000 << n).zip(1..).map(|(p, n)| (p..=p + p / 4, n)).collect();
    check(&[Actor, Actor, Actor, Actor, Actor, Actor, Host], &pauses);
}

#[test]
fn the_jitter_is_the_seed_s_and_takes_many_values() {
    let first = |seed| {
        let alarms = alarms(seed);
        let ring = Ring { scheduled: START, tries: Tries::default() };
        assert!(alarms.retry(&actor("a"), START, ring, Actor));
        next(&alarms).0.as_millis() - START.as_millis()
    };
    let pauses: Vec<_> = (0..200).map(first).collect();
    assert_eq!(pauses, (0..200).map(first).collect::<Vec<_>>());
    let least = *pauses.iter().min().unwrap();
    let most = *pauses.iter().max().unwrap();
    assert!(least < 2020 && most > 2480, "{least}..{most}");
}

#[test]
fn a_new_time_takes_the_place_of_a_retry() {
    let alarms = alarms(0);
    let ring = Ring { scheduled: START, tries: Tries::default() };
    assert!(alarms.retry(&actor("a"), START, ring, Actor));
    alarms.suggest(&actor("a"), START);
    alarms.set(&actor("a"), Some(START.after(Duration::from_secs(1))));
    let (at, ring) = next(&alarms);
    assert_eq!((at, ring.scheduled, ring.tries), (ring.scheduled, at, Tries::default()));
    assert_eq!(at, START.after(Duration::from_secs(1)));
    assert!(alarms.retry(&actor("a"), at, ring, Actor));
    alarms.set(&actor("a"), None);
    assert!(alarms.rings.borrow().is_empty() && alarms.known.borrow().is_empty());
}

#[test]
fn alarms_of_one_time_ring_in_the_order_in_which_they_were_set() {
    let alarms = alarms(0);
    for name in ["c", "a", "b"] {
        alarms.set(&actor(name), Some(START));
    }
    alarms.set(&actor("c"), Some(START));
    assert!(!alarms.any_due(Timestamp::from_millis(START.as_millis() - 1)) && alarms.any_due(START));
    let names: Vec<_> = alarms.take(START).into_iter().map(|due| due.actor.name.to_string()).collect();
    assert_eq!(names, ["a", "b", "c"]);
}
