//! Defaults that are not of the field's type; the compiler tells the first of each model.

use domicile::model::Decimal;
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
struct Price {
    id: i64,
    #[model(default = 1.505)]
    price: Decimal<20, 2>,
}

#[derive(Choices)]
enum Status {
    Draft,
}

#[derive(Model)]
struct Choice {
    id: i64,
    #[model(default = "drafft")]
    status: Status,
}

#[derive(Model)]
struct Variant {
    id: i64,
    #[model(default = Status::Draft)]
    status: String,
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
    #[model(default = 3, choices(1 = "Low", 2 = "High", 2 = "Higher"))]
    level: i64,
}

fn main() {}
