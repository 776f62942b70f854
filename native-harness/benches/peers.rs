//! What an actor costs natively, side by side with what one would use instead: asking one against kameo and ractor, a point
//! read and a point write against rusqlite by hand.
//!
//! `cargo bench -p native-harness --bench peers` prints the ratios, bigger being better, and fails where one is below its
//! target; with a word behind `--`, only those that have it in their name. Each pair takes turns in short rounds, and what is
//! compared are the times which a tenth of the rounds stay below: what else the machine does makes rounds longer and none
//! shorter.
#![allow(clippy::expect_used, missing_docs)]

mod peers {
    pub(super) mod ask;
    pub(super) mod point;
}

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Rounds of each pair.
const ROUNDS: usize = 201;

/// Two ways to do the same.
pub(crate) struct Pair<'a> {
    pub(crate) name: &'a str,
    pub(crate) against: &'a str,
    /// How many times as fast as the other Domicile is to be.
    pub(crate) target: f64,
    /// What one call does so often.
    pub(crate) times: u32,
    pub(crate) domicile: &'a mut dyn FnMut(),
    pub(crate) other: &'a mut dyn FnMut(),
}

/// What has been measured, and what is to be.
pub(crate) struct Table {
    only: Option<String>,
    missed: bool,
}

impl Table {
    /// Measures a pair and prints its line.
    pub(crate) fn compare(&mut self, pair: Pair<'_>) {
        let Pair { name, against, target, times, domicile, other } = pair;
        if self.only.as_deref().is_some_and(|only| !name.contains(only) && !against.contains(only)) {
            return;
        }
        let (mut ours, mut theirs) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            ours.push(time(domicile));
            theirs.push(time(other));
        }
        let (ours, theirs) = (quick(&mut ours), quick(&mut theirs));
        let ratio = theirs / ours;
        let each = |seconds: f64| seconds * 1e6 / f64::from(times);
        let mark = if ratio >= target { "" } else { "  MISSED" };
        println!(
            "{name:<28} {against:<16} {ratio:>6.2} (at least {target}){mark:<8}  {:.2} µs against {:.2} µs",
            each(ours),
            each(theirs)
        );
        self.missed |= ratio < target;
    }
}

fn time(run: &mut dyn FnMut()) -> f64 {
    let begun = Instant::now();
    run();
    begun.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
}

/// The time that a tenth of the rounds stay below.
fn quick(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 10).copied().unwrap_or_default()
}

fn main() -> ExitCode {
    // `cargo bench` gives `--bench` besides.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let mut table = Table { only, missed: false };
    peers::ask::compare(&mut table);
    peers::point::compare(&mut table);
    if table.missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
