//! A handler awaits.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(handles(Add))]
struct Counter {}

impl Handler<Add> for Counter {
    fn handle(&mut self, add: Add, cx: &Cx) -> Result<i64, Failure> {
        Ok(cx.address::<Counter>("other").ask(add).await?)
    }
}

fn main() {}
