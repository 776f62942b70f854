//! [`Journal`]: what the actors of a test did, in order, for whoever looks into a failure.

use std::fmt::Write as _;

use domicile::Timestamp;
use domicile::platform::Cost;
use domicile::resident::Verdict;
use domicile::wire::ActorRef;

use crate::host::Ended;

/// The most lines of a journal that are shown.
const SHOWN: usize = 200;

/// What the actors of one run did.
#[derive(Debug)]
pub(crate) struct Journal {
    start: Timestamp,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    at: Timestamp,
    actor: Option<ActorRef>,
    what: String,
    outcome: String,
}

impl Journal {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self { start, lines: Vec::new() }
    }

    /// Notes that an actor begins something; gives the number of its line.
    pub(crate) fn begin(&mut self, at: Timestamp, actor: &ActorRef, what: String) -> usize {
        self.lines.push(Line { at, actor: Some(actor.clone()), what, outcome: "not ended".to_owned() });
        self.lines.len() - 1
    }

    /// Notes how it ended.
    pub(crate) fn end(&mut self, line: usize, ended: Ended) {
        if let Some(line) = self.lines.get_mut(line) {
            line.outcome = match ended {
                Ended::Failed => "failed".to_owned(),
                Ended::With(Verdict::Again, _) => "migrated".to_owned(),
                Ended::With(Verdict::Commit, cost) => format!("committed, {}", told(cost)),
                Ended::With(Verdict::Rollback, cost) => format!("rolled back, {}", told(cost)),
            };
        }
    }

    /// Notes something that the test or the platform did.
    pub(crate) fn note(&mut self, at: Timestamp, what: impl Into<String>) {
        self.lines.push(Line { at, actor: None, what: what.into(), outcome: String::new() });
    }

    /// The last lines, with the time since the start of the test.
    pub(crate) fn show(&self) -> String {
        let mut out = String::new();
        let skipped = self.lines.len().saturating_sub(SHOWN);
        if skipped > 0 {
            let _ = writeln!(out, "  … {skipped} lines before");
        }
        for (number, line) in self.lines.iter().enumerate().skip(skipped) {
            let ms = line.at.as_millis() - self.start.as_millis();
            let _ = match &line.actor {
                Some(actor) => writeln!(
                    out,
                    "{number:>5}  +{}.{:03} s  {actor}: {} ({})",
                    ms / 1000,
                    ms % 1000,
                    line.what,
                    line.outcome
                ),
                None => writeln!(out, "{number:>5}  +{}.{:03} s  {}", ms / 1000, ms % 1000, line.what),
            };
        }
        out
    }
}

fn told(cost: Cost) -> String {
    format!("{} statements, {} rows written", cost.statements, cost.written)
}
