//! A column cannot be read as the field.

use domicile::prelude::*;

struct Tags(Vec<String>);

#[derive(FromRow)]
struct Post {
    id: i64,
    tags: Tags,
}

fn main() {}
