//! Playing groups on a host: many in one request, and several requests at a time.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use domicile_conformance::program::{End, Group};
use serde_json::Value;

use crate::support::http::{Connection, Request};

/// Groups in one request.
const BATCH: usize = 25;

/// Requests at a time: a host has one core here, and waits for its disk.
const AT_ONCE: usize = 2;

/// What came of each group: for each of its events `{"ok": […]}` or `{"undone": […]}` with what came of its steps,
/// or `{"failed": …}`.
pub type Played = Vec<Value>;

/// Plays all groups. `enough` is asked, with each group's place and what came of it, whether to stop.
pub fn play(
    to: SocketAddr,
    groups: &[&Group],
    enough: &(dyn Fn(usize, &Played) -> bool + Sync),
) -> Result<Vec<Option<Played>>> {
    let (calm, wild) = (0..groups.len()).partition::<Vec<_>, _>(|&at| !panics(groups[at]));
    let done = Mutex::new(vec![None; groups.len()]);
    some(to, groups, &calm, AT_ONCE, enough, &done)?;
    // A panic costs the memory of every actor of its instance, so what panics comes last, and alone.
    some(to, groups, &wild, 1, enough, &done)?;
    done.into_inner().map_err(|_| anyhow::anyhow!("a thread that plays has panicked"))
}

fn panics(group: &Group) -> bool {
    serde_json::to_string(group).is_ok_and(|text| text.contains("\"panic\""))
        || group.events.iter().any(|event| event.end == End::Panic)
}

fn some(
    to: SocketAddr,
    groups: &[&Group],
    places: &[usize],
    at_once: usize,
    enough: &(dyn Fn(usize, &Played) -> bool + Sync),
    done: &Mutex<Vec<Option<Played>>>,
) -> Result<()> {
    let batches: Vec<&[usize]> = places.chunks(BATCH).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::new(to);
                    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let played = request(&mut connection, groups, batch)?;
                        if batch.iter().zip(&played).any(|(at, one)| enough(*at, one)) {
                            next.store(batches.len(), Ordering::Relaxed);
                        }
                        let mut done =
                            done.lock().map_err(|_| anyhow::anyhow!("another thread has panicked"))?;
                        for (at, one) in batch.iter().zip(played) {
                            done[*at] = Some(one);
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread has panicked"))?)
    })
}

fn request(connection: &mut Connection, groups: &[&Group], batch: &[usize]) -> Result<Vec<Played>> {
    let body: Vec<&Group> = batch.iter().map(|at| groups[*at]).collect();
    let names = || format!("the groups from {} to {}", body[0].actor, body[body.len() - 1].actor);
    let request =
        Request::post("/play", serde_json::to_vec(&body)?).header("content-type", "application/json");
    let reply = connection.send(&request).with_context(names)?;
    ensure!(reply.status == 200 && !reply.broken, "{}: {} {}", names(), reply.status, reply.text());
    let played: Vec<Played> = serde_json::from_slice(&reply.body).with_context(names)?;
    ensure!(played.len() == batch.len(), "{} groups of {} came back", played.len(), batch.len());
    Ok(played)
}
