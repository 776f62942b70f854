//! An entry route that asks D1 what a case says, and tells what came of each step.

use domicile::d1::{ResultSet, Session, Statement};
use domicile::prelude::*;
use domicile::{Kind, SqlKind, Value};
use serde_json::{Value as Plain, json};

use super::cases::value::{self, Param, shown};
use crate::program::Bound;
use crate::program::d1::{Ask, Query};

/// Does the steps in the request's body.
pub(super) async fn play(request: Request, outside: Outside) -> Result<Json<Vec<Plain>>> {
    let steps: Vec<Ask> = request.json()?;
    let db = outside.d1()?;
    Ok(Json(Box::pin(each(&steps, &db, &outside)).await))
}

async fn each(steps: &[Ask], db: &D1, outside: &Outside) -> Vec<Plain> {
    let mut outcomes = Vec::new();
    let mut last = None;
    for step in steps {
        let outcome = Box::pin(one(step, db, outside, &mut last)).await;
        outcomes.push(outcome.unwrap_or_else(|error| failed(&error)));
    }
    outcomes
}

/// What is no fault of the statement's has a text that differs each time.
fn failed(error: &Error) -> Plain {
    match error.kind() {
        Kind::Sql(SqlKind::Unavailable) => json!({ "kind": "Sql(Unavailable)" }),
        _ => value::error(error),
    }
}

async fn one(step: &Ask, db: &D1, outside: &Outside, last: &mut Option<String>) -> Result<Plain> {
    Ok(match step {
        Ask::Query(sql, params) => {
            let rows: Vec<Vec<Value>> = db.query_all(sql, params_of(params)?).await?;
            json!({ "rows": rows.iter().map(|cells| row(cells)).collect::<Vec<_>>() })
        }
        Ask::One(sql, params) => {
            json!({ "row": row(&db.query_one::<Vec<Value>>(sql, params_of(params)?).await?) })
        }
        Ask::Opt(sql, params) => {
            let found: Option<Vec<Value>> = db.query_opt(sql, params_of(params)?).await?;
            json!({ "row": found.map(|cells| row(&cells)) })
        }
        Ask::As(name, sql) => json!({ "is": read_as(name, sql, db).await? }),
        Ask::Execute(sql, params) => json!({ "changes": db.execute(sql, params_of(params)?).await? }),
        Ask::Batch(queries) => {
            let results = db.batch(statements(queries)?).await?;
            json!({ "results": results.iter().map(told).collect::<Vec<_>>() })
        }
        Ask::Pair(queries) => {
            let results = db.batch(statements(queries)?).await?;
            let last = results.last().ok_or_else(|| Error::internal("an empty batch"))?;
            let (a, b): (Value, Value) = last.one()?;
            json!({ "pair": [shown(&a), shown(&b)] })
        }
        Ask::Session(start, steps) => {
            let session = db.session(match (start.as_str(), last.as_ref()) {
                ("first-unconstrained", _) => Session::FirstUnconstrained,
                ("first-primary", _) => Session::FirstPrimary,
                ("last", Some(bookmark)) => Session::Bookmark(bookmark.clone()),
                _ => return Err(Error::internal("there is no such start of a session")),
            });
            let before = session.bookmark();
            let outcomes = each(steps, &session, outside).await;
            let after = session.bookmark();
            let told = json!({
                "begins_with_one": before.is_some(),
                "ends_with_one": after.is_some(),
                "is_as_late": after >= before,
                "steps": outcomes,
            });
            *last = after;
            told
        }
        Ask::On(binding, steps) => {
            json!({ "steps": each(steps, &outside.d1_named(binding)?, outside).await })
        }
    })
}

/// The one row of `sql` as the type that is called `name`.
async fn read_as(name: &str, sql: &str, db: &D1) -> Result<Plain> {
    #[derive(FromRow)]
    struct Named {
        id: i64,
        note: Option<String>,
    }
    Ok(match name {
        "bool" => json!(db.query_one::<bool>(sql, ()).await?),
        "i64" => json!(db.query_one::<i64>(sql, ()).await?),
        "u8" => json!(db.query_one::<u8>(sql, ()).await?),
        "f64" => value::number(db.query_one::<f64>(sql, ()).await?),
        "string" => json!(db.query_one::<String>(sql, ()).await?),
        "blob" => json!(db.query_one::<Vec<u8>>(sql, ()).await?),
        "exact" => json!(db.query_one::<Exact64>(sql, ()).await?),
        "named" => {
            let Named { id, note } = db.query_one(sql, ()).await?;
            json!({ "id": id, "note": note })
        }
        _ => return Err(Error::internal(format!("no type is called {name} here"))),
    })
}

/// What a statement in a batch gave, but what the native host only estimates.
fn told(result: &ResultSet) -> Plain {
    let meta = result.meta();
    let rows: Vec<_> = result.rows().map(row).collect();
    json!({
        "columns": result.columns(),
        "rows": rows,
        "changes": result.changes(),
        "last_row_id": meta.last_row_id,
        "written": meta.rows_written,
    })
}

fn statements(queries: &[Query]) -> Result<Vec<Statement>> {
    queries.iter().map(|(sql, params)| Statement::new(sql, params_of(params)?)).collect()
}

fn params_of(params: &[Bound]) -> Result<Vec<Param>> {
    params.iter().map(Param::of).collect()
}

fn row(cells: &[Value]) -> Vec<Plain> {
    cells.iter().map(shown).collect()
}
