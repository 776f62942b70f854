//! Actors that were visited and rest do not stay in memory: each of these holds a large cache, so that values which
//! are not freed after the eviction would show.
//!
//! Measured on workerd with caches of 1 MiB and 100 actors at a time: 215 MB after the first hundred, 323 MB after the
//! ninth, where the caches of nine hundred would be 900 MB. About 20 KB an actor are the runtime's own and wait for a
//! garbage collection: with small actors the process stood between 535 and 562 MB from the 10,000th visit to the
//! 25,000th.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::path::PathBuf;
use std::time::Duration;

use support::full;
use support::host::Kind;
use support::http::{Connection, Request};
use support::poll;
use support::world::Server;

/// Both hosts evict what had nothing to do for 10 s.
const EVICTION: Duration = Duration::from_secs(60);

#[test]
fn natively() {
    stays(&Kind::Native);
}

#[test]
fn on_workerd() {
    match Kind::workerd() {
        Some(workerd) => stays(&workerd),
        None => eprintln!("left out: workerd, which DOMICILE_WORKERD and DOMICILE_BUILD name"),
    }
}

fn stays(kind: &Kind) {
    // Actors at a time, how often, and the KiB that each of them holds.
    let full = full();
    let (actors, batches, kib) = if full { (2_000, 5, 64) } else { (60, 2, 1024) };
    let server = Server::start(kind, &[]);
    let mut connection = Connection::new(server.address());
    let resting = descriptors(&server);
    let mut after = Vec::new();
    for batch in 0..batches {
        for n in 0..actors {
            let visit = Request::post(format!("/heavy/{kib}-{batch}-{n}/"), "");
            for _ in 0..2 {
                // The native host makes the file at the first visit and keeps it open from the second on.
                connection.send(&visit).expect("a reply").is(200, &format!("{}\n", kib * 1024));
            }
        }
        after.push(resident(&server));
        // Their files are closed when they are evicted.
        let open = descriptors(&server);
        assert!(open > resting + actors / 20, "{open} descriptors, and {resting} with no actor");
        if batch + 1 == batches {
            break;
        }
        poll::until("the eviction", EVICTION, || (descriptors(&server) < resting + 30).then_some(()));
    }
    // Values that stay make every batch grow by what it holds. What the runtime keeps for itself grows in steps, at the beginning
    // and whenever its garbage collection is late.
    let held = actors * kib / 1024;
    let growths: Vec<_> = after.windows(2).map(|pair| i64_of(pair[1]) - i64_of(pair[0])).collect();
    eprintln!("{}: {after:?} MB after each {actors} actors, which hold {held} MB", kind.name());
    let least = growths.iter().min().copied().expect("there are two batches at least");
    assert!(
        least < i64_of(held / 2),
        "{after:?} MB: each {actors} actors added {least} MB or more, and held {held} MB"
    );
}

fn i64_of(megabytes: usize) -> i64 {
    i64::try_from(megabytes).expect("it is a machine's memory")
}

fn process(server: &Server) -> PathBuf {
    PathBuf::from(format!("/proc/{}", server.pid()))
}

/// The resident memory in MB.
fn resident(server: &Server) -> usize {
    let status = std::fs::read_to_string(process(server).join("status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") / 1024
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(process(server).join("fd")).expect("a process").count()
}
