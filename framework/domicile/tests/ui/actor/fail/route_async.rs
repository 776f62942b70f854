//! The function of a route is `async`.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(routes = routes)]
struct Counter {}

fn routes(r: &mut Routes<Counter>) {
    r.get("/", page);
}

async fn page(_: &Counter, _: &Request, _: &Cx) -> String {
    String::new()
}

fn main() {}
