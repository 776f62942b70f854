//! What was acknowledged is kept; what could not be kept was not acknowledged.

use domicile::AppFn;
use domicile::prelude::*;
use domicile::wire::Fault;
use rusqlite::Connection;

use super::app::{Get, Heedless, Notes, Put, Wake, actor};
use super::rig::{Outcome, Rig, config, files};
use crate::host::{Config, Host, Time, file};
use crate::vfs;

#[test]
fn a_restart_keeps_the_data() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let rig = Rig::files(folder.path());
        for name in ["a", "b"] {
            assert_eq!(rig.ask(name, Put(name.to_owned())).reply(), round + 1);
        }
        rig.host.shutdown();
        // A shutdown leaves files without logs.
        assert!(files(folder.path()).iter().all(|file| file.ends_with(".sqlite")));
    }
}

#[test]
fn what_was_acknowledged_is_there_when_the_process_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    rig.ask("a", Put("one".to_owned())).reply();
    rig.ask("a", Put("two".to_owned())).reply();
    // What a crash would leave: the files as they are now.
    let copy = tempfile::tempdir().unwrap();
    let path = file::path(&actor::<Notes>("a"));
    std::fs::create_dir_all(copy.path().join(&path).parent().unwrap()).unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", path.display());
        std::fs::copy(folder.path().join(&name), copy.path().join(&name)).unwrap();
    }
    assert_eq!(Rig::files(copy.path()).texts("a"), ["one", "two"]);
}

#[test]
fn a_file_says_whose_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    rig.ask("Acme & Söhne", Put("one".to_owned())).reply();
    rig.host.shutdown();
    let path = folder.path().join(file::path(&actor::<Notes>("Acme & Söhne")));
    let label = Connection::open(&path).unwrap().query_row("SELECT kind, name FROM _cf_actor", (), |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    assert_eq!(label.unwrap(), ("Notes".to_owned(), "Acme & Söhne".to_owned()));
    // Under another's name it is refused, and under its own it is there.
    let other = folder.path().join(file::path(&actor::<Notes>("other")));
    std::fs::rename(&path, &other).unwrap();
    let rig = Rig::files(folder.path());
    match rig.ask("other", Get(())) {
        Outcome::Failure(failure) => {
            assert!(failure.message.contains("belongs to Notes/Acme & Söhne"), "{failure:?}")
        }
        seen => panic!("{seen:?}"),
    }
    std::fs::rename(&other, &path).unwrap();
    assert_eq!(rig.texts("Acme & Söhne"), ["one"]);
}

#[test]
fn a_folder_serves_one_host() {
    let folder = tempfile::tempdir().unwrap();
    let first = Rig::files(folder.path());
    let error =
        Host::start(config(Config::folder(folder.path())), super::app::app).err().unwrap().to_string();
    assert!(error.contains(&format!("in use by another host (process {})", std::process::id())), "{error}");
    assert!(error.contains("--data"), "{error}");
    first.host.shutdown();
    Rig::files(folder.path());
}

#[test]
fn a_commit_that_fails_is_no_reply_and_no_memory() {
    use vfs::Fault::{DiskFull, StalledSync, SyncError, WriteError};
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    rig.ask("a", Put("one".to_owned())).reply();
    let faults = |with: &dyn Fn(&vfs::Faults)| rig.host.vfs.iter().for_each(|vfs| with(vfs.faults()));
    for (fault, name) in [
        (DiskFull { after: 0 }, "a"),
        (WriteError, "a"),
        (SyncError, "a"),
        (DiskFull { after: 0 }, "new"),
        (SyncError, "new"),
    ] {
        let before = rig.texts(name);
        faults(&|faults| faults.set(fault));
        match rig.ask(name, Put("lost".to_owned())) {
            Outcome::Failure(failure) => assert!(!failure.retryable && !failure.overloaded, "{failure:?}"),
            seen => panic!("{fault:?}: {seen:?}"),
        }
        // Reads go on, and memory is the store's again.
        assert_eq!(rig.ask(name, Get(())).reply(), (before.clone(), None, 0), "{fault:?}");
        faults(&vfs::Faults::clear);
        rig.evict();
        assert_eq!(rig.texts(name), before, "{fault:?}");
    }
    assert_eq!(files(folder.path()).iter().filter(|file| file.ends_with(".sqlite")).count(), 1);
    assert_eq!(rig.ask("a", Put("two".to_owned())).reply(), 2);
    // While one actor waits for its disk, others of its thread are served.
    let thread = |name: &str| rig.host.remote.router.of(&actor::<Notes>(name));
    let other = (0..).map(|n| format!("other {n}")).find(|name| thread(name) == thread("a")).unwrap();
    faults(&|faults| faults.set(StalledSync));
    let stalled = rig.begin("a", Put("three".to_owned()));
    let waiting = rig.begin("a", Get(()));
    assert_eq!(rig.texts(&other), Vec::<String>::new());
    faults(&vfs::Faults::clear);
    assert_eq!(rig.block_on(stalled).reply(), 3);
    assert_eq!(rig.block_on(waiting).reply().0, ["one", "two", "three"]);
}

#[test]
fn a_handler_that_ignores_a_broken_disk_commits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    rig.ask("a", Put("one".to_owned())).reply();
    for vfs in &rig.host.vfs {
        vfs.faults().set(vfs::Fault::WriteError);
    }
    match rig.ask("a", Heedless("half".to_owned())) {
        Outcome::Failure(failure) => assert!(failure.message.contains("critical error"), "{failure:?}"),
        seen => panic!("{seen:?}"),
    }
    for vfs in &rig.host.vfs {
        vfs.faults().clear();
    }
    assert_eq!(rig.texts("a"), ["one"]);
    assert_eq!(rig.ask("a", Put("two".to_owned())).reply(), 2);
    rig.evict();
    assert_eq!(rig.texts("a"), ["one", "two"]);
}

#[test]
fn a_new_file_does_not_take_the_log_of_a_removed_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file::path(&actor::<Notes>("a")));
    let log = path.with_extension("sqlite-wal");
    let rig = Rig::files(folder.path());
    rig.ask("a", Put("old".to_owned())).reply();
    rig.ask("a", Put("old".to_owned())).reply();
    let kept = std::fs::read(&log).unwrap();
    rig.host.shutdown();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&log, kept).unwrap();
    let rig = Rig::files(folder.path());
    assert_eq!(rig.ask("a", Put("new".to_owned())).reply(), 1);
    rig.evict();
    assert_eq!(rig.texts("a"), ["new"]);
}

/// [`Notes`] of a later version, whose new migration fails where a text is there twice.
#[derive(Actor, Default)]
#[actor(kind = "Notes", handles(Alarm), reads(Get), routes = later, migrations = LATER)]
struct Later {}

const LATER: &[Migration] =
    &[Notes::MIGRATIONS[0], Migration::sql("0002", "CREATE UNIQUE INDEX once ON note (text)")];

fn later(routes: &mut Routes<Later>) {
    routes.get("/", |_, _, _| "migrated");
}

impl Handler<Alarm> for Later {
    fn handle(&mut self, _: Alarm, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute("INSERT INTO note (text) VALUES ('later')", ())?;
        Ok(())
    }
}

impl Reader<Get> for Later {
    fn read(&self, _: Get, cx: &Cx) -> Result<(Vec<String>, Option<i64>, i64), Failure> {
        let texts = cx.store().query_all("SELECT text FROM note", ())?;
        let indexes: i64 =
            cx.store().query_one("SELECT count(*) FROM sqlite_master WHERE name = 'once'", ())?;
        Ok((texts, None, indexes))
    }
}

#[test]
fn a_migration_that_fails_is_a_503_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::files(folder.path());
    for _ in 0..2 {
        rig.ask("a", Put("twice".to_owned())).reply();
    }
    rig.ask("b", Put("once".to_owned())).reply();
    rig.host.shutdown();
    let later: AppFn = |_| App::new().actor::<Later>(tenant::path("/t"));
    let rig = Rig::with(config(Config::folder(folder.path())), later);
    for _ in 0..2 {
        assert_eq!(rig.fetch("GET", "/t/a/", "").0, 503);
        assert_eq!(rig.ask("a", Get(())), Outcome::Fault(Fault::Migration));
    }
    // A read commits the migration of a store that has a schema.
    assert_eq!(rig.fetch("GET", "/t/b/", ""), (200, "migrated".to_owned()));
    rig.evict();
    let path = folder.path().join(file::path(&actor::<Notes>("a")));
    Connection::open(path).unwrap().execute("DELETE FROM note WHERE id = 2", ()).unwrap();
    assert_eq!(rig.fetch("GET", "/t/a/", ""), (200, "migrated".to_owned()));
    rig.evict();
    assert_eq!(rig.ask("a", Get(())).reply().2, 1);
}

#[test]
fn an_alarm_that_first_migrates_the_store_rings() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::manual(Timestamp::from_millis(1_700_000_000_000));
    let wanted = || Config { time: time.clone(), ..config(Config::folder(folder.path())) };
    let rig = Rig::start(wanted());
    rig.ask("a", Wake(1000)).reply();
    rig.host.shutdown();
    time.advance(std::time::Duration::from_secs(1));
    let later: AppFn = |_| App::new().actor::<Later>(tenant::path("/t"));
    let rig = Rig::with(wanted(), later);
    // Nothing else delivers to it: a read would migrate the store first.
    rig.until(Rig::stats, |stats| stats.actors == 1);
    rig.until(|rig| rig.ask("a", Get(())).reply().0, |texts| *texts == ["later"]);
}

#[test]
fn an_app_with_mistakes_does_not_start() {
    let app: AppFn = |_| App::new().needs("A_SECRET").needs("ANOTHER");
    let error = Host::start(config(Config::memory()), app).err().unwrap().to_string();
    assert!(error.contains("A_SECRET, ANOTHER not set"), "{error}");
}
