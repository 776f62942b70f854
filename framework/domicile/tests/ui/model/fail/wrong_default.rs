//! Defaults that are not of the field's type; the compiler tells the first of each model.

use domicile::prelude::*;

#[derive(Model)]
struct Text {
    id: i64,
    #[model(default = 1)]
    title: String,
}

#[derive(Model)]
struct Number {
    id: i64,
    #[model(default = 256)]
    views: u8,
}

#[derive(Model)]
struct Flag {
    id: i64,
    #[model(default = 1)]
    draft: bool,
}

#[derive(Model)]
struct Moment {
    id: i64,
    #[model(default = now)]
    day: String,
}

#[derive(Model)]
struct Tokens {
    id: i64,
    #[model(default = tomorrow)]
    day: Timestamp,
    #[model(default = 1 + 1)]
    sum: i64,
    #[model(default = "", max_length = 2)]
    empty: String,
    #[model(default = "long", max_length = 2)]
    long: String,
}

fn main() {}
