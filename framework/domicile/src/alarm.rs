//! [`AlarmClock`]: the one alarm that an actor has, inside the transaction of the event.

use crate::error::{Error, Result};
use crate::store::{Store, read_only};
use crate::timestamp::Timestamp;

/// The alarm of an actor: at its time the actor handles an [`Alarm`](crate::Alarm), at least once.
pub struct AlarmClock<'a> {
    store: &'a Store,
}

impl<'a> AlarmClock<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// The time it is set to.
    #[must_use]
    pub fn get(&self) -> Option<Timestamp> {
        self.store.storage().alarm()
    }

    /// Sets it, in place of the one that was set. A time that has passed means now.
    ///
    /// # Errors
    /// In a read; and where the time is not after 1970, with workerd's text.
    pub fn set(&self, at: Timestamp) -> Result<()> {
        if at.as_millis() <= 0 {
            return Err(Error::new(
                crate::Kind::Invalid,
                "setAlarm() cannot be called with an alarm time <= 0",
            ));
        }
        self.change(Some(at))
    }

    /// Clears it.
    ///
    /// # Errors
    /// In a read.
    pub fn clear(&self) -> Result<()> {
        self.change(None)
    }

    fn change(&self, at: Option<Timestamp>) -> Result<()> {
        if !self.store.is_writable() {
            return Err(read_only("setting the alarm", "alarm"));
        }
        self.store.storage().set_alarm(at).map_err(Error::from)
    }
}
