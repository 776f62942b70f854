//! The clock of a host: the machine's, or one that only a test moves.

use std::collections::BTreeMap;
use std::future::Future;
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

#[derive(Debug)]
struct Manual {
    now: watch::Sender<i64>,
    /// The times that are waited for, and how many wait for each.
    waits: Mutex<BTreeMap<i64, usize>>,
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
        let now = watch::Sender::new(start.as_millis());
        Self(Kind::Manual(Arc::new(Manual { now, waits: Mutex::default() })))
    }

    /// Moves a manual clock; does nothing to the machine's.
    pub fn advance(&self, time: Duration) {
        self.move_to(self.now().after(time));
    }

    /// Moves a manual clock forward to `at`; does nothing to the machine's.
    pub(crate) fn move_to(&self, at: Timestamp) {
        if let Kind::Manual(manual) = &self.0 {
            manual.now.send_modify(|now| *now = at.as_millis().max(*now));
        }
    }

    /// The first time that something waits for on a manual clock, such as an alarm or an effect that sleeps. Who goes
    /// from one to the next meets each at its own time.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        match &self.0 {
            Kind::System => None,
            Kind::Manual(manual) => manual.waits().keys().next().map(|at| Timestamp::from_millis(*at)),
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(0).after(since)
            }
            Kind::Manual(manual) => Timestamp::from_millis(*manual.now.borrow()),
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
            Kind::Manual(manual) => {
                let at = at.as_millis();
                let _waits = Waits::new(manual, at);
                // The sender is held by this very value, so the wait cannot fail.
                let _ = manual.now.subscribe().wait_for(|now| *now >= at).await;
            }
        }
    }
}

impl Manual {
    fn waits(&self) -> MutexGuard<'_, BTreeMap<i64, usize>> {
        // Counting cannot panic half-way.
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that waits for a time.
struct Waits<'a>(&'a Manual, i64);

impl<'a> Waits<'a> {
    fn new(manual: &'a Manual, at: i64) -> Self {
        *manual.waits().entry(at).or_default() += 1;
        Self(manual, at)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let mut waits = self.0.waits();
        if let Some(count) = waits.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                waits.remove(&self.1);
            }
        }
    }
}
