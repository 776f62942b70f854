//! More digits than a decimal has, and more places than digits.

use domicile::model::Decimal;
use domicile::prelude::*;

#[derive(Model)]
struct Long {
    id: i64,
    price: Decimal<29, 2>,
}

#[derive(Model)]
struct Deep {
    id: i64,
    price: Decimal<2, 3>,
}

fn main() {}
