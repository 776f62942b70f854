//! A union has no schema.

use domicile::prelude::*;

#[derive(Schema)]
union Bits {
    int: u32,
    float: f32,
}

fn main() {}
