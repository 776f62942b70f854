//! [`Slots`]: how many databases a thread has open, and who rests and could be evicted for another.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::cell;

/// The open databases of one thread, and its resting actors.
pub(super) struct Slots {
    free: Arc<Semaphore>,
    waiting: Cell<usize>,
    next: Cell<u64>,
    /// Those with an open file come first, and of these the one that has rested for longest.
    resting: RefCell<BTreeMap<Rank, Resting>>,
}

/// An actor's place among those that rest: whether it has no file open, and how many came to rest before it.
pub(super) type Rank = (bool, u64);

struct Resting {
    since: Instant,
    cell: Rc<cell::Cell>,
}

impl Slots {
    pub(super) fn new(most: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS))),
            waiting: Cell::new(0),
            next: Cell::new(0),
            resting: RefCell::default(),
        }
    }

    /// Waits for a free slot. `evict` is called with an actor to be evicted, if one rests.
    pub(super) async fn take(&self, evict: impl FnOnce(Rc<cell::Cell>)) -> Option<OwnedSemaphorePermit> {
        if let Ok(slot) = self.free.clone().try_acquire_owned() {
            return Some(slot);
        }
        struct Waits<'a>(&'a Cell<usize>);
        impl Drop for Waits<'_> {
            fn drop(&mut self) {
                self.0.set(self.0.get() - 1);
            }
        }
        self.waiting.set(self.waiting.get() + 1);
        let _waits = Waits(&self.waiting);
        if let Some(cell) = self.oldest_open() {
            evict(cell);
        }
        // It fails only when the semaphore is closed, which nobody does.
        self.free.clone().acquire_owned().await.ok()
    }

    /// Whether someone waits for a slot.
    pub(super) fn are_wanted(&self) -> bool {
        self.waiting.get() > 0
    }

    /// Counts an actor among those that rest.
    pub(super) fn rest(&self, cell: &Rc<cell::Cell>, has_file: bool) {
        let key = (!has_file, self.next.replace(self.next.get() + 1));
        self.resting.borrow_mut().insert(key, Resting { since: Instant::now(), cell: cell.clone() });
        cell.rests.set(Some(key));
    }

    /// Takes an actor out from among those that rest.
    pub(super) fn wake(&self, cell: &cell::Cell) {
        if let Some(key) = cell.rests.take() {
            self.resting.borrow_mut().remove(&key);
        }
    }

    /// The actors that have rested for at least `idle`.
    pub(super) fn rested(&self, idle: Duration) -> Vec<Rc<cell::Cell>> {
        let resting = self.resting.borrow();
        let old = |(_, resting): &(&Rank, &Resting)| resting.since.elapsed() >= idle;
        let of = |no_file: bool| resting.range((no_file, 0)..=(no_file, u64::MAX)).take_while(old);
        of(false).chain(of(true)).map(|(_, resting)| resting.cell.clone()).collect()
    }

    fn oldest_open(&self) -> Option<Rc<cell::Cell>> {
        let resting = self.resting.borrow();
        let ((no_file, _), oldest) = resting.first_key_value()?;
        (!no_file).then(|| oldest.cell.clone())
    }
}
