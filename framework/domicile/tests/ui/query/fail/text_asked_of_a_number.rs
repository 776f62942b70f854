//! A question about text to a number.

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

fn wrong(cx: &Cx) -> Result<Vec<Post>> {
    Post::objects().filter(Post::rating.contains("5")).all(cx)
}

fn main() {}
