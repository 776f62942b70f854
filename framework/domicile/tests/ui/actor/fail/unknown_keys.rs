//! Keys that there are not, and values of the wrong form: all are told.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(handle(Add), frobnicate, migrations = "MIGRATIONS", location = "mars", jurisdiction = "us")]
#[actor(class = "My-DO", binding = DO_STORAGE, reads = Total, class = "Other")]
struct Counter {}

#[derive(Actor, Default)]
#[actor]
struct Empty {}

fn main() {}
