//! A type that cannot be a field.

use domicile::prelude::*;

#[derive(Clone)]
struct Tags(Vec<String>);

#[derive(Model)]
struct Post {
    id: i64,
    tags: Tags,
}

fn main() {}
