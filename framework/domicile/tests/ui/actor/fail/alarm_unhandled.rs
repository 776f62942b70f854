//! The alarm is listed and nobody handles it.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(handles(Alarm))]
struct Counter {}

fn main() {}
