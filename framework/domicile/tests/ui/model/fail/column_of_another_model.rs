//! A column of one model where that of another is wanted, and of another type.

use domicile::prelude::*;
use domicile::query::Column;

#[derive(Model)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Model)]
struct Page {
    id: i64,
    title: String,
}

const OF_A_PAGE: Column<Page, String> = Post::title;
const A_NUMBER: Column<Post, i64> = Post::title;

fn main() {}
