//! Alarms ring when they are due: after a failure again, after a restart too, and whatever the index says.

use std::path::Path;
use std::time::Duration;

use domicile::Timestamp;

use super::app::{Get, Notes, Put, Wake, actor};
use super::rig::{Rig, both};
use crate::host::{Config, Time, file};
use crate::vfs;

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[test]
fn an_alarm_rings_and_is_over() {
    both(|rig| {
        rig.ask("a", Wake(0)).reply();
        rig.until(|rig| rig.texts("a"), |texts| *texts == ["alarm 0"]);
        rig.evict();
        let (texts, alarm, _) = rig.ask("a", Get(())).reply();
        assert_eq!((texts, alarm), (vec!["alarm 0".to_owned()], None));
    });
}

#[test]
fn an_alarm_that_sets_itself_again_rings_again() {
    both(|rig| {
        rig.ask("a", Put("again".to_owned())).reply();
        rig.ask("a", Wake(0)).reply();
        rig.until(|rig| rig.texts("a"), |texts| *texts == ["again", "alarm 0", "alarm 0", "alarm 0"]);
        rig.until(|rig| rig.ask("a", Get(())).reply().1, Option::is_none);
    });
}

#[test]
fn an_alarm_whose_file_cannot_be_opened_is_tried_again_and_that_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::manual(START);
    let rig = Rig::start(Config { time: time.clone(), ..Config::folder(folder.path()) });
    rig.ask("a", Put("fail twice".to_owned())).reply();
    rig.ask("a", Wake(1000)).reply();
    rig.evict();
    let path = folder.path().join(file::path(&actor::<Notes>("a")));
    let away = folder.path().join("away");
    std::fs::rename(&path, &away).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(step(&rig, &time), 1000);
    // Longer than the actor's own failures would be tried.
    for n in 0..9 {
        let pause = step(&rig, &time);
        assert!((2000 << n..=2500 << n).contains(&pause), "{n}: {pause}");
    }
    std::fs::remove_dir(&path).unwrap();
    std::fs::rename(&away, &path).unwrap();
    // The next try is the actor's first, and fails; from here on the pauses are those of its own failures.
    let pauses: Vec<_> = (0..3).map(|_| step(&rig, &time)).collect();
    let (texts, alarm, _) = rig.ask("a", Get(())).reply();
    assert_eq!((texts, alarm), (vec!["fail twice".to_owned(), "alarm 2".to_owned()], None));
    assert!((2000..=2500).contains(&pauses[1]) && (4000..=5000).contains(&pauses[2]), "{pauses:?}");
}

#[test]
fn an_alarm_that_cannot_be_committed_is_tried_again_and_that_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::manual(START);
    let rig = Rig::start(Config { time: time.clone(), ..Config::folder(folder.path()) });
    rig.ask("a", Put("one".to_owned())).reply();
    rig.ask("a", Wake(1000)).reply();
    for fault in [vfs::Fault::SyncError, vfs::Fault::WriteError, vfs::Fault::DiskFull { after: 0 }] {
        rig.host.vfs.iter().for_each(|vfs| vfs.faults().set(fault));
        step(&rig, &time);
        rig.host.vfs.iter().for_each(|vfs| vfs.faults().clear());
        rig.evict();
        let (texts, alarm, seen) = rig.ask("a", Get(())).reply();
        assert_eq!((texts, alarm), (vec!["one".to_owned()], Some(START.as_millis() + 1000)), "{fault:?}");
        assert_eq!(seen, 0);
    }
    step(&rig, &time);
    let (texts, alarm, _) = rig.ask("a", Get(())).reply();
    assert_eq!((texts, alarm), (vec!["one".to_owned(), "alarm 0".to_owned()], None));
}

#[test]
fn an_alarm_whose_statement_finds_the_disk_full_is_tried_again_and_that_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::manual(START);
    let rig = Rig::start(Config { time: time.clone(), ..Config::folder(folder.path()) });
    rig.ask("a", Put("much".to_owned())).reply();
    rig.ask("a", Wake(1000)).reply();
    rig.host.vfs.iter().for_each(|vfs| vfs.faults().set(vfs::Fault::DiskFull { after: 100_000 }));
    step(&rig, &time);
    step(&rig, &time);
    rig.host.vfs.iter().for_each(|vfs| vfs.faults().clear());
    rig.evict();
    assert_eq!(rig.ask("a", Get(())).reply().1, Some(START.as_millis() + 1000));
    step(&rig, &time);
    assert_eq!(rig.texts("a")[..2], ["much", "alarm 0"]);
}

/// Goes to the next moment at which something is to happen, lets it happen, and gives the milliseconds until then.
fn step(rig: &Rig, time: &Time) -> i64 {
    rig.block_on(rig.host.idle());
    let pause = time.next().unwrap().as_millis() - time.now().as_millis();
    time.advance(Duration::from_millis(u64::try_from(pause).unwrap()));
    rig.block_on(rig.host.idle());
    pause
}

#[test]
fn an_alarm_rings_after_a_restart() {
    for damage in ["none", "crash", "missing", "broken"] {
        let folder = tempfile::tempdir().unwrap();
        let time = Time::manual(START);
        let config = || Config { time: time.clone(), ..Config::folder(folder.path()) };
        let rig = Rig::start(config());
        rig.ask("a", Put("one".to_owned())).reply();
        rig.ask("a", Wake(60_000)).reply();
        rig.ask("b", Put("no alarm".to_owned())).reply();
        rig.host.shutdown();
        let index = folder.path().join("index.sqlite");
        let finished = || {
            let connection = rusqlite::Connection::open(&index).unwrap();
            connection.query_row("SELECT finished FROM state", (), |row| row.get::<_, bool>(0)).unwrap()
        };
        assert!(finished());
        let unfinish = || {
            let connection = rusqlite::Connection::open(&index).unwrap();
            connection.execute_batch("UPDATE state SET finished = 0; UPDATE actor SET alarm = NULL").unwrap();
        };
        match damage {
            "crash" => unfinish(),
            "missing" => std::fs::remove_file(&index).unwrap(),
            "broken" => {
                std::fs::write(&index, "this is no database, and it is long enough to be taken for one")
                    .unwrap()
            }
            _ => {}
        }
        // What is found now is known at the next start too.
        let rig = Rig::start(config());
        rig.until(|_| noted(&index), |noted| *noted == [Some(START.as_millis() + 60_000), None]);
        rig.host.shutdown();
        let rig = Rig::start(config());
        time.advance(Duration::from_secs(60));
        // Only the alarm itself wakes the actor; a question would read the alarm from the file.
        rig.until(Rig::stats, |stats| stats.actors == 1);
        rig.until(|rig| rig.texts("a"), |texts| *texts == ["one", "alarm 0"]);
        rig.host.shutdown();
        assert_eq!(noted(&index), [None, None], "{damage}");
    }
}

/// The alarms of all actors in the index, by the names of their files.
fn noted(index: &Path) -> Vec<Option<i64>> {
    let Ok(connection) = rusqlite::Connection::open(index) else { return Vec::new() };
    // It may still be in the making.
    let Ok(mut statement) = connection.prepare("SELECT alarm FROM actor ORDER BY file") else {
        return Vec::new();
    };
    statement.query_map((), |row| row.get(0)).and_then(Iterator::collect).unwrap_or_default()
}
