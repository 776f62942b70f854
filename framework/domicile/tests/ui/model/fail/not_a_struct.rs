//! What is no struct with named fields.

use domicile::prelude::*;

#[derive(Model)]
struct Pair(i64, String);

#[derive(Model)]
struct Nothing;

#[derive(Model)]
enum Status {
    Draft,
}

fn main() {}
