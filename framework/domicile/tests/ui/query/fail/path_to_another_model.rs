//! A path along a foreign key to a column of a model that it does not point to.

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
    Post::objects().filter(Post::author.to(Post::title).eq("x")).all(cx)
}

fn main() {}
