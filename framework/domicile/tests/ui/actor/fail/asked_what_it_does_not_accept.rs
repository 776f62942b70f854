//! An actor is asked for what it does not list.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
struct Counter {}

async fn ask(counter: Address<Counter>) -> Result<i64, CallError> {
    counter.ask(Add { by: 1 }).await
}

fn main() {}
