//! Alarms ring when they are due: after a failure again, after a restart too, and whatever the index says.

use std::path::Path;
use std::time::Duration;

use domicile::Timestamp;

use super::app::{Get, Put, Wake};
use super::rig::{Rig, both};
use crate::host::{Config, Time};

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
fn a_failed_alarm_is_tried_again_after_2_s_and_then_4() {
    let time = Time::manual(START);
    let rig = Rig::start(Config { time: time.clone(), ..Config::memory() });
    rig.ask("a", Put("fail twice".to_owned())).reply();
    rig.ask("a", Wake(5000)).reply();
    let alarm = |rig: &Rig| rig.ask("a", Get(())).reply().1;
    let tried = |rig: &Rig| rig.texts("a").len();
    time.advance(Duration::from_millis(4999));
    assert_eq!(alarm(&rig), Some(START.as_millis() + 5000));
    // A try that fails is undone, and the alarm is still set.
    for wait in [1, 1999, 1, 3999] {
        time.advance(Duration::from_millis(wait));
        for _ in 0..20 {
            assert_eq!((alarm(&rig), tried(&rig)), (Some(START.as_millis() + 5000), 1), "{wait}");
        }
    }
    time.advance(Duration::from_millis(1));
    rig.until(|rig| rig.texts("a"), |texts| *texts == ["fail twice", "alarm 2"]);
    assert_eq!(alarm(&rig), None);
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
