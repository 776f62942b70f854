//! An effect takes the actor along.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(defers(Add))]
struct Counter {
    n: i64,
}

impl Deferring<Add> for Counter {
    fn defer(&mut self, add: Add, cx: &Cx) -> Result<Effect<i64>, Failure> {
        Ok(cx.effect(async move |_| {
            self.n += add.by;
            Ok(self.n)
        }))
    }
}

fn main() {}
