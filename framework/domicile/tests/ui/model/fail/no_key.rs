//! A model without a key.

use domicile::prelude::*;

#[derive(Model)]
struct Post {
    title: String,
}

fn main() {}
