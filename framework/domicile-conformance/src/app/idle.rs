//! [`Idle`]: an actor that never touches its store, to compare others with.

use domicile::prelude::*;

/// An actor that does nothing.
#[derive(Actor, Default)]
#[actor(routes = routes)]
pub(crate) struct Idle {}

fn routes(r: &mut Routes<Idle>) {
    r.get("/", |_, _, _| "idle\n");
}
