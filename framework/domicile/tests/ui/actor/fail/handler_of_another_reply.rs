//! A handler replies with another type than its message says.

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
    fn handle(&mut self, add: Add, _: &Cx) -> Result<String, Failure> {
        Ok(add.by.to_string())
    }
}

fn main() {}
