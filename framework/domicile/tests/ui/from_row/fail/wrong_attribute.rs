//! Keys that there are not, a column twice, and a name where there is none.

use domicile::prelude::*;

#[derive(FromRow)]
struct Post {
    id: i64,
    #[row(rename = "Title")]
    title: String,
    #[row(name = "ID")]
    number: i64,
}

#[derive(FromRow)]
struct Pair(#[row(name = "a")] i64, i64);

fn main() {}
