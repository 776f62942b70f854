//! A deadline that is cheap to move: the timer is touched only when it fires.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer for a deadline that moves with nearly every read and write. Moving the timer itself each
/// time would cost more than the read, so it fires at some earlier deadline and is set anew.
#[derive(Default)]
pub(super) struct Deadline(Option<Pin<Box<Sleep>>>);

impl Deadline {
    /// Whether `at` has passed; if not, the task is woken when it has.
    pub(super) fn passed(&mut self, at: Instant, cx: &mut Context<'_>) -> bool {
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if timer.deadline() > at {
            timer.as_mut().reset(at);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= at {
                return true;
            }
            timer.as_mut().reset(at);
        }
        false
    }
}

/// Ready with `None` once `at` has passed before `inner` was ready.
pub(super) fn or_passed<T>(
    inner: Poll<T>,
    deadline: &mut Deadline,
    at: Option<Instant>,
    cx: &mut Context<'_>,
) -> Poll<Option<T>> {
    match (inner, at) {
        (Poll::Ready(value), _) => Poll::Ready(Some(value)),
        (Poll::Pending, Some(at)) if deadline.passed(at, cx) => Poll::Ready(None),
        (Poll::Pending, _) => Poll::Pending,
    }
}
