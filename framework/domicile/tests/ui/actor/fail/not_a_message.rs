//! What is listed is no message.

use domicile::prelude::*;

struct Add {}

#[derive(Actor, Default)]
#[actor(handles(Add))]
struct Counter {}

fn main() {}
