//! Fixtures: the rows of models as JSON, to read and to load, for tests and development and to carry rows elsewhere.

use serde_json::{Map, Value as Json};

use super::failure::DANGLING;
use super::node::Node;
use super::source::{Executor, Source};
use super::sql::{Sql, Text};
use super::statement::Statement;
use crate::error::{Error, Kind, Problem, Result};
use crate::model::Schema;
use crate::model::schema::Column;
use crate::model::text::{from_json, to_json};
use crate::model::valid;
use crate::value::Value;

/// All rows of these models, ordered by key: `{"Post": [{"id": 1, "title": "Hello", …}, …], …}`.
///
/// Moments are RFC 3339, decimals and exact numbers are strings, bytes are base64; [`load`] reads them back as they were.
///
/// # Errors
/// The statement's, such as a table that is not there.
pub fn dump<On: Source>(models: &'static [&'static Schema], on: On) -> On::Output<Json> {
    on.run(move |on| {
        Box::pin(async move {
            let mut all = Map::new();
            for model in models {
                all.insert(model.name.to_owned(), Json::Array(rows(model, on).await?));
            }
            Ok(Json::Object(all))
        })
    })
}

/// Stores the rows of a fixture, as [`dump`] writes it, in one transaction and tells how many there were. The models are
/// those of the database; a column that is left out gets its default or NULL.
///
/// Rows may point to rows that come later: keys are held to what they say at the end.
///
/// # Errors
/// [`Kind::Invalid`], with each row and column that does not hold, before anything is stored; the first statement's that
/// fails, and then nothing is stored.
pub fn load<On: Source>(fixture: Json, on: On) -> On::Output<u64> {
    on.run(move |on| Box::pin(async move { load_on(&fixture, on).await }))
}

async fn rows(model: &'static Schema, on: &dyn Executor) -> Result<Vec<Json>> {
    let mut text = Text::new("SELECT ");
    for (at, column) in model.columns.iter().enumerate() {
        text.comma(at).add(Node::new(Sql::name(column.name)).selected(column.kind).sql);
    }
    text.push(" FROM ").name(model.table).push(" ORDER BY ").name(model.key().name);
    let rows = on.rows(Statement::of(text, None)?).await?;
    let object = |row: Vec<Value>| {
        let cells = model.columns.iter().zip(&row);
        Json::Object(
            cells.map(|(column, cell)| (column.name.to_owned(), to_json(column, cell.as_ref()))).collect(),
        )
    };
    Ok(rows.into_iter().map(object).collect())
}

async fn load_on(fixture: &Json, on: &dyn Executor) -> Result<u64> {
    let Json::Object(models) = fixture else {
        return Err(unreadable("a fixture is an object with a list of rows for each model"));
    };
    let mut statements = vec![Statement::new("PRAGMA defer_foreign_keys = ON", Vec::new())];
    let mut problems = Vec::new();
    for (name, rows) in models {
        let Some(model) = on.models().iter().copied().find(|model| model.name == name) else {
            let known = on.models().iter().map(|model| model.name).collect::<Vec<_>>().join(", ");
            return Err(unreadable(&format!("there is no model `{name}` here; there are: {known}")));
        };
        let Json::Array(rows) = rows else {
            return Err(unreadable(&format!("the rows of `{name}` are no list")));
        };
        for (at, row) in rows.iter().enumerate() {
            let place = format!("{name}[{at}]");
            statements.extend(insert(model, row, &place, &mut problems)?);
        }
    }
    if !problems.is_empty() {
        return Err(Error::invalid(problems));
    }
    let count = statements.len() - 1;
    // SQLite forgets what it has counted when the keys are immediate again, so it is asked before.
    statements.push(dangling());
    statements.push(immediate());
    if let Err(error) = on.apply(statements).await {
        // The transaction of a store goes on, and a setting is not undone with what was written.
        if on.reads_hold() {
            on.apply(vec![immediate()]).await?;
        }
        return Err(error);
    }
    u64::try_from(count).map_err(|_| unreadable("too many rows"))
}

/// The row's INSERT; `None` where there are problems with it.
fn insert(
    model: &'static Schema,
    row: &Json,
    place: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<Statement>> {
    let Json::Object(cells) = row else { return Err(unreadable(&format!("{place} is no object"))) };
    let before = problems.len();
    let mut given: Vec<(&Column, Value)> = Vec::with_capacity(cells.len());
    for (name, cell) in cells {
        match model.column(name).map(|column| (column, from_json(column, cell))) {
            None => problems.push(Problem::new(format!("{place}.{name}"), "There is no such column.")),
            Some((_, Err(why))) => problems.push(Problem::new(format!("{place}.{name}"), why)),
            Some((column, Ok(value))) => {
                if let Some(why) = valid::check(column, value.as_ref()) {
                    problems.push(Problem::new(format!("{place}.{name}"), why));
                }
                given.push((column, value));
            }
        }
    }
    if problems.len() > before {
        return Ok(None);
    }
    let mut text = Text::new("INSERT INTO ");
    text.name(model.table).push(" (");
    for (at, (column, _)) in given.iter().enumerate() {
        text.comma(at).name(column.name);
    }
    text.push(") VALUES (");
    for (at, (_, value)) in given.into_iter().enumerate() {
        text.comma(at).add(Sql::param(value));
    }
    text.push(")");
    Statement::of(text, None).map(Some)
}

fn immediate() -> Statement {
    Statement::new("PRAGMA defer_foreign_keys = OFF", Vec::new())
}

/// Fails where a key of the database points to nothing.
fn dangling() -> Statement {
    let place = format!("'{DANGLING}' || \"table\" || ' to ' || \"parent\" || ':'");
    let sql = format!("SELECT json_extract('{{}}', {place}) FROM pragma_foreign_key_check LIMIT 1");
    Statement::new(sql, Vec::new())
}

fn unreadable(why: &str) -> Error {
    Error::new(Kind::Invalid, format!("the fixture cannot be read: {why}"))
}
