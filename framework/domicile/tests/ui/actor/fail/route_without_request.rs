//! The function of a route has not the arguments of one.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(routes = routes)]
struct Counter {}

fn routes(r: &mut Routes<Counter>) {
    r.get("/", page);
    r.get("/closure", |_| "text");
}

fn page(_: &Counter, _: &Cx) -> String {
    String::new()
}

fn main() {}
