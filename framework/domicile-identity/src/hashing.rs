//! Hashing at the entry: one password at a time in an isolate, and few that wait.

use std::cell::Cell;
use std::time::Duration;

use domicile::{Outside, Result};

use crate::identity::Identity;
use crate::password::{self, Verdict};

/// How many may wait; each takes some tens of milliseconds.
const WAITING: usize = 8;

/// Too many wait already: 429.
pub(crate) struct Busy;

/// Compares a password with what is stored.
pub(crate) async fn verified(
    identity: &Identity,
    outside: &Outside,
    text: &str,
    stored: &str,
) -> Result<Verdict, Busy> {
    let _place = Place::in_line(identity, outside).await?;
    Ok(password::verify(text, stored))
}

/// The hash of a new password.
pub(crate) async fn hashed(
    identity: &Identity,
    outside: &Outside,
    text: &str,
) -> Result<Result<String>, Busy> {
    let _place = Place::in_line(identity, outside).await?;
    Ok(password::hash(text, outside.random()))
}

/// A place in the line of those who wait.
struct Place<'a>(&'a Cell<usize>);

impl<'a> Place<'a> {
    async fn in_line(identity: &'a Identity, outside: &Outside) -> Result<Self, Busy> {
        if identity.hashing.get() >= WAITING {
            return Err(Busy);
        }
        identity.hashing.set(identity.hashing.get() + 1);
        let place = Self(&identity.hashing);
        // Hashing does not give way, so requests that have come meanwhile are served first.
        outside.sleep(Duration::ZERO).await;
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}
