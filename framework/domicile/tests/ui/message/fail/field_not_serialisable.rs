//! A field of a message cannot be written.

use domicile::prelude::*;

struct Amount(i64);

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add {
    by: Amount,
}

fn main() {}
