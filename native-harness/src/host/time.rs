//! The clock of a host: the machine's, or one that only a test moves.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domicile::Timestamp;

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
struct Manual(Mutex<Hands>);

#[derive(Debug)]
struct Hands {
    now: i64,
    /// Those who wait, by their times and then in the order in which they came: so they are woken, for a test is to
    /// run alike each time.
    waits: BTreeMap<Place, Waker>,
    next: u64,
}

/// A time, and how many came to wait before.
type Place = (i64, u64);

impl Time {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands at `start` until [`advance`](Time::advance) moves it. Timers wait for it too.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        let hands = Hands { now: start.as_millis(), waits: BTreeMap::new(), next: 0 };
        Self(Kind::Manual(Arc::new(Manual(Mutex::new(hands)))))
    }

    /// Moves a manual clock; does nothing to the machine's.
    pub fn advance(&self, time: Duration) {
        self.move_to(self.now().after(time));
    }

    /// Moves a manual clock forward to `at`; does nothing to the machine's.
    pub(crate) fn move_to(&self, at: Timestamp) {
        if let Kind::Manual(manual) = &self.0 {
            manual.move_to(at.as_millis());
        }
    }

    /// The first time that something waits for on a manual clock, such as an alarm or an effect that sleeps. Who goes
    /// from one to the next meets each at its own time.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        match &self.0 {
            Kind::System => None,
            Kind::Manual(manual) => {
                manual.hands().waits.keys().next().map(|(at, _)| Timestamp::from_millis(*at))
            }
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
            Kind::Manual(manual) => Timestamp::from_millis(manual.hands().now),
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
                Wait { manual, at: at.as_millis(), place: None }.await;
            }
        }
    }
}

impl Manual {
    fn hands(&self) -> MutexGuard<'_, Hands> {
        // Nothing that is done with them panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn move_to(&self, at: i64) {
        let due: Vec<Waker> = {
            let mut hands = self.hands();
            hands.now = hands.now.max(at);
            hands.waits.range(..=(hands.now, u64::MAX)).map(|(_, waker)| waker.clone()).collect()
        };
        due.into_iter().for_each(Waker::wake);
    }
}

/// One that waits for a time.
struct Wait<'a> {
    manual: &'a Manual,
    at: i64,
    place: Option<Place>,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut hands = self.manual.hands();
        if hands.now >= self.at {
            return Poll::Ready(());
        }
        let place = self.place.unwrap_or((self.at, hands.next));
        hands.next += u64::from(self.place.is_none());
        hands.waits.insert(place, cx.waker().clone());
        drop(hands);
        self.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.manual.hands().waits.remove(&place);
        }
    }
}
