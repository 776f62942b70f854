//! Who may send a message is said with `anyone()`, `staff()` and their like.

use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), allow = "staff")]
struct Close;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), allow(staff()))]
struct Open;

fn main() {}
