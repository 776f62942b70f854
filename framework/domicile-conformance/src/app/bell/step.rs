//! The steps of an event: what it does with its alarm, and how it ends.

use std::time::Duration;

use domicile::Kind;
use domicile::prelude::*;

/// The event that takes steps.
pub(super) struct Moment {
    /// The alarm, if the event is one.
    pub(super) alarm: Option<Alarm>,
    /// How many events the actor's value has seen.
    pub(super) events: i64,
}

/// Takes the steps of `text`, which `; ` separates, and gives what they say.
pub(super) fn steps(text: &str, moment: &Moment, cx: &Cx) -> Result<Vec<String>> {
    let mut said = Vec::new();
    for step in text.split("; ").filter(|step| !step.is_empty()) {
        said.extend(take(step, moment, cx)?);
    }
    Ok(said)
}

fn take(step: &str, moment: &Moment, cx: &Cx) -> Result<Option<String>> {
    let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
    let retry = moment.alarm.map_or(0, |alarm| alarm.retry);
    let alarm = cx.alarm();
    match verb {
        // Setting and clearing.
        "set" => alarm.set(Timestamp::from_millis(cx.now().as_millis() + number(rest)?))?,
        "at" => alarm.set(Timestamp::from_millis(number(rest)?))?,
        "same" => alarm.get().map_or(Ok(()), |at| alarm.set(at))?,
        "clear" => alarm.clear()?,
        // What it is set to.
        "get" => return say(if alarm.get().is_some() { "set" } else { "none" }),
        "left" => return say(alarm.get().map_or("none".to_owned(), |at| since(cx.now(), at).to_string())),
        "note" => {
            let at = alarm.get();
            cx.store().execute("INSERT OR REPLACE INTO noted VALUES (1, ?)", (at,))?;
        }
        "noted" => {
            let noted: Option<Timestamp> = cx.store().query_one("SELECT alarm FROM noted", ())?;
            return say(if alarm.get() == noted { "as noted" } else { "not as noted" });
        }
        // What an alarm is told of itself.
        "scheduled" => {
            let noted: Option<Timestamp> = cx.store().query_one("SELECT alarm FROM noted", ())?;
            return say(if moment.alarm.map(|a| a.scheduled) == noted { "as noted" } else { "not as noted" });
        }
        "late" => return say(moment.alarm.map_or(0, |a| since(a.scheduled, cx.now())).to_string()),
        "early" => {
            return say(if moment.alarm.is_some_and(|a| cx.now() < a.scheduled) {
                "early"
            } else {
                "not early"
            });
        }
        "retried" => return say(moment.alarm.is_some_and(|a| a.is_retry()).to_string()),
        // Who and when.
        "name" => return say(cx.name().as_str()),
        "caller" => return say(cx.caller().map_or("nobody".to_owned(), ToString::to_string)),
        "events" => return say(moment.events.to_string()),
        "still" => return say(if stands_still(cx) { "still" } else { "it moved" }),
        "chance" => return say(if cx.random::<16>() == cx.random::<16>() { "the same" } else { "random" }),
        // Nesting: the outcome of the steps inside, and of the transaction around them.
        "keep" => cx.store().transaction(|_| take(rest, moment, cx).map(drop))?,
        "undo" => {
            let undone: Result<()> = cx.store().transaction(|_| {
                take(rest, moment, cx)?;
                Err(Error::internal("undone on purpose"))
            });
            return say(if undone.is_err() { "undone" } else { "kept" });
        }
        "try" => {
            return say(match take(rest, moment, cx) {
                Ok(_) => "it went well".to_owned(),
                Err(error) => format!("{:?}: {error}", error.kind()),
            });
        }
        "while" => {
            let (most, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let rang: i64 = cx.store().query_one("SELECT count(*) FROM rang", ())?;
            return if rang < number(most)? { take(rest, moment, cx) } else { Ok(None) };
        }
        // The ends: for good, or for the first so many tries of an alarm.
        "fail" if ends(rest, retry)? => return Err(Error::internal("it fails on purpose")),
        "conflict" => return Err(Error::new(Kind::Conflict, "refused on purpose")),
        "panic" if ends(rest, retry)? => panic!("it panics on purpose"),
        "fail" | "panic" | "effect" => {}
        _ => return Err(Error::bad_request(format!("no step `{step}`"))),
    }
    Ok(None)
}

fn say(text: impl Into<String>) -> Result<Option<String>> {
    Ok(Some(text.into()))
}

fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::bad_request(format!("no number: `{text}`")))
}

fn ends(tries: &str, retry: u32) -> Result<bool> {
    Ok(tries.is_empty() || i64::from(retry) < number(tries)?)
}

fn since(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millis() - from.as_millis()
}

/// Whether the time of the event does not move, however long it takes.
fn stands_still(cx: &Cx) -> bool {
    let began = cx.now();
    let mut work = 0_u64;
    for n in 0..2_000_000_u64 {
        work = std::hint::black_box(work.wrapping_add(n));
    }
    began == cx.now() && Duration::from_millis(work).as_millis() > 0
}
