//! A filter whose value is not of the column's type.

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
    Post::objects().filter(Post::title.eq(5)).all(cx)
}

fn main() {}
