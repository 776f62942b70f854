//! Looking at an actor leaves nothing behind, and each actor has a store of its own.

use super::app::{Fail, Get, Put, Tick, Ticks};
use super::rig::{Rig, both, files};

#[test]
fn looking_at_1000_unknown_tenants_leaves_no_file_and_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    for n in 0..1000 {
        assert_eq!(rig.fetch("GET", &format!("/t/tenant-{n}/"), ""), (200, String::new()));
    }
    assert_eq!(rig.stats().actors, 0);
    assert_eq!(files(folder.path()), Vec::<String>::new());
    rig.host.shutdown();
    assert_eq!(files(folder.path()), Vec::<String>::new());
}

#[test]
fn a_first_event_that_fails_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    for how in ["err", "panic"] {
        rig.ask("a", Fail(how.to_owned()));
        assert_eq!(files(folder.path()), Vec::<String>::new(), "{how}");
        assert_eq!(rig.ask("a", Get(())).reply(), (Vec::new(), None, 0), "{how}");
    }
    assert_eq!(rig.ask("a", Put("one".to_owned())).reply(), 1);
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn two_actors_of_one_class_never_see_each_others_rows() {
    // django-cf keeps the storage in a global of the module: a write through one object lands in another.
    both(|rig| {
        let names: Vec<String> = (0..40).map(|n| format!("tenant {n}")).collect();
        rig.block_on(async {
            let asked = names.iter().map(|name| rig.begin(name, Put(name.clone())));
            futures_util::future::join_all(asked).await;
        });
        for _ in 0..2 {
            for name in &names {
                assert_eq!(rig.texts(name), [name.as_str()]);
            }
            rig.evict();
        }
    });
}

#[test]
fn names_that_look_alike_are_different_actors() {
    both(|rig| {
        let names = [
            "a",
            "A",
            "a ",
            "a-",
            "ä",
            "a\u{308}",
            "a/b",
            "a-b",
            "../a",
            &"x".repeat(1024),
            &"x".repeat(1023),
        ];
        for name in names {
            assert_eq!(rig.ask(name, Put(name.to_owned())).reply(), 1, "{name}");
        }
        rig.evict();
        for name in names {
            assert_eq!(rig.texts(name), [name]);
        }
    });
}

#[test]
fn an_actor_without_a_store_keeps_its_memory_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    assert_eq!(rig.ask_of::<Ticks, _>("t", Tick(())).reply(), 1);
    assert_eq!(rig.ask_of::<Ticks, _>("t", Tick(())).reply(), 2);
    rig.evict();
    assert_eq!(rig.ask_of::<Ticks, _>("t", Tick(())).reply(), 1);
    assert_eq!(files(folder.path()), Vec::<String>::new());
}
