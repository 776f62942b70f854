//! Lists of fields that name what there is not, one twice, and only one.

use domicile::prelude::*;

#[derive(Model)]
#[model(unique(title, slag), index(title, title), ordering(-pub_dat), search(body), index(slug), unique())]
struct Post {
    id: i64,
    title: String,
    slug: String,
    pub_date: Timestamp,
}

#[derive(Model)]
#[model(search(views))]
struct Page {
    id: i64,
    views: i64,
}

fn main() {}
