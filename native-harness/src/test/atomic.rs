//! [`Host::atomic`]: a call that must happen whole or not at all, whatever goes wrong.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::rc::Rc;

use super::fault::Fault;
use super::host::Host;

/// How often a call is made that the fault of a run kept from being applied.
const CALLS: usize = 3;

/// What the atomic calls of a run without faults gave, by which those of the other runs are judged.
#[derive(Default)]
pub(super) struct Records {
    calls: RefCell<Vec<Record>>,
    /// The records of the run without faults; none in that run itself.
    known: Option<Rc<Records>>,
    next: Cell<usize>,
}

/// A call, and what could be seen of it: values of the types that the test chose.
struct Record {
    before: Rc<dyn Any>,
    after: Rc<dyn Any>,
    result: Rc<dyn Any>,
}

impl Records {
    /// Those of a run that is judged by `known`.
    pub(super) fn judged_by(known: Rc<Records>) -> Self {
        Self { known: Some(known), ..Self::default() }
    }
}

impl Host {
    /// Makes a call that must happen whole or not at all, and gives what it gave.
    ///
    /// `view` says what can be seen of the call: it looks into stores, and gives anything that can be shown. Without
    /// faults this runs the call and nothing more. Where `crash_everywhere` lets something go wrong in the call,
    /// `view` must give what it gave before the call, or what it gives after the call when nothing goes wrong. Where
    /// nothing was applied the call is made again; where the reply was lost, this gives the reply of the run without
    /// faults. So the rest of the test goes on as if nothing had happened.
    ///
    /// ```
    /// # use domicile::prelude::*;
    /// # use native_harness::test::Host;
    /// # #[derive(Message, Serialize, Deserialize, Schema)] #[message(reply = i64)] struct Add(i64);
    /// # #[derive(Actor, Default)] #[actor(handles(Add))] struct Counter;
    /// # impl Handler<Add> for Counter { fn handle(&mut self, _: Add, _: &Cx) -> Result<i64, Failure> { Ok(1) } }
    /// # fn test(host: Host) {
    /// let counter = host.actor::<Counter>("main");
    /// let total = host.atomic(
    ///     |_| counter.ask(Add(2)),
    ///     |_| counter.store(|store| store.query_one::<i64>("SELECT n FROM counter", ()).ok()),
    /// );
    /// assert_eq!(total, Ok(2));
    /// # }
    /// ```
    ///
    /// Calls of an effect, such as a message to another actor, are part of the call: one that crashes in the middle
    /// leaves a half of it, which this finds.
    ///
    /// # Panics
    /// Half of the call was applied, which fails the test.
    #[track_caller]
    pub fn atomic<T: Clone + 'static, V: PartialEq + Debug + 'static>(
        &self,
        call: impl Fn(&Self) -> T,
        view: impl Fn(&Self) -> V,
    ) -> T {
        let records = &self.session.0.records;
        let rig = &self.session.0.rig;
        let number = records.next.replace(records.next.get() + 1);
        let Some(known) = &records.known else {
            let before = Rc::new(view(self));
            let result = call(self);
            let record = Record { before, after: Rc::new(view(self)), result: Rc::new(result.clone()) };
            records.calls.borrow_mut().push(record);
            return result;
        };
        let known = known.calls.borrow();
        let of = |record: &Record| {
            let after = record.after.clone().downcast::<V>().ok()?;
            Some((
                record.before.clone().downcast::<V>().ok()?,
                after,
                record.result.clone().downcast::<T>().ok()?,
            ))
        };
        let Some((before, wanted, reply)) = known.get(number).and_then(of) else {
            panic!(
                "this atomic call is not made when nothing goes wrong: what a test does must not depend on what its \
                 calls give"
            );
        };
        // Where the clock has moved, what is stored may differ by the time alone.
        let moved = rig.injection().is_some_and(|injection| injection.fault == Fault::LateAlarm);
        for _ in 0..CALLS {
            let fired = rig.fired();
            let result = call(self);
            // Until something goes wrong, all is as in the run without faults.
            if !rig.fired() || moved {
                return result;
            }
            let after = view(self);
            if after == *wanted {
                return if fired { result } else { (*reply).clone() };
            }
            assert!(
                after == *before && !fired,
                "this call was applied by halves\nbefore: {before:#?}\nwithout faults: {wanted:#?}\nnow: {after:#?}"
            );
            rig.note("the call was not applied, and is made again");
        }
        panic!("this call was not applied, however often it was made");
    }
}
