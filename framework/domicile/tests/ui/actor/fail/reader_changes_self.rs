//! A reader takes `&mut self`.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

#[derive(Actor, Default)]
#[actor(reads(Add))]
struct Counter {
    n: i64,
}

impl Reader<Add> for Counter {
    fn read(&mut self, add: Add, _: &Cx) -> Result<i64, Failure> {
        self.n += add.by;
        Ok(self.n)
    }
}

fn main() {}
