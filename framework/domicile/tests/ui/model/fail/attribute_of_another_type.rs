//! Keys that are for text, of fields that are none.

use domicile::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[model(max_length = 3)]
    views: i64,
}

#[derive(Model)]
struct Page {
    id: i64,
    #[model(blank)]
    views: i64,
}

fn main() {}
