//! A message does not say its reply, and a handler does.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message()]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(handles(Add))]
struct Counter {}

impl Handler<Add> for Counter {
    fn handle(&mut self, add: Add, _: &Cx) -> Result<i64, Failure> {
        Ok(add.by)
    }
}

fn main() {}
