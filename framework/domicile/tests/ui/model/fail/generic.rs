//! A model with generics.

use domicile::prelude::*;

#[derive(Model)]
struct Post<T> {
    id: i64,
    title: T,
}

fn main() {}
