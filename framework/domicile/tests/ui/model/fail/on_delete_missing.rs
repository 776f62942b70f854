//! Foreign keys that do not say what happens when their target is deleted, one of them behind an alias.

use domicile::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    author: ForeignKey<Author>,
    reviewer: Option<ForeignKey<Author>>,
}

type Person = ForeignKey<Author>;

#[derive(Model)]
struct Comment {
    id: i64,
    author: Person,
}

fn main() {}
