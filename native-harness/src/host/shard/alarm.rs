//! How an alarm runs: whether it is still due, in one transaction with its handler, and what becomes of it when it fails.

use std::rc::Rc;

use bytes::Bytes;
use domicile::platform::{CallFailure, Cost, Storage};
use domicile::resident::{Done, Then, Verdict};
use domicile::wire::{Event, Reply, What};

use super::Shard;
use super::event::DELIVERIES;
use crate::host::alarms::{Fault, Ring, Tries};
use crate::host::cell::{Cell, Home};
use crate::host::router::{Pass, failure};
use crate::host::vault::failed;
use crate::tooth::{self, Tooth};

/// What came of an alarm that rang.
enum Rang {
    /// It was cleared or moved after it was put into the queue.
    NotDue,
    /// It was handled, and this follows.
    Handled(Box<Event>, Then),
    /// It failed and is to be tried again.
    Failed(Ring, Fault),
}

impl Shard {
    /// Runs the alarm if it is due.
    pub(super) async fn alarm(
        self: &Rc<Self>,
        cell: &Rc<Cell>,
        home: &mut Option<Home>,
        ring: Ring,
        pass: Pass,
    ) {
        match self.ring_once(cell, home, ring).await {
            Ok(Rang::NotDue) => {}
            Ok(Rang::Handled(event, then)) => self.follow(cell, *event, then, None, pass),
            Ok(Rang::Failed(ring, fault)) => self.alarm_failed(cell, home, ring, fault).await,
            Err(failure) => {
                tracing::error!(actor = %cell.actor, error = failure.message, "the alarm could not be run");
                self.alarm_failed(cell, home, ring, Fault::Host).await;
            }
        }
    }

    /// Lets a failed alarm ring again later, or gives it up.
    pub(super) async fn alarm_failed(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Option<Home>,
        ring: Ring,
        fault: Fault,
    ) {
        if tooth::bites(Tooth::LosesFailedAlarms)
            || self.alarms.retry(&cell.actor, self.time.now(), ring, fault)
        {
            return;
        }
        tracing::error!(
            actor = %cell.actor, tries = ring.tries.counted + 1,
            "the alarm is given up: its handler failed at every try"
        );
        if let Err(failure) = self.give_up(cell, home, ring).await {
            // It is then found again when the actor next wakes, so it is not lost without a word.
            tracing::error!(actor = %cell.actor, error = failure.message, "the alarm could not be cleared");
        }
    }

    async fn ring_once(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Option<Home>,
        ring: Ring,
    ) -> Result<Rang, CallFailure> {
        let request = self.site().request_id();
        // Its own time was known, or this would not be running.
        let home = self.wake(cell, home, false).await?;
        for _ in 0..DELIVERIES {
            self.begin(cell, home)?;
            let set = home.storage.alarm();
            let now = self.time.now();
            let Some(scheduled) = set.filter(|at| *at <= now) else {
                self.end(cell, home, Verdict::Rollback, Cost::default()).await?;
                self.alarms.set(&cell.actor, set);
                return Ok(Rang::NotDue);
            };
            // One that was set meanwhile, and is due too, has not failed yet.
            let tries = if scheduled == ring.scheduled { ring.tries } else { Tries::default() };
            let what = What::Alarm { retry: tries.counted, scheduled: scheduled.as_millis() };
            let event = Event::new(request, what);
            let wrong = |error| failed(&cell.actor, &error);
            // While its handler runs there is no alarm; one that it sets is the next.
            home.storage.set_alarm(None).map_err(wrong)?;
            let done = self.at_event_time(|| home.residence.deliver(&event, Bytes::new()));
            let Done { verdict, then, cost } = done;
            if verdict == Verdict::Again {
                // Only the migration is committed, and the alarm is still to be handled.
                home.storage.set_alarm(Some(scheduled)).map_err(wrong)?;
            }
            let again =
                verdict == Verdict::Commit && tries.counted == 0 && tooth::bites(Tooth::RepeatsAlarms);
            if again {
                home.storage.set_alarm(Some(scheduled)).map_err(wrong)?;
            }
            // A statement that ended the transaction, as on a full disk, is no fault of the actor's.
            let broken = home.storage.check().is_err();
            self.end(cell, home, verdict, cost).await?;
            match verdict {
                Verdict::Again => {}
                _ if again => return Ok(Rang::Failed(Ring { scheduled, tries }, Fault::Actor)),
                Verdict::Rollback if matches!(then, Then::Reply(Reply::Failed(_), _)) => {
                    let fault = if broken { Fault::Host } else { Fault::Actor };
                    return Ok(Rang::Failed(Ring { scheduled, tries }, fault));
                }
                Verdict::Commit | Verdict::Rollback => return Ok(Rang::Handled(Box::new(event), then)),
            }
        }
        Err(failure("the actor asked to be given the event again and again"))
    }

    /// Clears an alarm that is given up, in a transaction of its own.
    async fn give_up(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Option<Home>,
        ring: Ring,
    ) -> Result<(), CallFailure> {
        let home = self.wake(cell, home, false).await?;
        self.begin(cell, home)?;
        // One that was set since is another one.
        let verdict = if home.storage.alarm() == Some(ring.scheduled) {
            home.storage.set_alarm(None).map_err(|error| failed(&cell.actor, &error))?;
            Verdict::Commit
        } else {
            Verdict::Rollback
        };
        self.end(cell, home, verdict, Cost::default()).await
    }
}
