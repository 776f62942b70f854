//! What is asked is no actor.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

struct Counter {}

async fn ask(outside: Outside) -> Result<i64, CallError<Never>> {
    outside.address::<Counter>("main").ask(Add { by: 1 }).await
}

fn main() {}
