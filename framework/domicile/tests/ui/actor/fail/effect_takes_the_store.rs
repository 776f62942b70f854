//! An effect takes the store along.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(defers(Add))]
struct Counter {}

impl Deferring<Add> for Counter {
    fn defer(&mut self, add: Add, cx: &Cx) -> Result<Effect<i64>, Failure> {
        let store = cx.store();
        Ok(cx.effect(async move |_| {
            store.execute("UPDATE counter SET n = n + ?", (add.by,))?;
            Ok(add.by)
        }))
    }
}

fn main() {}
