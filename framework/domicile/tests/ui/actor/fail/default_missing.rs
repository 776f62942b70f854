//! An actor has no `Default` to start from.

use domicile::prelude::*;

#[derive(Actor)]
struct Counter {}

fn main() {}
