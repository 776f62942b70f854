//! A message is listed and nobody handles it.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(handles(Add))]
struct Counter {}

fn main() {}
