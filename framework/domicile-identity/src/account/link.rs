//! What an administrator does where an identity and an account do not fit: binding anew.

use domicile::query::{Changes, Executor};
use domicile::{ForeignKey, Model as _, Result};

use super::model::{AccessIdentity, User};
use crate::password::UNUSABLE;
use crate::sweep;

/// Binds an account to the subject of an issuer, instead of whatever either was bound to there. The account's sessions end
/// and it has no password any more, since they may be those of whoever had it before.
///
/// # Errors
/// [`Kind::NotFound`](domicile::Kind::NotFound) where there is no such account; the statements'.
pub async fn relink(on: &dyn Executor, user: u32, issuer: &str, subject: &str) -> Result<()> {
    User::by_key(user).select(User::id).get(on).await?;
    let mut changes = Changes::new();
    changes.statement(sweep::identities(issuer, subject, user)?);
    changes.create(
        AccessIdentity::create()
            .set(AccessIdentity::issuer, issuer)
            .set(AccessIdentity::subject, subject)
            .set(AccessIdentity::user, ForeignKey::new(user)),
    );
    changes.update(User::by_key(user).update().set(User::password, UNUSABLE));
    changes.statement(sweep::sessions_of(user, None)?);
    changes.statement(sweep::nonces_of(user)?);
    changes.apply(on).await.map(|_| ())
}

/// Unbinds an account from an issuer, ends its sessions, and tells whether it was bound. Where the policy links local
/// accounts, the next who proves to have its e-mail address is bound to it.
///
/// # Errors
/// The statements'.
pub async fn unlink(on: &dyn Executor, user: u32, issuer: &str) -> Result<bool> {
    let mut changes = Changes::new();
    // No token has an empty subject, so that only the account counts.
    changes.statement(sweep::identities(issuer, "", user)?);
    changes.statement(sweep::sessions_of(user, None)?);
    Ok(changes.apply(on).await?.rows.first().is_some_and(|unbound| *unbound > 0))
}
