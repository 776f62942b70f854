//! A message does not say what it is answered with.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
struct Add {
    by: i64,
}

fn main() {}
