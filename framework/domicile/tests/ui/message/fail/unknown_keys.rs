//! Keys that there are not, and values of the wrong form: all are told.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(replay = Vec<(i64, i64)>, errors = Never, name = "")]
struct Add {}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply i64, error, name = Sub)]
struct Sub {}

fn main() {}
