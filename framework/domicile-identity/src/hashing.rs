//! Hashing at the entry: one password at a time in an isolate, and few that wait.

use std::cell::Cell;
use std::time::Duration;

use domicile::{Outside, Result};

use crate::identity::Identity;
use crate::password::{self, Verdict};

/// How many may hold a place; each hash takes some tens of milliseconds.
const PLACES: usize = 16;

/// Too many wait already: 429.
pub(crate) struct Busy;

/// A place in the line of those whose passwords are hashed. It is taken before an attempt is counted, so that nobody is
/// told to come again and has an attempt less.
pub(crate) struct Place<'a>(&'a Cell<usize>);

impl<'a> Place<'a> {
    pub(crate) fn take(identity: &'a Identity) -> Result<Self, Busy> {
        let line = &identity.hashing;
        if line.get() >= PLACES {
            return Err(Busy);
        }
        line.set(line.get() + 1);
        Ok(Self(line))
    }

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
        self.0.set(self.0.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let identity = Identity::passwords();
        let places: Vec<_> = (0..PLACES).map(|_| Place::take(&identity)).collect();
        assert!(places.iter().all(Result::is_ok) && Place::take(&identity).is_err());
        drop(places);
        assert!(Place::take(&identity).is_ok());
    }
}
