//! The status of a refusal is not one of an error.

use domicile::prelude::*;

#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
#[refusal(status = 200)]
enum Denied {
    #[refusal(status = 600)]
    Owner,
    #[refusal(status = "404")]
    Gone,
    #[refusal(code = 404)]
    Lost,
}

fn main() {}
