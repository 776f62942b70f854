//! Waiting for something with a deadline.

use std::time::{Duration, Instant};

/// Tries until `attempt` gives something.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: not within {limit:?}");
        // Both hosts run on the cores that polling would take from them.
        std::thread::sleep(Duration::from_millis(5));
    }
}
