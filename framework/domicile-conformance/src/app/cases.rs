//! Statements in batches, through the store that handlers use, with what came of each.

mod typed;

use domicile::Value;
use domicile::prelude::*;
use serde_json::{Value as Plain, json};

/// An actor without a schema of its own, so that a batch begins with an empty database.
#[derive(Actor, Default)]
#[actor(routes = routes)]
pub(super) struct Cases;

fn routes(r: &mut Routes<Cases>) {
    r.post("/run", |_, request, cx| -> Result<Json<Vec<Plain>>> {
        let batch: Vec<(String, Vec<Plain>)> = request.json()?;
        batch.iter().map(|(sql, params)| outcome(cx.store(), sql, params)).collect::<Result<_>>().map(Json)
    });
    r.post("/written", |_, request, cx| -> Result<Json<Vec<Plain>>> {
        let batch: Vec<(String, Vec<Plain>)> = request.json()?;
        batch.iter().map(|(sql, params)| written(cx.store(), sql, params)).collect::<Result<_>>().map(Json)
    });
    typed::routes(r);
}

/// How many rows the statement wrote, or the error.
fn written(store: &Store, sql: &str, params: &[Plain]) -> Result<Plain> {
    let params = params.iter().map(value).collect::<Result<Vec<_>>>()?;
    Ok(match store.execute(sql, params) {
        Ok(written) => json!({ "written": written }),
        Err(error) => failed(&error),
    })
}

fn failed(error: &Error) -> Plain {
    json!({ "error": error.sql().map(|e| e.message().to_owned()), "kind": format!("{:?}", error.kind()) })
}

/// The rows, or the error. What the statement did before it failed stays, as with the runtime's own `exec`.
fn outcome(store: &Store, sql: &str, params: &[Plain]) -> Result<Plain> {
    let params = params.iter().map(value).collect::<Result<Vec<_>>>()?;
    Ok(match store.query_all::<Vec<Value>>(sql, params) {
        Ok(rows) => {
            json!({ "rows": rows.iter().map(|row| row.iter().map(shown).collect()).collect::<Vec<Vec<_>>>() })
        }
        Err(error) => failed(&error),
    })
}

fn value(json: &Plain) -> Result<Value> {
    Ok(match json {
        Plain::Null => Value::Null,
        Plain::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        Plain::String(text) => Value::Text(text.clone()),
        Plain::Object(object) => {
            Value::Blob(serde_json::from_value(object.get("b").cloned().unwrap_or_default())?)
        }
        other => return Err(Error::bad_request(format!("no parameter: {other}"))),
    })
}

fn shown(value: &Value) -> Plain {
    match value {
        Value::Null => Plain::Null,
        // JSON has no infinity, and would not tell -0 from 0.
        Value::Number(number) => json!({ "n": format!("{number:?}") }),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => json!({ "b": bytes }),
    }
}
