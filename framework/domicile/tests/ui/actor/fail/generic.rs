//! An actor has generics.

use domicile::prelude::*;

#[derive(Actor, Default)]
struct Counter<T> {
    n: T,
}

fn main() {}
