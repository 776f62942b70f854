//! `IN` over a list of values: a few as parameters, more as one parameter of JSON, since a statement takes 100.

use serde_json::Value as Json;

use super::node::{Node, Rest};
use super::sql::{Rank, Sql};
use crate::model::schema::Kind;
use crate::value::{MAX_SAFE_INTEGER, Value};

/// The most values that are parameters of their own.
const FEW: usize = 16;

/// That `term` is one of `values`.
pub(super) fn is_in(term: Node, values: Vec<Node>, kind: Kind) -> Node {
    let mut rest = Rest::default();
    let list: Vec<Sql> = values.into_iter().map(|value| value.take(&mut rest)).collect();
    let plain = list.iter().all(|sql| sql.value().is_some());
    let list = if list.len() <= FEW || !plain {
        // `= NULL` is never true, and neither is it in a list.
        let list = list.into_iter().filter(|sql| !matches!(sql.value(), Some(Value::Null)));
        Sql::tuple(list.map(|sql| sql.numbered(kind)))
    } else {
        let json = list.iter().filter_map(|sql| to_json(sql.value()?)).collect();
        from_json(json, kind)
    };
    term.with_joins(rest.joins).with_fault(rest.fault).map(|term| term.infix("IN", Rank::Equal, list))
}

/// `(SELECT value FROM json_each(?))`, each as a column of this kind has it.
pub(super) fn from_json(values: Vec<Json>, kind: Kind) -> Sql {
    let value = match kind {
        Kind::Bytes => "unhex(value)",
        Kind::Exact64 => "CAST(value AS INTEGER)",
        _ => "value",
    };
    let json = Value::Text(Json::Array(values).to_string());
    Sql::nested(&format!("SELECT {value} FROM json_each(?)"), vec![json])
}

fn to_json(value: &Value) -> Option<Json> {
    match value {
        Value::Number(n) => Some(number(*n)),
        Value::Text(text) => Some(Json::String(text.clone())),
        Value::Blob(bytes) => Some(Json::String(hex(bytes))),
        Value::Null => None,
    }
}

/// A whole number without a point, so that it is an INTEGER there too.
pub(super) fn number(n: f64) -> Json {
    #[allow(clippy::cast_possible_truncation, reason = "checked by the way back")]
    let whole = n as i64;
    #[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "the same number is asked for")]
    if whole as f64 == n && whole.unsigned_abs() <= MAX_SAFE_INTEGER.unsigned_abs() {
        return Json::from(whole);
    }
    serde_json::Number::from_f64(n).map_or(Json::Null, Json::Number)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
