//! Cloudflare Access: who a token proves to ask, without IO and without a clock of its own.
//!
//! A host asks [`Access::check`] and does what it says, which may be to fetch keys and to ask again:
//!
//! 1. [`token_of`] finds the token of a request.
//! 2. [`Gate::peek`] makes all checks that need no key, so that nothing is fetched for a token that could not be valid.
//! 3. [`KeyCache::lookup`] has the key, or says what to do to get it.
//! 4. [`Candidate::verify`] checks the signature, and gives the [`Principal`].
//!
//! What is accepted: RS256 only; `iss` exactly that of a configured team; `aud` with the configured audience; `type` `app`;
//! `exp` in the future, with no leeway; `nbf` and `iat`, where they are there, at most 60 s in the future.

mod cache;
mod claims;
mod gate;
mod issued;
mod json;
mod keys;
mod paths;
mod platform;
mod provider;
mod rejected;
mod settings;
mod source;
mod team;
pub mod test;
mod token;

use std::time::Duration;

use domicile::{Env, Principal, Result, Timestamp};

use paths::Prefix;

pub use cache::{FETCH_TIMEOUT, Failed, Fetch, KeyCache, Lookup, Ticket};
pub use gate::{Gate, Issuer};
pub(crate) use issued::{misspelled, said_in, unclear};
pub use keys::{Key, KeySet, MAX_KEY_SET, MAX_KEYS, Unfit};
pub use rejected::{Quoted, Rejected};
pub use settings::{
    ALLOWED_TEAMS, ANY_AUDIENCE, AUD, Application, CACHE_TIMEOUT, CERTS_URL, EXEMPT_PATHS, Settings,
    TEAM_NAME,
};
pub(crate) use source::has_assertion;
pub use source::{ASSERTION_HEADER, TOKEN_COOKIES, token_of};
pub use team::Team;
pub use token::{Candidate, MAX_KEY_ID, MAX_TOKEN};

/// What is configured of Cloudflare Access. It never changes after it was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The longest path first; the site's own, which has none, last.
    gates: Vec<(Option<Prefix>, Gate)>,
    exempt: Vec<Prefix>,
    issuers: Vec<Issuer>,
    cache_timeout: Duration,
}

/// What is to be done about a token.
#[derive(Debug)]
pub enum Check {
    /// It proves who asks.
    Proven(Principal),
    /// Fetch keys, hand them to [`KeyCache::complete`], and check again. A request is told so once.
    Fetch(Fetch),
    /// Check again after a moment, or answer as for [`Unavailable`](Self::Unavailable): others are fetching keys.
    Busy,
    /// It proves nothing: 401, but on an exempt path.
    Rejected(Rejected),
    /// No keys can be had: 500, but on an exempt path.
    Unavailable,
}

impl Access {
    /// What the environment says; see [`Settings::or_env`].
    ///
    /// # Errors
    /// As [`Settings::or_env`] and [`Settings::build`].
    pub fn from_env(env: &Env) -> Result<Self> {
        Settings::new().or_env(env)?.build()
    }

    fn new(
        mut gates: Vec<(Option<Prefix>, Gate)>,
        exempt: Vec<Prefix>,
        issuers: Vec<Issuer>,
        cache_timeout: Duration,
    ) -> Self {
        gates.sort_by_key(|(path, _)| std::cmp::Reverse(path.as_ref().map_or(0, |path| path.as_str().len())));
        Self { gates, exempt, issuers, cache_timeout }
    }

    /// The application for the path of a request, which may still be percent-encoded: the one of the longest path that
    /// covers it by whole segments. `None` where there is none: no token is accepted there.
    #[must_use]
    pub fn gate(&self, path: &str) -> Option<&Gate> {
        let path = paths::seen(path)?;
        let found = self.gates.iter().find(|(prefix, _)| prefix.as_ref().is_none_or(|p| p.covers(&path)))?;
        Some(&found.1)
    }

    /// Whether the path of a request needs no token. A path with a segment `.` or `..` always needs one.
    #[must_use]
    pub fn is_exempt(&self, path: &str) -> bool {
        paths::seen(path).is_some_and(|path| {
            !paths::has_dots(&path) && self.exempt.iter().any(|entry| entry.covers(&path))
        })
    }

    /// Everybody whose tokens may be accepted.
    #[must_use]
    pub fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }

    /// How long keys are used before newer ones are asked for.
    #[must_use]
    pub fn cache_timeout(&self) -> Duration {
        self.cache_timeout
    }

    /// Who the token of a request for `path` proves to ask, or what is to be done to know it.
    pub fn check(&self, cache: &mut KeyCache, path: &str, token: &str, now: Timestamp) -> Check {
        let Some(gate) = self.gate(path) else { return Check::Rejected(Rejected::NoApplication) };
        let candidate = match gate.peek(token, now) {
            Ok(candidate) => candidate,
            Err(rejected) => return Check::Rejected(rejected),
        };
        match cache.lookup(&candidate, now) {
            Lookup::Found(key) => match candidate.verify(&key) {
                Ok(principal) => Check::Proven(principal),
                Err(rejected) => Check::Rejected(rejected),
            },
            Lookup::Stale(_, fetch) | Lookup::Fetch(fetch) => Check::Fetch(fetch),
            Lookup::Busy => Check::Busy,
            Lookup::Unknown => Check::Rejected(candidate.unknown_key()),
            Lookup::Unavailable => Check::Unavailable,
        }
    }

    /// Who the token proves to ask, as far as the keys that are held tell: for an exempt path, where nothing is fetched and
    /// nothing fails. `None` is nobody who is known.
    #[must_use]
    pub fn check_held(&self, cache: &KeyCache, path: &str, token: &str, now: Timestamp) -> Option<Principal> {
        let candidate = self.gate(path)?.peek(token, now).ok()?;
        candidate.verify(&*cache.held(&candidate, now)?).ok()
    }

    /// [`check`](Self::check) with the keys of one issuer at hand.
    ///
    /// # Errors
    /// The token proves nothing.
    pub fn verify(
        &self,
        keys: &KeySet,
        path: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Principal, Rejected> {
        let candidate = self.gate(path).ok_or(Rejected::NoApplication)?.peek(token, now)?;
        let key = keys.key(candidate.key_id()).ok_or_else(|| candidate.unknown_key())?;
        candidate.verify(key)
    }
}
