//! Variants with values, one value twice, a rule and a key that there are not, and what is no enum.

use domicile::prelude::*;

#[derive(Choices)]
#[choices(rename_all = "snakecase")]
enum Status {
    Draft,
    Published(i64),
    #[choice(value = "Draft")]
    Hidden,
    #[choice(lable = "Gone", value = "")]
    Gone,
}

#[derive(Choices)]
struct Level;

#[derive(Choices)]
enum Nothing {}

fn main() {}
