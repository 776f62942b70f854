//! A query that is run on what is no database.

use domicile::prelude::*;

#[derive(Model)]
struct Author {
    id: u32,
    name: String,
}

#[derive(Model)]
struct Post {
    id: u32,
    title: String,
    #[model(on_delete = cascade)]
    author: ForeignKey<Author>,
    rating: Option<f64>,
}

fn wrong(outside: &Outside) -> Result<Vec<Post>> {
    Post::objects().all(outside)
}

fn main() {}
