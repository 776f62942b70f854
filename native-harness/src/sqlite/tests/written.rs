//! Rows written, against what workerd 1.20261117.1 counted.
//!
//! `cases/rows-written.jsonl` of domicile-conformance holds, for each statement, its text, its parameters, and the number
//! that `rowsWritten` of the cursor gave, or the error. A line with a group's name begins with an empty database.

use serde_json::Value as Json;

use super::golden::{param, value};
use super::{Value, memory};
use crate::sqlite::Param;

const ANSWERS: &str = include_str!("../../../../framework/domicile-conformance/cases/rows-written.jsonl");

#[test]
fn rows_are_counted_as_workerd_counts_them() {
    let mut database = memory();
    let (mut counted, mut wrong) = (0, Vec::new());
    for line in ANSWERS.lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        let Some([sql, params, expected]) = line.as_array().map(Vec::as_slice) else {
            database = memory();
            continue;
        };
        let sql = sql.as_str().unwrap();
        let params: Vec<Value> = params.as_array().unwrap().iter().map(value).collect();
        let params: Vec<Param<'_>> = params.iter().map(param).collect();
        // What Domicile refuses never reaches a database, and the rows are compared elsewhere.
        if expected["kind"] == "Sql(Refused)" {
            continue;
        }
        let expected = match expected.get("written") {
            Some(written) => serde_json::json!({ "written": written }),
            None => serde_json::json!({ "error": expected["error"] }),
        };
        let actual = match database.run(sql, &params, &mut ()) {
            Ok(counts) => serde_json::json!({ "written": counts.written }),
            Err(error) => serde_json::json!({ "error": error.message() }),
        };
        counted += 1;
        if actual != expected {
            wrong.push(format!("{sql}\n  expected {expected}\n  got {actual}"));
        }
    }
    assert!(counted > 400, "{counted} statements");
    assert!(wrong.is_empty(), "{} of {counted} differ:\n{}", wrong.len(), wrong.join("\n"));
}
