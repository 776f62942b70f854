//! The function of a route returns what is no reply.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(routes = routes)]
struct Counter {}

fn routes(r: &mut Routes<Counter>) {
    r.get("/", page);
    r.post("/", |_, _, _| Ok::<_, Error>(Counter {}));
}

fn page(_: &Counter, _: &Request, _: &Cx) -> i64 {
    0
}

fn main() {}
