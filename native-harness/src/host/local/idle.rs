//! [`Idle`]: what an event loop does that has nothing left to do. It asks before it would sleep.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::Time;

/// How often the clock moves by itself before one call is given up: something that waits again and again would else keep
/// the others from noticing that nothing answers them. An effect that waits a millisecond at a time needs 30,000.
const MOVES: u32 = 1_000_000;

/// Decides what an event loop without work does next.
pub(super) struct Idle {
    time: Time,
    /// Those who wait until there is no work.
    resting: AtomicUsize,
    rest: Notify,
    moves: AtomicU32,
    stall: Notify,
}

impl Idle {
    pub(super) fn new(time: Time) -> Self {
        Self {
            time,
            resting: AtomicUsize::new(0),
            rest: Notify::new(),
            moves: AtomicU32::new(0),
            stall: Notify::new(),
        }
    }

    /// Something new is to be run.
    pub(super) fn begin(&self) {
        self.moves.store(0, Ordering::Relaxed);
    }

    /// Ends when there is no work.
    pub(super) async fn rest(&self) {
        struct Resting<'a>(&'a AtomicUsize);
        impl Drop for Resting<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
        self.resting.fetch_add(1, Ordering::Relaxed);
        let _resting = Resting(&self.resting);
        self.rest.notified().await;
    }

    /// Ends when nothing is left to do and nobody waits for a time.
    pub(super) async fn stalled(&self) {
        self.stall.notified().await;
    }

    /// The event loop has no work. It looks for some after this, and sleeps only when there is none.
    pub(super) fn parked(&self) {
        if self.resting.load(Ordering::Relaxed) > 0 {
            return self.rest.notify_one();
        }
        match self.time.next() {
            Some(next) if self.moves.fetch_add(1, Ordering::Relaxed) < MOVES => self.time.move_to(next),
            _ => self.stall.notify_one(),
        }
    }
}
