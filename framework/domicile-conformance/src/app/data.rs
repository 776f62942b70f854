//! The behaviours of the data layer, each a function that runs on a store and on D1 alike.

mod case;
mod model;

use domicile::d1::{D1Binding, Statement};
use domicile::prelude::*;

pub use case::{CASES, Case};

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_initial", include_str!("../migrations/data/0001_initial.sql"))];

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

/// The name of the D1 database that has the same tables.
const BINDING: &str = "DATA_DB";

/// The D1 database that has the same tables. The route that runs a case makes them, on each host alike.
pub(crate) const DATABASE: D1Binding = D1Binding::new(BINDING).with_models(Data::MODELS);

fn routes(r: &mut Routes<Data>) {
    r.post("/{case}", |_, request: &Request, cx: &Cx| {
        let case = named(request)?;
        Ok::<_, Error>(told(case::on_store(case, cx)))
    });
}

/// Runs a case on D1, whose tables are made or emptied before. Cases that run at once would see each other's rows.
pub(crate) async fn on_d1(request: Request, outside: Outside) -> Result<String> {
    let case = named(&request)?;
    let db = outside.d1_named(BINDING)?;
    empty(&db).await.map_err(|error| error.context("the tables could not be emptied"))?;
    Ok(told(case::on_d1(case, &db).await))
}

fn named(request: &Request) -> Result<&'static Case> {
    let name: String = request.param("case")?;
    CASES.iter().find(|case| case.name == name).ok_or_else(|| Error::not_found("case"))
}

fn told(outcome: Result<()>) -> String {
    match outcome {
        Ok(()) => "ok".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

async fn empty(db: &D1) -> Result<()> {
    let there: i64 =
        db.query_one("SELECT count(*) FROM sqlite_schema WHERE name = ?", (Data::MODELS[0].table,)).await?;
    let statement = |sql: String| Statement::new(sql, ());
    if there == 0 {
        // Each statement of the file begins at the start of a line, and no line within a trigger does.
        let sql = concat!("\n", include_str!("../migrations/data/0001_initial.sql"));
        let all = sql.split("\nCREATE ").skip(1).map(|rest| statement(format!("CREATE {rest}")));
        db.batch(all.collect::<Result<Vec<_>>>()?).await?;
        return Ok(());
    }
    let mut all = vec![statement("PRAGMA defer_foreign_keys = ON".to_owned())?];
    for schema in Data::MODELS {
        all.push(statement(format!("DELETE FROM \"{}\"", schema.table))?);
    }
    db.batch(all).await?;
    Ok(())
}
