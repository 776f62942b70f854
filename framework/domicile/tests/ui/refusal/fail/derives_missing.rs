//! A refusal derives only `Refusal`.

use domicile::prelude::*;

#[derive(Refusal)]
struct Denied;

fn main() {}
