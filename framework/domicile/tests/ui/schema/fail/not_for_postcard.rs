//! Attributes of serde that postcard cannot carry.

use domicile::prelude::*;

#[derive(Serialize, Deserialize, Schema)]
struct Inner {
    a: u8,
}

#[derive(Serialize, Deserialize, Schema)]
struct Outer {
    #[serde(flatten)]
    inner: Inner,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize, Deserialize, Schema)]
#[serde(tag = "kind", rename = "Any")]
enum Tagged {
    A { a: u8 },
    #[serde(skip)]
    B,
}

fn main() {}
