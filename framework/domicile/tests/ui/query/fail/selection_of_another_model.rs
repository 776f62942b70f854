//! A selection of a column of another model.

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

fn wrong(cx: &Cx) -> Result<Vec<(u32, String)>> {
    Post::objects().select((Post::id, Author::name)).all(cx)
}

fn main() {}
