//! A process that is killed at any point keeps every write that it has acknowledged, and no half of a message.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::process::Signal;

use super::rig::{Client, start};

/// Rounds of writing and killing.
fn rounds() -> usize {
    if std::env::var_os("DOMICILE_FULL").is_some() { 200 } else { 6 }
}

#[test]
fn kill_9_keeps_every_acknowledged_write() {
    let folder = tempfile::tempdir().unwrap();
    // Of each actor, how many writes were acknowledged. In each round there is one more, so that files are made too.
    let mut kept: Vec<usize> = Vec::new();
    for round in 0..rounds() {
        let program = start(folder.path(), &["--log", "warn"]);
        kept.push(0);
        let counted: Vec<AtomicUsize> =
            kept.iter().rev().take(4).rev().map(|n| AtomicUsize::new(*n)).collect();
        let first = kept.len() - counted.len();
        let all = AtomicUsize::new(0);
        thread::scope(|scope| {
            for (n, count) in counted.iter().enumerate() {
                let (all, address) = (&all, program.address.clone());
                scope.spawn(move || {
                    let mut client = Client::to(&address);
                    let path = format!("/t/actor-{}/", first + n);
                    while let Some((status, _)) = client.try_ask("POST", &path, "x") {
                        assert_eq!(status, 200);
                        count.fetch_add(1, Ordering::Relaxed);
                        all.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            // Another point in each round.
            while all.load(Ordering::Relaxed) < 10 + round % 17 {
                thread::yield_now();
            }
            let (status, log) = program.stop(Signal::KILL);
            assert!(!status.success(), "{log}");
        });
        for (n, count) in counted.iter().enumerate() {
            kept[first + n] = count.load(Ordering::Relaxed);
        }
        let program = start(folder.path(), &["--log", "warn"]);
        for (n, count) in kept.iter_mut().enumerate().skip(first) {
            let (status, body) = program.get(&format!("/t/actor-{n}/"));
            assert_eq!(status, 200, "round {round}");
            let (notes, total) = body.rsplit_once(' ').unwrap_or(("", &body));
            let (notes, total) = (notes.split_whitespace().count(), total.parse::<usize>().unwrap());
            // Both statements of a message or neither; the last message may have been kept and not acknowledged.
            assert_eq!(notes, total, "round {round}");
            assert!(
                notes == *count || notes == *count + 1,
                "round {round}: {notes} kept, {count} acknowledged"
            );
            *count = notes;
        }
    }
}
