//! [`Cases`]: programs of statements and other steps, through the store that handlers use, with what came of each.

mod dump;
mod read_as;
mod step;
mod typed;
pub(super) mod value;

use domicile::prelude::*;
use serde_json::{Value as Plain, json};

use crate::program::{End, Event, Group};

/// An actor without a schema of its own, so that a program begins with an empty database.
#[derive(Actor, Default)]
#[actor(handles(Play, Alarm), reads(Look), routes = typed::routes)]
pub(super) struct Cases {
    /// Events that this value has seen.
    events: u32,
    /// What chance gave last.
    drawn: Option<[u8; 16]>,
}

/// Does the steps of an event, which is JSON.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String, error = Undone)]
pub(super) struct Play(String);

/// Does the steps of an event as a read.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String, error = Undone)]
pub(super) struct Look(String);

/// The event ended with an error, as it was told to; this came of its steps before.
#[derive(Refusal, Serialize, Deserialize, Schema, Debug)]
#[refusal(status = 409)]
pub(super) struct Undone(String);

impl Handler<Play> for Cases {
    fn handle(&mut self, Play(event): Play, cx: &Cx) -> Result<String, Failure<Undone>> {
        self.events += 1;
        let played = step::play(self, &parsed(&event)?, cx);
        self.drawn = Some(cx.random());
        played
    }
}

impl Reader<Look> for Cases {
    fn read(&self, Look(event): Look, cx: &Cx) -> Result<String, Failure<Undone>> {
        step::play(self, &parsed(&event)?, cx)
    }
}

impl Handler<Alarm> for Cases {
    /// It is set to a time that no test lives to see.
    fn handle(&mut self, _: Alarm, _: &Cx) -> Result<(), Failure> {
        Err(Error::internal("the alarm of a case went off").into())
    }
}

fn parsed(event: &str) -> Result<Event> {
    Ok(serde_json::from_str(event)?)
}

/// Plays groups one after the other: for each a list with what came of its events.
pub(super) async fn play(request: Request, outside: Outside) -> Result<Json<Vec<Vec<Plain>>>> {
    let groups: Vec<Group> = request.json()?;
    let mut played = Vec::new();
    for group in groups {
        let address = outside.address::<Cases>(&group.actor);
        let mut events = Vec::new();
        for event in &group.events {
            let steps = serde_json::to_string(event)?;
            let asked =
                if event.reads { address.ask(Look(steps)).await } else { address.ask(Play(steps)).await };
            events.push(match asked {
                Ok(steps) => json!({ "ok": serde_json::from_str::<Plain>(&steps)? }),
                Err(CallError::Handler(Undone(steps))) => {
                    json!({ "undone": serde_json::from_str::<Plain>(&steps)? })
                }
                Err(error) => json!({ "failed": format!("{error:?}"), "ends": event.end }),
            });
        }
        played.push(events);
    }
    Ok(Json(played))
}

/// Ends an event as it says.
fn ended(outcomes: &[Plain], end: End) -> Result<String, Failure<Undone>> {
    let outcomes = json!(outcomes).to_string();
    match end {
        End::Ok => Ok(outcomes),
        End::Fail => Err(Undone(outcomes).into()),
        End::Panic => panic!("the program says so"),
    }
}
