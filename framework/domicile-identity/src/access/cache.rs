//! [`KeyCache`]: which keys are held, how old they are, and when newer ones are to be fetched. It fetches nothing itself.
//!
//! On workerd no request may wait for another's fetch, so the cache never asks for that: of several requests one is told
//! to fetch, and the others use what is held.

use std::sync::Arc;
use std::time::Duration;

use domicile::Timestamp;

use super::Access;
use super::gate::Issuer;
use super::keys::{Key, KeySet, Unfit};
use super::token::Candidate;

/// How long a fetch may take. A host gives it up after that.
pub const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// After this a fetch of which nothing was heard is taken for lost, as when its request was cancelled.
const LOST: Duration = Duration::from_secs(10);
/// How long nothing is fetched after a fetch that failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(10);
/// How long nothing is fetched for an unknown key after the last fetch began.
const UNKNOWN_PAUSE: Duration = Duration::from_secs(60);
/// How old a set may be that serves because no newer one can be had: Cloudflare takes an old key away after 7 days.
const OLDEST: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How many fetches may be on their way while there are no keys at all, since none can wait for another's.
const COLD_FETCHES: usize = 4;
/// A clock that was set back by more than this has no more to say of how long ago something was. Requests of one isolate
/// each see their own frozen time, so a little is no sign of that.
const SET_BACK: i64 = 5 * 60 * 1_000;

/// The keys of each configured issuer, and of nobody else.
#[derive(Debug)]
pub struct KeyCache {
    shelves: Vec<Shelf>,
    timeout: Duration,
    tickets: u64,
}

/// What to do about a candidate's key.
#[derive(Debug)]
pub enum Lookup {
    /// This is it.
    Found(Arc<Key>),
    /// This is it, but the set is over its time. Fetch, and look it up again; who does not want to wait may use the key.
    Stale(Arc<Key>, Fetch),
    /// It is not held: fetch, and look it up again.
    Fetch(Fetch),
    /// No keys are held, and enough fetches are on their way. Look it up again after a moment, or answer as for
    /// [`Unavailable`](Self::Unavailable).
    Busy,
    /// The issuer has no such key: the token is rejected.
    Unknown,
    /// No keys can be had. That says nothing of the token: the answer is 500 and never 401.
    Unavailable,
}

/// A fetch that is to be made now, with a GET without redirects, of at most [`MAX_KEY_SET`](super::MAX_KEY_SET) bytes and
/// [`FETCH_TIMEOUT`]. Whatever comes of it is handed to [`KeyCache::complete`].
#[derive(Debug)]
#[must_use = "a fetch that is not made holds up others for 10 s"]
pub struct Fetch {
    /// From where.
    pub url: String,
    /// What it is handed back with.
    pub ticket: Ticket,
}

/// Which fetch it was.
#[derive(Debug)]
pub struct Ticket {
    shelf: usize,
    number: u64,
    begun: Timestamp,
    /// When the fetch before it began.
    before: Option<Timestamp>,
}

/// Why a fetch brought no keys.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Nothing came, or another status than 200.
    #[error("the keys of {issuer} cannot be fetched: {why}")]
    Fetch {
        /// Whose keys.
        issuer: String,
        /// What the host said.
        why: String,
    },
    /// What came is no key set.
    #[error("what {issuer} serves as its keys is of no use: {why}")]
    Unfit {
        /// Whose keys.
        issuer: String,
        /// What is wrong with it.
        why: Unfit,
    },
}

#[derive(Debug)]
struct Shelf {
    issuer: Issuer,
    held: Option<Held>,
    /// The fetches on their way, by their tickets.
    under_way: Vec<(u64, Timestamp)>,
    /// When the last fetch began.
    asked: Option<Timestamp>,
    /// When the last fetch failed, if it did.
    failed: Option<Timestamp>,
}

#[derive(Debug)]
struct Held {
    keys: KeySet,
    /// When its fetch began, so that it is never younger than it looks.
    since: Timestamp,
}

impl KeyCache {
    /// A cache for the issuers that are configured, without keys.
    #[must_use]
    pub fn new(access: &Access) -> Self {
        let shelf = |issuer: &Issuer| Shelf {
            issuer: issuer.clone(),
            held: None,
            under_way: Vec::new(),
            asked: None,
            failed: None,
        };
        Self {
            shelves: access.issuers().iter().map(shelf).collect(),
            timeout: access.cache_timeout(),
            tickets: 0,
        }
    }

    /// The candidate's key, or what is to be done to get it.
    pub fn lookup(&mut self, candidate: &Candidate<'_>, now: Timestamp) -> Lookup {
        let Some(at) = self.shelves.iter().position(|shelf| shelf.issuer.name == candidate.issuer()) else {
            return Lookup::Unknown;
        };
        let timeout = self.timeout;
        let Some(shelf) = self.shelves.get_mut(at) else { return Lookup::Unknown };
        shelf.under_way.retain(|(_, begun)| within(*begun, LOST, now));
        let pausing = shelf.failed.is_some_and(|failed| within(failed, FAILURE_PAUSE, now));
        let busy = shelf.under_way.len();
        let Some(held) = shelf.usable(now) else {
            return match busy {
                _ if pausing => Lookup::Unavailable,
                COLD_FETCHES.. => Lookup::Busy,
                _ => Lookup::Fetch(self.fetch(at, now)),
            };
        };
        match held.keys.key(candidate.key_id()) {
            Some(key) => {
                let key = key.clone();
                if busy > 0 || pausing || within(held.since, timeout, now) {
                    return Lookup::Found(key);
                }
                Lookup::Stale(key, self.fetch(at, now))
            }
            None if shelf.asked.is_some_and(|asked| within(asked, UNKNOWN_PAUSE, now)) => Lookup::Unknown,
            None => Lookup::Fetch(self.fetch(at, now)),
        }
    }

    /// The candidate's key, if it is held and not too old to serve.
    #[must_use]
    pub fn held(&self, candidate: &Candidate<'_>, now: Timestamp) -> Option<Arc<Key>> {
        let shelf = self.shelves.iter().find(|shelf| shelf.issuer.name == candidate.issuer())?;
        shelf.usable(now)?.keys.key(candidate.key_id()).cloned()
    }

    /// Takes in what came of a fetch: the body of a 200, or why there is none.
    ///
    /// # Errors
    /// It brought no keys; this is for the log, and what was held goes on being held.
    pub fn complete(
        &mut self,
        ticket: Ticket,
        answer: Result<&[u8], String>,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let Some(shelf) = self.shelves.get_mut(ticket.shelf) else { return Ok(()) };
        shelf.under_way.retain(|(number, _)| *number != ticket.number);
        let issuer = shelf.issuer.name.clone();
        let keys = match answer {
            Ok(body) => KeySet::read(&issuer, body).map_err(|why| Failed::Unfit { issuer, why }),
            Err(why) => Err(Failed::Fetch { issuer, why }),
        };
        match keys {
            Ok(keys) => {
                shelf.failed = None;
                // An answer that comes late may be older than what is held.
                if shelf.usable(now).is_none_or(|held| held.since <= ticket.begun) {
                    shelf.held = Some(Held { keys, since: ticket.begun });
                }
                Ok(())
            }
            Err(failed) => {
                shelf.failed = Some(now);
                Err(failed)
            }
        }
    }

    /// Takes back a fetch that is not made after all, so that the next request may be told to make it.
    pub fn give_back(&mut self, ticket: Ticket) {
        if let Some(shelf) = self.shelves.get_mut(ticket.shelf) {
            shelf.under_way.retain(|(number, _)| *number != ticket.number);
            if shelf.asked == Some(ticket.begun) {
                shelf.asked = ticket.before;
            }
        }
    }

    fn fetch(&mut self, at: usize, now: Timestamp) -> Fetch {
        self.tickets = self.tickets.wrapping_add(1);
        let mut url = String::new();
        let mut before = None;
        if let Some(shelf) = self.shelves.get_mut(at) {
            shelf.under_way.push((self.tickets, now));
            before = shelf.asked.replace(now);
            url.clone_from(&shelf.issuer.certs_url);
        }
        Fetch { url, ticket: Ticket { shelf: at, number: self.tickets, begun: now, before } }
    }
}

impl Shelf {
    /// What is held, if it may still serve.
    fn usable(&self, now: Timestamp) -> Option<&Held> {
        self.held.as_ref().filter(|held| within(held.since, OLDEST, now))
    }
}

/// Whether less than `period` has passed since `then`.
fn within(then: Timestamp, period: Duration, now: Timestamp) -> bool {
    let passed = now.as_millis().saturating_sub(then.as_millis());
    passed >= -SET_BACK && u128::try_from(passed).unwrap_or(0) < period.as_millis()
}
