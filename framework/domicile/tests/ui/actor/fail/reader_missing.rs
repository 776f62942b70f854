//! A message is listed under `reads(…)`, and there is a `Handler` for it.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(reads(Add))]
struct Counter {}

impl Handler<Add> for Counter {
    fn handle(&mut self, add: Add, _: &Cx) -> Result<i64, Failure> {
        Ok(add.by)
    }
}

fn main() {}
