//! A message has generics.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Set<T> {
    to: T,
}

fn main() {}
