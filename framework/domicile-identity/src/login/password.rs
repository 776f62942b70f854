//! Changing a password.

use domicile::query::{Changes, Executor, Term as _};
use domicile::{Error, Model as _, Problem, Result};

use crate::account::User;
use crate::password::{UNUSABLE, is_usable};
use crate::secret::stored;
use crate::sweep;

/// Stores the hash of a new password, or [`UNUSABLE`], and ends the user's sessions, but for the one with the secret `keep`,
/// and the logins that are being compared with the old one. Who may do this, and what the old password was, is asked before.
///
/// # Errors
/// [`Kind::NotFound`](domicile::Kind::NotFound) where there is no such user; [`Kind::Invalid`](domicile::Kind::Invalid)
/// where `hash` is no hash.
pub async fn change_password(on: &dyn Executor, user: u32, hash: &str, keep: Option<&str>) -> Result<()> {
    change(on, user, None, hash, keep).await
}

/// As [`change_password`], where the account still has the password whose hash `was` is, and is active.
///
/// # Errors
/// As there; [`Kind::Conflict`](domicile::Kind::Conflict) where it has another.
pub async fn replace_password(
    on: &dyn Executor,
    user: u32,
    was: &str,
    hash: &str,
    keep: Option<&str>,
) -> Result<()> {
    change(on, user, Some(was), hash, keep).await
}

async fn change(
    on: &dyn Executor,
    user: u32,
    was: Option<&str>,
    hash: &str,
    keep: Option<&str>,
) -> Result<()> {
    if hash != UNUSABLE && !is_usable(hash) {
        return Err(Error::invalid([Problem::new(
            "password",
            "This is no hash: give what `password::hash` gave.",
        )]));
    }
    let kept = keep.and_then(stored);
    let mut changes = Changes::new();
    if let Some(was) = was {
        let same = User::by_key(user).filter(User::password.eq(was) & User::active.eq(true));
        changes.require(same, "the account has changed");
    }
    changes.update(User::by_key(user).update().set(User::password, hash));
    changes.statement(sweep::sessions_of(user, kept.as_deref())?);
    changes.statement(sweep::nonces_of(user)?);
    match changes.apply(on).await?.rows.first() {
        Some(1) => Ok(()),
        _ => Err(Error::not_found(User::SCHEMA.verbose_name)),
    }
}
