//! The error of a message is no refusal.

use domicile::prelude::*;

#[derive(Debug, Serialize, Deserialize, Schema)]
struct LimitReached;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64, error = LimitReached)]
struct Add {
    by: i64,
}

fn main() {}
