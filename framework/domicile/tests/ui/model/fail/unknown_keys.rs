//! Keys that there are not, and values of the wrong form.

use domicile::prelude::*;

#[derive(Model)]
#[model(tabel = "post", ordering = "title", verbose_name = 7)]
struct Post {
    id: i64,
    #[model(max_len = 200, uniqe)]
    title: String,
    #[model(max_length = "200", updated = later, index = 1)]
    content: String,
    #[model(choices("draft"), index = false)]
    status: String,
    #[model(choices(1 = Low))]
    level: i64,
    #[model(choices(LOW = "Low"))]
    other: i64,
}

fn main() {}
