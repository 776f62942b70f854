//! A message derives only `Message`.

use domicile::prelude::*;

#[derive(Message)]
#[message(reply = i64)]
struct Add {
    by: i64,
}

fn main() {}
