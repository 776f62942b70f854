//! Actors that rest are evicted, and no more files are open than may be.

use std::time::Duration;

use super::app::{Get, Put};
use super::rig::{Outcome, Rig, both};
use crate::host::{Config, Stats};

#[test]
fn an_evicted_actor_loses_its_memory_and_keeps_its_store() {
    both(|rig| {
        rig.ask("a", Put("one".to_owned())).reply();
        assert_eq!(rig.ask("a", Get(())).reply().2, 1);
        rig.evict();
        assert_eq!(rig.stats(), Stats::default());
        assert_eq!(rig.ask("a", Get(())).reply(), (vec!["one".to_owned()], None, 0));
    });
}

#[test]
fn an_actor_that_has_nothing_to_do_is_evicted() {
    let folder = tempfile::tempdir().unwrap();
    for config in [Config::memory(), Config::folder(folder.path())] {
        let rig = Rig::start(Config { idle: Duration::from_millis(20), ..config });
        rig.ask("a", Put("one".to_owned())).reply();
        rig.until(Rig::stats, |stats| stats.actors == 0);
        assert_eq!(rig.texts("a"), ["one"]);
    }
}

#[test]
fn no_more_databases_are_open_than_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::start(Config { open_databases: 4, ..Config::folder(folder.path()) });
    let names: Vec<_> = (0..60).map(|n| format!("tenant {n}")).collect();
    for round in 1..=3 {
        // All at once, so that many wait for a slot at the same time.
        let all: Vec<_> = names.iter().map(|name| rig.begin(name, Put(name.clone()))).collect();
        for counted in rig.block_on(futures_util::future::join_all(all)) {
            assert_eq!(counted, Outcome::Reply(round));
        }
        assert!(rig.stats().open <= 4, "{:?}", rig.stats());
    }
    let open = std::fs::read_dir("/proc/self/fd").unwrap().filter(|entry| {
        let target = entry.as_ref().ok().and_then(|entry| std::fs::read_link(entry.path()).ok());
        target.is_some_and(|target| {
            target.starts_with(folder.path()) && target.extension().is_some_and(|e| e == "sqlite")
        })
    });
    // The index is one of them.
    assert!(open.count() <= 5);
}

#[test]
fn actors_that_are_never_at_rest_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::start(Config { open_databases: 1, ..Config::folder(folder.path()) });
    for name in ["a", "b", "c", "d", "e"] {
        rig.ask(name, Put("first".to_owned())).reply();
    }
    let all: Vec<_> =
        (0..200).flat_map(|_| ["a", "b", "c", "d", "e"]).map(|name| rig.begin(name, Get(()))).collect();
    for seen in rig.block_on(futures_util::future::join_all(all)) {
        assert_eq!(seen.reply().0, ["first"]);
    }
}
