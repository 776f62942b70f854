//! Several hundred statements with the answers that workerd 1.20261117.1 gave to them.
//!
//! The files of domicile-conformance hold, for each statement, its text, its parameters, and the column names and rows or
//! the error that `ctx.storage.sql.exec` gave; `{"b": […]}` is a blob. A line with a group's name begins with an empty
//! database. What Domicile refuses before it reaches a database is left out here.

use serde_json::Value as Json;

use super::{Value, memory};
use crate::sqlite::Param;

macro_rules! answers {
    ($($topic:literal)+) => {
        &[$(include_str!(concat!("../../../../framework/domicile-conformance/cases/", $topic, ".jsonl"))),+]
    };
}

/// The topics whose groups are plain statements.
const ANSWERS: &[&str] =
    answers!("absent-tables" "constraints" "functions" "math" "pragmas" "refusals" "texts" "types");

pub(super) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Number(number) => Value::Number(number.as_f64().unwrap()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Object(object) => Value::Blob(serde_json::from_value(object["b"].clone()).unwrap()),
        other => panic!("{other}"),
    }
}

pub(super) fn param(value: &Value) -> Param<'_> {
    match value {
        Value::Null => Param::Null,
        Value::Number(number) => Param::Number(*number),
        Value::Text(text) => Param::Text(text),
        Value::Blob(bytes) => Param::Blob(bytes),
    }
}

#[test]
fn every_answer_is_workerd_s() {
    let mut database = memory();
    let mut wrong = Vec::new();
    for line in ANSWERS.iter().flat_map(|answers| answers.lines()) {
        let line: Json = serde_json::from_str(line).unwrap();
        let Some([sql, params, expected]) = line.as_array().map(Vec::as_slice) else {
            database = memory();
            continue;
        };
        if expected["kind"] == "Sql(Refused)" {
            continue;
        }
        let sql = sql.as_str().unwrap();
        let params: Vec<Value> = params.as_array().unwrap().iter().map(value).collect();
        let params: Vec<Param<'_>> = params.iter().map(param).collect();
        let actual = database.table(sql, &params);
        let same = match (&actual, expected.get("error")) {
            (Err(error), Some(expected)) => expected == error.message(),
            (Ok(table), None) => {
                let rows = expected["rows"].as_array().unwrap().iter();
                let rows: Vec<Vec<Value>> =
                    rows.map(|row| row.as_array().unwrap().iter().map(value).collect()).collect();
                // The names were measured with `exec` itself; what was added later has been seen through a store.
                let columns = expected.get("columns");
                columns.is_none_or(|columns| *columns == serde_json::json!(table.columns))
                    && rows == table.rows
            }
            _ => false,
        };
        if !same {
            wrong.push(format!("{sql:?}\n  expected {expected}\n  got {actual:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
