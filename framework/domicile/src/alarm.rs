//! [`Alarm`], which an actor handles like a message, and [`AlarmClock`], with which it sets the one alarm that it has.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::message::{Message, Never};
use crate::store::{Store, read_only};
use crate::timestamp::Timestamp;

/// The last time that the platform can hold, which counts nanoseconds in 64 bits (`jsg/value.h` of workerd).
const LAST: Timestamp = Timestamp::from_millis(9_223_372_036_854);

/// The alarm, handled like a message: list `Alarm` under `handles(…)` or `defers(…)`.
///
/// It comes at least once, and not before its time; on the platform up to a minute late. It is over when its handler
/// returns `Ok`, in the same transaction as what the handler wrote. After an `Err` or a panic it comes again: 2 s
/// later, then 4, 8, 16, 32 and 64, each with up to a quarter more by chance. After the sixth retry it is given up,
/// cleared, and logged as an error. An alarm that is set meanwhile takes its place, with retries of its own. An effect
/// that fails is no failure of the alarm. The source of these rules is `server/alarm-scheduler.c++` of workerd.
///
/// ```
/// # use domicile::prelude::*;
/// # #[derive(Actor, Default)]
/// # #[actor(handles(Alarm))]
/// # struct Reminder;
/// impl Handler<Alarm> for Reminder {
///     fn handle(&mut self, alarm: Alarm, cx: &Cx) -> Result<(), Failure> {
///         cx.store().execute("DELETE FROM reminder WHERE due <= ?", (cx.now(),))?;
///         let next: Option<Timestamp> = cx.store().query_one("SELECT min(due) FROM reminder", ())?;
///         if let Some(next) = next {
///             cx.alarm().set(next)?;
///         }
///         Ok(())
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// How many of its tries have failed by the actor's own fault. Failures of the host, as of its disk, are tried
    /// again too and do not count, so 0 does not say that this is the first try.
    pub retry: u32,
    /// The time that it was set to, which a retry keeps.
    pub scheduled: Timestamp,
}

impl Alarm {
    /// Whether a try of it has failed by the actor's own fault.
    #[must_use]
    pub fn is_retry(&self) -> bool {
        self.retry > 0
    }
}

impl postcard_schema::Schema for Alarm {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Alarm",
        ty: &postcard_schema::schema::DataModelType::Tuple(&[
            <u32 as postcard_schema::Schema>::SCHEMA,
            <Timestamp as postcard_schema::Schema>::SCHEMA,
        ]),
    };
}

impl Message for Alarm {
    type Reply = ();
    type Error = Never;
    const NAME: &'static str = "domicile.Alarm";
}

/// What an event has to do with the alarm of its actor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ringing {
    /// The kind of the actor.
    pub(crate) kind: &'static str,
    /// Whether the actor handles alarms.
    pub(crate) handled: bool,
    /// The time of the alarm, if the event is one.
    pub(crate) scheduled: Option<Timestamp>,
}

/// The alarm of an actor: at its time the actor handles an [`Alarm`].
///
/// There is one, in whole milliseconds. It is part of the transaction of the event, so that a rollback restores what
/// was set before, that of a [`Store::transaction`] too.
pub struct AlarmClock<'a> {
    store: &'a Store,
    now: Timestamp,
    ringing: Ringing,
}

impl<'a> AlarmClock<'a> {
    pub(crate) fn new(store: &'a Store, now: Timestamp, ringing: Ringing) -> Self {
        Self { store, now, ringing }
    }

    /// The time it is set to. While an alarm is handled it is not set; between two tries it is, to its old time.
    #[must_use]
    pub fn get(&self) -> Option<Timestamp> {
        self.store.storage().alarm()
    }

    /// Sets it, in place of the one that was set. A time that has passed means now, or the millisecond after the alarm
    /// that is being handled, whichever is later; and the time that is already set
    /// changes nothing, retries neither.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with the platform's texts (`api/actor-state.c++`, `jsg/value.h` of workerd) for a time that is
    /// not after 1970 or is after 11 April 2262; [`Kind::ReadOnly`] in a read; [`Kind::Unhandled`] where the actor
    /// does not handle [`Alarm`].
    pub fn set(&self, at: Timestamp) -> Result<()> {
        if at > LAST {
            return Err(Error::new(Kind::Invalid, "This API doesn't support dates after 2189."));
        }
        if at.as_millis() <= 0 {
            let text = "setAlarm() cannot be called with an alarm time <= 0";
            return Err(Error::new(Kind::Invalid, text));
        }
        let Ringing { kind, handled, scheduled } = self.ringing;
        if !handled {
            // workerd looks for the method of the class, which every actor's class has.
            let text = format!(
                "{kind} sets an alarm and does not handle it: list `Alarm` in its `#[actor(handles(…))]` and implement \
                 `Handler<Alarm>`"
            );
            return Err(Error::new(Kind::Unhandled, text));
        }
        // The platform takes the time of the alarm that is being handled for that very alarm, and drops it with it.
        let first =
            scheduled.map_or(self.now, |ringing| ringing.after(Duration::from_millis(1)).max(self.now));
        self.change(Some(at.max(first)))
    }

    /// Clears it. Where none is set, nothing happens.
    ///
    /// # Errors
    /// [`Kind::ReadOnly`] in a read.
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
