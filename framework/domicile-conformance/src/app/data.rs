//! [`Data`]: the behaviours of the data layer, each a function that runs on a store and on D1 alike.

mod case;
mod model;

use domicile::prelude::*;

use case::perform;
pub use case::{CASES, Case};

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_initial", include_str!("data/migrations/0001_initial.sql"))];

/// An actor with models of every kind, on which one case runs.
#[derive(Actor, Default)]
#[actor(
    models(
        model::Country,
        model::Author,
        model::Post,
        model::Comment,
        model::Category,
        model::Everything,
        model::Line
    ),
    routes = routes,
    migrations = MIGRATIONS
)]
pub(crate) struct Data {}

fn routes(r: &mut Routes<Data>) {
    r.post("/{case}", |_, request: &Request, cx: &Cx| {
        let name: String = request.param("case")?;
        let case = CASES.iter().find(|case| case.name == name).ok_or_else(|| Error::not_found("case"))?;
        // Nothing waits on a store, so the future is ready.
        match domicile::query::on_store(cx, |on| perform(case, on)) {
            Ok(()) => Ok("ok".to_owned()),
            Err(error) => Ok::<_, Error>(format!("{error:?}")),
        }
    });
}
