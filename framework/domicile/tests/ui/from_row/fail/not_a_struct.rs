//! What is to be read is no struct with fields.

use domicile::prelude::*;

#[derive(FromRow)]
enum Post {
    Draft,
}

#[derive(FromRow)]
struct Empty;

fn main() {}
