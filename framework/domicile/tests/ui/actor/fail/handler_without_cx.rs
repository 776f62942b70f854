//! A handler has not the arguments of one.

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
    fn handle(&mut self, add: Add) -> Result<i64, Failure> {
        Ok(add.by)
    }
}

fn main() {}
