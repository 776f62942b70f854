//! An actor is asked for what it does not list.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Total {}

#[derive(Actor, Default)]
#[actor(reads(Total))]
struct Counter {}

impl Reader<Total> for Counter {
    fn read(&self, _: Total, _: &Cx) -> Result<i64, Failure> {
        Ok(0)
    }
}

async fn ask(counter: Address<Counter>) -> Result<i64, CallError<Never>> {
    counter.ask(Add { by: 1 }).await
}

fn main() {}
