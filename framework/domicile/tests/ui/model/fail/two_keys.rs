//! Two keys, and what a key is anyway.

use domicile::prelude::*;

#[derive(Model)]
struct Post {
    #[model(key, unique)]
    slug: String,
    #[model(key)]
    number: i64,
}

fn main() {}
