//! The clock of a host: the machine's, or one that only a test moves.

use std::future::Future;
use std::sync::Arc;
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
    Manual(Arc<watch::Sender<i64>>),
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
        Self(Kind::Manual(Arc::new(watch::Sender::new(start.as_millis()))))
    }

    /// Moves a manual clock; does nothing to the machine's.
    pub fn advance(&self, time: Duration) {
        if let Kind::Manual(now) = &self.0 {
            now.send_modify(|now| *now = Timestamp::from_millis(*now).after(time).as_millis());
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
            Kind::Manual(now) => Timestamp::from_millis(*now.borrow()),
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
            Kind::Manual(now) => {
                // The sender is held by this very value, so the wait cannot fail.
                let _ = now.subscribe().wait_for(|now| *now >= at.as_millis()).await;
            }
        }
    }
}
