//! `routes` and `start` name functions of another type.

use domicile::prelude::*;

#[derive(Actor)]
#[actor(routes = routes, start = start)]
struct Counter {}

fn routes(_: &mut Routes<()>) {}

fn start() -> Counter {
    Counter {}
}

fn main() {}
