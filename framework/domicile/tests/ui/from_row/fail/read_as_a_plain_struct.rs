//! A query is read as a struct that does not derive `FromRow`.

use domicile::prelude::*;

struct Post {
    id: i64,
}

fn posts(store: &Store) -> Result<Vec<Post>> {
    store.query_all("SELECT id FROM post", ())
}

fn main() {}
