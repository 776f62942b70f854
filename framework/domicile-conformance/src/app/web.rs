//! [`Web`]: every kind of route, request and reply.

mod input;
mod page;
mod reply;

use domicile::prelude::*;

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_blob", "CREATE TABLE blob (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;")];

/// One actor that answers in every way.
#[derive(Actor, Default)]
#[actor(routes = routes, migrations = MIGRATIONS)]
pub(crate) struct Web {}

fn routes(r: &mut Routes<Web>) {
    r.get("/", |_, _, cx| format!("home at {}\n", cx.path("/")));
    kinds(r);
    input::routes(r);
    reply::routes(r);
    page::routes(r);
}

/// One path with every method there is.
fn kinds(r: &mut Routes<Web>) {
    r.get("/kinds", |_, request, _| format!("{}\n", request.method()));
    r.post("/kinds", |_, request, _| format!("{} {:?}\n", request.method(), request.body()));
    r.put("/kinds", |_, request, _| format!("{} {:?}\n", request.method(), request.body()));
    r.patch("/kinds", |_, request, _| format!("{} {:?}\n", request.method(), request.body()));
    r.delete("/kinds", |_, request, _| format!("{} {:?}\n", request.method(), request.body()));
    r.post("/only-post", |_, _, _| "posted\n");
    r.get("/slash/", |_, _, _| "with a slash\n");
    r.get("/no-slash", |_, _, _| "without a slash\n");
}
