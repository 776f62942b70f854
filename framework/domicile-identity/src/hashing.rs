//! Hashing at the entry: one password at a time in an isolate, and few that wait.

use std::cell::RefCell;
use std::time::Duration;

use domicile::{Outside, Result, Timestamp};

use crate::password::{self, Verdict};

/// How many may wait before nobody more begins a login; each hash takes some tens of milliseconds.
const WAITING: usize = 8;

/// How many may wait at all: those who had begun when there were fewer.
const MOST: usize = 64;

/// A place that is older was lost: workerd drops nothing of a request that is cancelled.
const LOST: Duration = Duration::from_secs(120);

/// Too many wait already: 429.
pub(crate) struct Busy;

/// Those whose passwords are to be hashed, by the number of their place and since when they have it.
#[derive(Default)]
pub(crate) struct Line(RefCell<Places>);

#[derive(Default)]
struct Places {
    held: Vec<(u64, Timestamp)>,
    next: u64,
}

impl Line {
    /// Whether nobody more is to begin a login. It is asked before an attempt is counted.
    pub(crate) fn is_full(&self, now: Timestamp) -> bool {
        self.held(now) >= WAITING
    }

    /// A place for one whose attempt is counted.
    pub(crate) fn take(&self, now: Timestamp) -> Result<Place<'_>, Busy> {
        if self.held(now) >= MOST {
            return Err(Busy);
        }
        let mut places = self.0.borrow_mut();
        places.next = places.next.wrapping_add(1);
        let number = places.next;
        places.held.push((number, now));
        Ok(Place { line: self, number })
    }

    fn held(&self, now: Timestamp) -> usize {
        let mut places = self.0.borrow_mut();
        places.held.retain(|(_, since)| since.after(LOST) > now);
        places.held.len()
    }
}

/// A place in the line.
pub(crate) struct Place<'a> {
    line: &'a Line,
    number: u64,
}

impl Place<'_> {
    /// Compares a password with what is stored.
    pub(crate) async fn verified(&self, outside: &Outside, text: &str, stored: &str) -> Verdict {
        give_way(outside).await;
        password::verify(text, stored)
    }

    /// The hash of a new password.
    pub(crate) async fn hashed(&self, outside: &Outside, text: &str) -> Result<String> {
        give_way(outside).await;
        password::hash(text, outside.random())
    }
}

/// Hashing does not give way, so requests that have come meanwhile are served first.
async fn give_way(outside: &Outside) {
    outside.sleep(Duration::ZERO).await;
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.line.0.borrow_mut().held.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_place_is_given_back_or_lost_after_a_while() {
        let line = Line::default();
        let places: Vec<_> = (0..MOST).map(|_| line.take(at(0))).collect();
        assert!(places.iter().all(Result::is_ok) && line.take(at(1)).is_err() && line.is_full(at(1)));
        drop(places);
        assert!(line.take(at(1)).is_ok() && !line.is_full(at(1)));
        std::mem::forget((0..WAITING).map(|_| line.take(at(1))).collect::<Vec<_>>());
        assert!(line.is_full(at(120)) && !line.is_full(at(121)));
    }
}
