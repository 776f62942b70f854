//! Two messages of one actor have the same name on the wire.

use domicile::prelude::*;

mod other {
    use domicile::prelude::*;

    #[derive(Message, Serialize, Deserialize, Schema)]
    #[message(reply = i64)]
    pub struct Total;
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Total;

#[derive(Actor, Default)]
#[actor(reads(Total, other::Total))]
struct Counter {}

impl Reader<Total> for Counter {
    fn read(&self, _: Total, _: &Cx) -> Result<i64, Failure> {
        Ok(0)
    }
}

impl Reader<other::Total> for Counter {
    fn read(&self, _: other::Total, _: &Cx) -> Result<i64, Failure> {
        Ok(0)
    }
}

fn main() {}
