//! A field has no schema.

use domicile::prelude::*;

#[derive(Serialize, Deserialize)]
struct Amount(i64);

#[derive(Serialize, Deserialize, Schema)]
enum Change {
    Add { by: Amount },
    Set(Amount),
}

fn main() {}
