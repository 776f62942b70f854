//! A key that is no key.

use domicile::prelude::*;

#[derive(Model)]
struct Post {
    id: Option<i64>,
}

fn main() {}
