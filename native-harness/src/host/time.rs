//! The clock of a host: the machine's, or one that only a test moves.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domicile::Timestamp;
use tokio::sync::watch;

/// The longest nap before the machine's clock is read again: it may have been set, or the machine have slept.
const NAP: Duration = Duration::from_secs(30);

/// A clock. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Time(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Manual(Arc<Manual>),
}

/// A clock that only a test moves, and who waits for it.
#[derive(Debug)]
struct Manual {
    now: watch::Sender<i64>,
    waiting: Mutex<BTreeSet<(i64, u64)>>,
    next: AtomicU64,
}

/// One who waits for a manual clock; no more when it drops.
struct Waiting<'a> {
    clock: &'a Manual,
    key: (i64, u64),
}

impl Manual {
    fn waiting(&self) -> MutexGuard<'_, BTreeSet<(i64, u64)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, at: i64) -> Waiting<'_> {
        let key = (at, self.next.fetch_add(1, Ordering::Relaxed));
        self.waiting().insert(key);
        Waiting { clock: self, key }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.clock.waiting().remove(&self.key);
    }
}

impl Time {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands at `start` until [`advance`](Time::advance) moves it. Timers wait for it too.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Kind::Manual(Arc::new(Manual {
            now: watch::Sender::new(start.as_millis()),
            waiting: Mutex::default(),
            next: AtomicU64::new(0),
        })))
    }

    /// Moves a manual clock; does nothing to the machine's.
    pub fn advance(&self, time: Duration) {
        self.move_to(self.now().after(time));
    }

    /// Moves a manual clock forward to `at`; does nothing to the machine's.
    pub(crate) fn move_to(&self, at: Timestamp) {
        if let Kind::Manual(clock) = &self.0 {
            clock.now.send_modify(|now| *now = at.as_millis().max(*now));
        }
    }

    /// The earliest time that somebody waits for on a manual clock.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let Kind::Manual(clock) = &self.0 else { return None };
        let first = clock.waiting().first().map(|(at, _)| *at);
        first.map(Timestamp::from_millis)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(0).after(since)
            }
            Kind::Manual(clock) => Timestamp::from_millis(*clock.now.borrow()),
        }
    }

    /// Ends `time` from now. An effect's limit and its sleep are measured from the call on.
    pub(super) fn sleep(&self, time: Duration) -> impl Future<Output = ()> + use<> {
        let clock = self.clone();
        let at = self.now().after(time);
        let begun = tokio::time::Instant::now();
        async move {
            match &clock.0 {
                Kind::System => match begun.checked_add(time) {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                },
                Kind::Manual(_) => clock.until(at).await,
            }
        }
    }

    /// Ends when the clock shows `at`.
    pub(super) async fn until(&self, at: Timestamp) {
        match &self.0 {
            Kind::System => loop {
                let left = at.as_millis().saturating_sub(self.now().as_millis());
                let Ok(left @ 1..) = u64::try_from(left) else { return };
                tokio::time::sleep(Duration::from_millis(left).min(NAP)).await;
            },
            Kind::Manual(clock) => {
                let _waiting = clock.wait(at.as_millis());
                // The sender is held by this very value, so the wait cannot fail.
                let _ = clock.now.subscribe().wait_for(|now| *now >= at.as_millis()).await;
            }
        }
    }
}
