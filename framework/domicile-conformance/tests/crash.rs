//! A host that is killed in a stream of writes: after a restart every acknowledged write is there, and no message by
//! half. Each message writes a row in each of two tables.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::full;
use support::host::Kind;
use support::http::{self, Connection, Request};
use support::poll;
use support::world::Server;

/// Streams of writes, each to an actor of its own.
const WRITERS: usize = 4;

/// What a stream sent, and what of it was acknowledged.
struct Sent {
    actor: String,
    numbers: BTreeSet<i64>,
    acknowledged: BTreeSet<i64>,
}

#[test]
fn natively() {
    survives(&Kind::Native);
}

#[test]
fn on_workerd() {
    match Kind::workerd() {
        Some(workerd) => survives(&workerd),
        None => eprintln!("left out: workerd, which DOMICILE_WORKERD and DOMICILE_BUILD name"),
    }
}

fn survives(kind: &Kind) {
    let rounds = if full() { 200 } else { 5 };
    let server = Server::start(kind, &[]);
    let began = Instant::now();
    let (mut written, mut lost) = (0, 0);
    let mut all = Vec::new();
    for round in 0..rounds {
        // From a kill before the first commit is done to one in full flow, at times that do not repeat.
        let moment = (round * 37) % 120;
        let sent = stream(&server, round, moment);
        server.begin(&[]);
        for stream in sent {
            written += stream.acknowledged.len();
            lost += stream.numbers.len() - check(&server, &stream);
            all.push(stream);
        }
    }
    // What an early round wrote is there after all the later ones.
    for stream in &all {
        check(&server, stream);
    }
    eprintln!(
        "{}: {rounds} kills in {:?}, {written} writes acknowledged, {lost} unacknowledged ones lost",
        kind.name(),
        began.elapsed()
    );
    assert!(written > rounds * WRITERS, "the streams wrote next to nothing: {written}");
}

/// Writes from all sides and kills the host after `moment` acknowledgements.
fn stream(server: &Server, round: usize, moment: usize) -> Vec<Sent> {
    let address = server.address();
    let acknowledgements = AtomicUsize::new(0);
    let all = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (acknowledgements, all) = (&acknowledgements, &all);
            scope.spawn(move || {
                let actor = format!("round-{round}-{writer}");
                let mut sent = Sent { actor, numbers: BTreeSet::new(), acknowledged: BTreeSet::new() };
                let mut connection = Connection::new(address);
                for n in 0.. {
                    sent.numbers.insert(n);
                    let Ok(reply) = connection.send(&Request::post(format!("/pair/{}/{n}", sent.actor), ""))
                    else {
                        break;
                    };
                    // Part of a reply is no acknowledgement.
                    if reply.broken {
                        break;
                    }
                    reply.is(200, &format!("{n}\n"));
                    sent.acknowledged.insert(n);
                    acknowledgements.fetch_add(1, Ordering::Relaxed);
                }
                all.lock().expect("no writer panics").push(sent);
            });
        }
        poll::until("the writes", Duration::from_secs(20), || {
            (acknowledgements.load(Ordering::Relaxed) >= moment).then_some(())
        });
        server.kill9();
    });
    all.into_inner().expect("no writer panics")
}

/// Checks what a restarted host has of a stream, and gives how many messages that is.
fn check(server: &Server, sent: &Sent) -> usize {
    let page =
        http::send(server.address(), &Request::get(format!("/pair/{}/", sent.actor))).expect("a reply");
    page.has(200);
    let (credit, debit): (Vec<i64>, Vec<i64>) = serde_json::from_slice(&page.body).expect("two lists");
    assert_eq!(credit, debit, "half of a message of {}", sent.actor);
    let stored: BTreeSet<i64> = credit.into_iter().collect();
    let missing: Vec<_> = sent.acknowledged.difference(&stored).collect();
    assert!(missing.is_empty(), "acknowledged and not stored in {}: {missing:?}", sent.actor);
    let foreign: Vec<_> = stored.difference(&sent.numbers).collect();
    assert!(foreign.is_empty(), "stored in {} and never sent: {foreign:?}", sent.actor);
    stored.len()
}
