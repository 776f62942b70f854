//! A message has no schema.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

fn main() {}
