//! Ways that the column does not allow, one that there is not, and one of a field that is no foreign key.

use domicile::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[model(on_delete = set_null)]
    author: ForeignKey<Author>,
    #[model(on_delete = set_default)]
    reviewer: ForeignKey<Author>,
    #[model(on_delete = set_nul)]
    editor: Option<ForeignKey<Author>>,
}

type Person = ForeignKey<Author>;

#[derive(Model)]
struct Comment {
    id: i64,
    #[model(on_delete = set_null)]
    author: Person,
}

#[derive(Model)]
struct Tag {
    id: i64,
    #[model(on_delete = cascade)]
    author: i64,
}

fn main() {}
