//! `migrations` names something else.

use domicile::prelude::*;

const MIGRATIONS: [Migration; 0] = [];

#[derive(Actor, Default)]
#[actor(migrations = MIGRATIONS)]
struct Counter {}

fn main() {}
