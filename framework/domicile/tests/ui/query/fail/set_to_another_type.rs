//! A column that is set to a value of another type.

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

fn wrong(cx: &Cx) -> Result<Post> {
    Post::create().set(Post::title, 5).run(cx)
}

fn main() {}
