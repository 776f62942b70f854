//! A foreign key to what is no model.

use domicile::prelude::*;

struct Author {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[model(on_delete = protect)]
    author: ForeignKey<Author>,
}

fn main() {}
