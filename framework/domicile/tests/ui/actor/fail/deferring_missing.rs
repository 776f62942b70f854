//! A message is listed under `defers(…)` and nobody defers it.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(defers(Add))]
struct Counter {}

fn main() {}
