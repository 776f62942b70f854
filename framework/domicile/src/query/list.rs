//! `IN` over a list of values: a few as parameters, more as one parameter of JSON, since a statement takes 100.

use sea_query::{Expr as Sql, ExprTrait as _, Func, Query, Value as Sea};
use serde_json::Value as Json;

use super::node::Node;
use crate::model::schema::Kind;

/// The most values that are parameters of their own.
const FEW: usize = 16;

/// That `term` is one of `values`.
pub(super) fn is_in(term: Node, values: Vec<Node>, kind: Kind) -> Node {
    let plain = |node: &Node| matches!(node.sql, Sql::Value(_));
    if values.len() <= FEW || !values.iter().all(plain) {
        let (mut list, mut joins, mut fault) = (Vec::new(), Vec::new(), None);
        for value in values {
            super::node::merge(&mut joins, value.joins);
            fault = fault.or(value.fault);
            // `= NULL` is never true, and neither is it in a list.
            if !matches!(value.sql, Sql::Value(Sea::String(None))) {
                list.push(value.sql);
            }
        }
        return term.with(Node { sql: Sql::tuple(list), joins, fault }, |term, list| match list {
            Sql::Tuple(list) => term.is_in(list),
            _ => term,
        });
    }
    let fault = values.iter().find_map(|value| value.fault.clone());
    let json: Vec<Json> = values.into_iter().filter_map(|value| to_json(value.sql)).collect();
    let mut node = term.map(|term| term.in_subquery(from_json(Json::Array(json).to_string(), kind)));
    node.fault = node.fault.or(fault);
    node
}

/// `SELECT value FROM json_each(?)`, each as a column of this kind has it.
pub(super) fn from_json(json: String, kind: Kind) -> sea_query::SelectStatement {
    let mut select = Query::select();
    let value = Sql::col("value");
    match kind {
        Kind::Bytes => select.expr(Func::cust("unhex").arg(value)),
        _ => select.expr(value),
    };
    select.from_function(Func::cust("json_each").arg(Sql::val(json)), "list");
    select
}

fn to_json(value: Sql) -> Option<Json> {
    match value {
        Sql::Value(Sea::Double(Some(n))) => Some(number(n)),
        Sql::Value(Sea::String(Some(text))) => Some(Json::String(text)),
        Sql::Value(Sea::Bytes(Some(bytes))) => Some(Json::String(hex(&bytes))),
        _ => None,
    }
}

/// A whole number without a point, so that it is an INTEGER there too.
pub(super) fn number(n: f64) -> Json {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "checked by the way back"
    )]
    let whole = n as i64;
    #[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "the same bits are asked for")]
    if whole as f64 == n {
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
