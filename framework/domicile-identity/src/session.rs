//! Sessions: a browser has a secret, and its hash is stored. A session has a fixed lifetime, so that using one writes
//! nothing.
//!
//! The cookie that carries the secret is the door's.

use std::time::Duration;

use domicile::query::{Changes, Executor, Term as _, row};
use domicile::{Account, ForeignKey, Model as _, Result, Timestamp};

use crate::account::{Session, with_grants};
use crate::secret::{stored, token};
use crate::sweep;

/// How long a session lasts where nothing else is said: two weeks, as Django's.
pub const LIFETIME: Duration = Duration::from_hours(14 * 24);

/// How many sessions an account has at most; the oldest ends where another begins.
pub const MOST: u32 = 32;

/// A session that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSession {
    /// What the browser is given, and nobody else: 43 characters of Base64 for URLs.
    pub secret: String,
    /// When it is over.
    pub expires: Timestamp,
}

/// Without the secret.
impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// The account that is logged in where this secret is; `None` where the session is over or there was none, and where the
/// account is not active. It writes nothing, and takes two statements.
///
/// # Errors
/// The statements'.
pub async fn by_session(on: &dyn Executor, secret: &str) -> Result<Option<Account>> {
    let Some(hash) = stored(secret) else { return Ok(None) };
    let running = Session::by_key(hash).filter(Session::expires.gt(on.now()));
    match running.select(row(Session::user)).first(on).await? {
        Some(user) if user.active => Ok(Some(with_grants(on, user).await?)),
        _ => Ok(None),
    }
}

/// Begins a session for a user, and removes those of anybody that are over and the user's oldest over [`MOST`].
///
/// # Errors
/// The statements', such as a foreign key's where there is no such user.
pub async fn begin(on: &dyn Executor, user: u32, lifetime: Duration) -> Result<NewSession> {
    let mut changes = Changes::new();
    let session = add(&mut changes, on, user, lifetime)?;
    changes.apply(on).await?;
    Ok(session)
}

/// As [`begin`], among other changes.
pub(crate) fn add(
    changes: &mut Changes,
    on: &dyn Executor,
    user: u32,
    lifetime: Duration,
) -> Result<NewSession> {
    let now = on.now();
    let session = NewSession { secret: token(|bytes| on.random(bytes)), expires: now.after(lifetime) };
    let hash = stored(&session.secret).unwrap_or_default();
    changes.statement(sweep::expired_sessions(now)?);
    changes.create(
        Session::create()
            .set(Session::hash, &hash)
            .set(Session::user, ForeignKey::new(user))
            .set(Session::created, now)
            .set(Session::expires, session.expires),
    );
    changes.statement(sweep::sessions_over(MOST, user, &hash)?);
    Ok(session)
}

/// Ends a session, and tells whether there was one.
///
/// # Errors
/// The statement's.
pub async fn end(on: &dyn Executor, secret: &str) -> Result<bool> {
    let Some(hash) = stored(secret) else { return Ok(false) };
    Ok(Session::by_key(hash).delete(on).await?.total() > 0)
}

/// Ends all sessions of a user, but for the one with this secret, and tells how many there were.
///
/// # Errors
/// The statement's.
pub async fn end_all(on: &dyn Executor, user: u32, keep: Option<&str>) -> Result<u64> {
    let kept = keep.and_then(stored);
    let ended = on.apply(vec![sweep::sessions_of(user, kept.as_deref())?]).await?;
    Ok(ended.first().map_or(0, |ended| ended.changes))
}
