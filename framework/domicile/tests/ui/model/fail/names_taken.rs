//! Names of tables and columns that belong to somebody else, or to another field.

use domicile::prelude::*;

#[derive(Model)]
#[model(table = "_CF_post")]
struct Post {
    id: i64,
    title: String,
    #[model(column = "Title")]
    other: String,
    oid: i64,
    objects: i64,
}

#[derive(Model)]
#[model(table = "blog post")]
struct Page {
    id: i64,
    #[model(column = "2nd")]
    second: i64,
}

fn main() {}
