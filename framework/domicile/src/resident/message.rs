//! A message at its actor: found by name, checked by shape, run by the line of the actor's table.

use super::{Asked, Done, Door, Failed, Ran, Resident, Then, Verdict, again, fault_of, refuse};
use crate::actor::{Actor, Answer, Run};
use crate::alarm::Alarm;
use crate::error::{Error, Kind};
use crate::guard::{Access, Guard};
use crate::message::Message;
use crate::platform::Cost;
use crate::portable::Portable;
use crate::report::{Outcome as Reported, Report};
use crate::web::Body;
use crate::wire::{Event, Fault, Reply};

impl<A: Actor> Resident<A> {
    /// The alarm, as the message that it is to the actor.
    pub(super) fn alarm(&mut self, event: &Event, alarm: Alarm) -> Done {
        if !A::DISPATCH.iter().any(|line| line.name == Alarm::NAME) {
            // An earlier version of the actor has set it. Trying again would not help, and the platform drops it too.
            tracing::error!(actor = %self.this, "an alarm is dropped: {} does not handle `Alarm`", A::KIND);
            let then = Then::Reply(Reply::Alarm, Body::empty());
            return Done { verdict: Verdict::Commit, then, cost: Cost::default() };
        }
        let Ok(payload) = alarm.encode() else {
            return refuse(Fault::Codec, event, &self.this, "the alarm could not be written as a message");
        };
        let mut done = self.dispatch(event, (Alarm::NAME, Alarm::SHAPE), &payload, false);
        if let Then::Reply(reply @ Reply::Message(_), _) = &mut done.then {
            *reply = Reply::Alarm;
        }
        done
    }

    pub(super) fn message(&mut self, event: &Event, name: &str, shape: u64, payload: &[u8]) -> Done {
        match self.kit.guard.as_ref().and_then(|guard| Some((guard.clone(), guard.takes(name)?))) {
            Some((guard, access)) => self.guarded(event, (&*guard, access), name, payload),
            None => self.dispatch(event, (name, shape), payload, true),
        }
    }

    /// A message of the guard's.
    fn guarded(&mut self, event: &Event, guard: (&dyn Guard, Access), name: &str, payload: &[u8]) -> Done {
        if !event.chain.is_empty() {
            // Whoever sends it decides who comes in, and no actor does.
            return refuse(
                Fault::Error,
                event,
                &self.this,
                "a message of the doors comes from the entry alone",
            );
        }
        let (guard, writes) = (guard.0, guard.1 == Access::Writes);
        let cx = self.cx(event, writes);
        let report = Report::start(&cx, name);
        let (verdict, result) = report.within(|| {
            self.event(&cx, writes, Door::Open, |_, cx| {
                let result = guard.answer(cx, name, payload);
                let keep = result.as_ref().is_ok_and(|answer| answer.makes || !cx.fresh.get());
                Ran { keep, result }
            })
        });
        if verdict == Verdict::Again {
            return again();
        }
        let reply = match result.map_err(Error::from) {
            Ok(answer) => {
                report.end(&cx, Reported::Ok);
                Reply::Message(answer.payload)
            }
            Err(error) => {
                report.end(&cx, Reported::Error(&error));
                Reply::Failed(fault_of(&error))
            }
        };
        Done { verdict, then: Then::Reply(reply, Body::empty()), cost: self.cost(&cx) }
    }

    /// A message of the actor's own, for whoever may send it where that is to be `asked`.
    fn dispatch(&mut self, event: &Event, message: (&str, u64), payload: &[u8], asked: bool) -> Done {
        let (name, shape) = message;
        let Some(entry) = A::DISPATCH.iter().find(|d| d.name == name) else {
            return refuse(Fault::Skew, event, &self.this, &format!("{} has no message `{name}`", A::KIND));
        };
        if entry.shape != shape {
            let why = format!(
                "message `{name}` has another shape here: the caller runs another version of the app"
            );
            return refuse(Fault::Skew, event, &self.this, &why);
        }
        let writes = matches!(entry.run, Run::Write(_));
        let cx = self.cx(event, writes);
        let report = Report::start(&cx, name);
        let allow = (entry.allow)();
        // Other actors are the app itself: what they ask is open unless the message says for whom.
        let asked = asked && !event.credential.app && (allow.is_some() || event.chain.is_empty());
        let door = match asked {
            true => Door::Guarded(Asked { request: None, allow: allow.as_ref() }),
            false => Door::Open,
        };
        let (verdict, result) = report.within(|| {
            self.event(&cx, writes, door, |actor, cx| {
                let answer = match entry.run {
                    Run::Write(run) => run(actor, payload, cx),
                    Run::Read(run) => run(actor, payload, cx),
                };
                match answer {
                    Answer::Failed(error) => Ran { keep: false, result: Err(error) },
                    refused @ Answer::Reply(Reply::Refused(_)) => Ran { keep: false, result: Ok(refused) },
                    Answer::Codec => Ran { keep: false, result: Ok(Answer::Codec) },
                    other => Ran { keep: true, result: Ok(other) },
                }
            })
        });
        if verdict == Verdict::Again {
            return again();
        }
        let then = match result {
            Ok(Answer::Reply(reply)) => {
                let refused = matches!(reply, Reply::Refused(_));
                report.end(&cx, if refused { Reported::Refused } else { Reported::Ok });
                Then::Reply(reply, Body::empty())
            }
            Ok(Answer::Effect(effect)) => {
                report.end(&cx, Reported::Ok);
                let report = Report::start(&cx, name);
                Then::Effect(Box::pin(async move {
                    let reply = match report.around(effect).await {
                        Ok(reply) => {
                            report.effect(Reported::Ok);
                            reply
                        }
                        Err(error) => {
                            report.effect(Reported::Error(&error));
                            // The handler has committed, which the caller must be able to tell from a rollback.
                            let timed_out = error.kind() == Kind::TimedOut;
                            Reply::Failed(if timed_out { Fault::TimedOut } else { Fault::Effect })
                        }
                    };
                    (reply, Body::empty())
                }))
            }
            Ok(Answer::Codec) => {
                report.end(&cx, Reported::Error(&Error::bad_request("the payload is not the message")));
                Then::Reply(Reply::Failed(Fault::Codec), Body::empty())
            }
            Ok(Answer::Failed(error)) | Err(Failed::Error(error)) => {
                report.end(&cx, Reported::Error(&error));
                Then::Reply(Reply::Failed(fault_of(&error)), Body::empty())
            }
            Err(Failed::Refused(response)) => {
                report.end(&cx, Reported::Status(response.status()));
                Then::Reply(Reply::Failed(Fault::Denied), Body::empty())
            }
            Err(Failed::Panic) => {
                report.end(&cx, Reported::Panic);
                Then::Reply(Reply::Failed(Fault::Panic), Body::empty())
            }
        };
        Done { verdict, then, cost: self.cost(&cx) }
    }
}
