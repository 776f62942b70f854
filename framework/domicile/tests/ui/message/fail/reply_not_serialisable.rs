//! A reply cannot be written.

use domicile::prelude::*;

struct Total(i64);

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Total)]
struct Add {
    by: i64,
}

fn main() {}
