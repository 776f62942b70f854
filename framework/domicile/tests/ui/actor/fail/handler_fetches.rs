//! A handler fetches.

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
    fn handle(&mut self, add: Add, cx: &Cx) -> Result<i64, Failure> {
        cx.fetch(domicile::http::Request::default()).await?;
        Ok(add.by)
    }
}

fn main() {}
