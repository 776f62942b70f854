//! Hosts that play: started, given all groups at once, compared.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use domicile_conformance::program::Group;

use super::compare::{Difference, Subject};
use super::play::{Played, play};
use crate::support::host::Kind;
use crate::support::world::Server;

/// Plays all subjects on a new host.
pub fn all_on(kind: &Kind, subjects: &[Subject]) -> Result<Vec<Played>> {
    let server = Server::start(kind, &[]);
    let groups: Vec<&Group> = subjects.iter().map(|subject| &subject.group).collect();
    let played = play(server.address(), &groups, &|_, _| false)
        .with_context(|| format!("on {}; the end of its log:\n{}", kind.name(), end_of(&server.log())))?;
    played.into_iter().collect::<Option<_>>().context("not all groups were played")
}

/// Plays all subjects on both hosts at the same time.
pub fn both(native: &Kind, workerd: &Kind, subjects: &[Subject]) -> Result<(Vec<Played>, Vec<Played>)> {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| all_on(workerd, subjects));
        let one = all_on(native, subjects);
        let other = other.join().map_err(|_| anyhow::anyhow!("the thread of workerd has panicked"))?;
        Ok((one?, other?))
    })
}

/// What differs between two hosts.
pub fn differences(subjects: &[Subject], one: &[Played], other: &[Played]) -> Vec<Difference> {
    let pairs = subjects.iter().zip(one.iter().zip(other)).enumerate();
    pairs.flat_map(|(at, (subject, (one, other)))| subject.differences(at, one, other)).collect()
}

/// A seed that no run had before.
pub fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs() % 1_000_000
}

/// The last lines of a log.
pub fn end_of(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
