//! What is listed as a model is none, and one table twice.

use domicile::prelude::*;

struct Draft;

#[derive(Model)]
struct Post {
    id: i64,
}

#[derive(Model)]
#[model(table = "POST")]
struct Entry {
    id: i64,
}

#[derive(Actor, Default)]
#[actor(models(Post, Draft))]
struct Blog;

#[derive(Actor, Default)]
#[actor(models(Post, Entry))]
struct Other;

fn main() {}
