//! The function of a GET route takes `&mut` of the actor.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(routes = routes)]
struct Counter {}

fn routes(r: &mut Routes<Counter>) {
    r.get("/", page);
}

fn page(_: &mut Counter, _: &Request, _: &Cx) -> String {
    String::new()
}

fn main() {}
