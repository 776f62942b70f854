//! The host's clock as SQLite sees it. It never reads the machine's clock: the host sets it at each event.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds from the start of SQLite's Julian calendar to the Unix epoch.
const JULIAN_AT_UNIX_EPOCH: i64 = 210_866_760_000_000;

/// The time of the current event in Unix milliseconds, shared by every clone.
///
/// It stands still between two calls of [`Clock::set`], so that all statements of one event agree on the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    #[cfg(test)]
    pub(crate) fn new(unix_ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(unix_ms)))
    }

    pub(crate) fn set(&self, unix_ms: i64) {
        self.0.store(unix_ms, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The time in the milliseconds that `xCurrentTimeInt64` wants.
    pub(super) fn julian_ms(&self) -> i64 {
        self.now().saturating_add(JULIAN_AT_UNIX_EPOCH)
    }
}
