//! [`Host::atomic`]: a call that must happen whole or not at all, whatever goes wrong.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::rc::Rc;

use domicile::Timestamp;

use super::host::Host;
use super::session::Replies;

/// How often a call is made that the fault of a run kept from being applied.
const CALLS: usize = 3;

/// What the atomic calls of a run without faults gave, by which those of the other runs are judged.
#[derive(Default)]
pub(super) struct Records {
    /// By their order, with room for those that have not ended: a call may be made of others.
    calls: RefCell<Vec<Option<Record>>>,
    /// The records of the run without faults; none in that run itself.
    known: Option<Rc<Records>>,
    next: Cell<usize>,
}

/// A call, and what could be seen of it: values of the types that the test chose.
struct Record {
    before: Rc<dyn Any>,
    after: Rc<dyn Any>,
    result: Rc<dyn Any>,
    /// The time after it.
    ended: Timestamp,
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
    /// `view` says what can be seen of the call: it looks into stores or asks, which is no point where anything goes
    /// wrong, and gives anything that can be shown. Without faults this runs the call and nothing more. Where
    /// `crash_everywhere` lets something go wrong in the call, `view` must give what it gave before the call, or what
    /// it gives after the call when nothing goes wrong. (Where this has moved the clock, as a late alarm does, it may
    /// give anything, since times are stored too.) Where nothing was applied the call is made again; where the reply
    /// was lost, this gives the reply of the run without faults. So the rest of the test goes on as if nothing had
    /// happened.
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
        let session = &self.session;
        let (records, rig) = (&session.0.records, &session.0.rig);
        let view = || session.looking(|| view(self));
        let number = records.next.replace(records.next.get() + 1);
        let Some(known) = &records.known else {
            records.calls.borrow_mut().push(None);
            let before = Rc::new(view());
            let result = call(self);
            let ended = self.now();
            let record = Record { before, after: Rc::new(view()), result: Rc::new(result.clone()), ended };
            if let Some(room) = records.calls.borrow_mut().get_mut(number) {
                *room = Some(record);
            }
            return result;
        };
        let known = known.calls.borrow();
        let of = |record: &Option<Record>| {
            let record = record.as_ref()?;
            let after = record.after.clone().downcast::<V>().ok()?;
            let result = record.result.clone().downcast::<T>().ok()?;
            Some((record.before.clone().downcast::<V>().ok()?, after, result, record.ended))
        };
        let Some((before, wanted, reply, ended)) = known.get(number).and_then(of) else {
            panic!(
                "this atomic call is not made when nothing goes wrong: what a test does must not depend on what its \
                 calls give"
            );
        };
        let request = session.0.requests.get();
        let fired = rig.fired();
        for _ in 0..CALLS {
            // A call that is made again draws what it drew.
            session.0.requests.set(request);
            records.next.set(number + 1);
            session.0.replies.set(Replies::default());
            let result = call(self);
            let replies = session.0.replies.get();
            // Until something goes wrong, all is as in the run without faults.
            if !rig.fired() {
                return result;
            }
            let after = view();
            if after == *wanted {
                return if replies.lost { (*reply).clone() } else { result };
            }
            // What cuts nothing off is no reason for not being applied.
            if after == *before && !fired && rig.has_cut_off() {
                assert!(
                    replies.lost || !replies.done,
                    "this call was not applied, and was answered as if it were: is an error dropped on the way?\n\
                     before: {before:#?}\nwithout faults: {wanted:#?}"
                );
                rig.note("the call was not applied, and is made again");
                continue;
            }
            // Where the clock has moved, what is stored may differ by the time alone.
            if self.now() != ended {
                return result;
            }
            let seen = format!("before: {before:#?}\nwithout faults: {wanted:#?}\nnow: {after:#?}");
            assert!(
                !fired,
                "what is seen after this call is not what it is without faults, and what went wrong was before it: does \
                 the app count on its memory, or was a call before this one made without `host.atomic(call, view)`? \
                 Where that is right, let the view of this one show less\n{seen}"
            );
            panic!("this call was applied by halves\n{seen}");
        }
        panic!("this call was not applied, however often it was made");
    }
}
