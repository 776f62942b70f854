//! [`Data`]: the behaviours of the data layer, each a function that runs on a store and on D1 alike.

mod case;
mod model;

use domicile::prelude::*;

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
        model::Line,
        model::Everything,
        model::Number,
        model::Exact,
        model::Note,
        model::Instant,
        model::Pair,
        model::Typed,
        model::Stamp,
        model::Bare,
        model::Company,
        model::Team,
        model::Project,
        model::Task,
        model::Letter,
        model::First,
        model::Second,
        model::Snow,
        model::Node,
        model::Item,
        model::Keeper,
        model::Label,
        model::Follow,
        model::Wide
    ),
    routes = routes,
    migrations = MIGRATIONS
)]
pub(crate) struct Data {}

fn routes(r: &mut Routes<Data>) {
    r.post("/{case}", |_, request: &Request, cx: &Cx| {
        let name: String = request.param("case")?;
        let case = CASES.iter().find(|case| case.name == name).ok_or_else(|| Error::not_found("case"))?;
        match case::on_store(case, cx) {
            Ok(()) => Ok("ok".to_owned()),
            Err(error) => Ok::<_, Error>(format!("{error:?}")),
        }
    });
}
