//! Values as JSON, by what the schema says of their column.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value as Json};

use super::{decimal, format, integer, local, moment, moment_text, show, time};
use crate::model::decimal::units;
use crate::model::schema::{Column, Kind};
use crate::model::{civil, uuid, valid};
use crate::value::{FromValue, Value, ValueRef};

/// The value as JSON, which [`from_json`] makes the same value of.
///
/// Bytes are Base64; numbers of 64 bits and decimals are text, since readers of JSON round numbers; moments are RFC 3339.
/// JSON is itself, of which the order of keys and the space between them are not kept, and in a column that may be NULL
/// its `null` becomes NULL. A number that is not finite, which JSON has no form for, is `"inf"` or `"-inf"`.
#[must_use]
pub fn to_json(column: &Column, value: ValueRef<'_>) -> Json {
    known(column.kind, value).unwrap_or_else(|| match value {
        ValueRef::Null => Json::Null,
        ValueRef::Number(number) => {
            Number::from_f64(number).map_or_else(|| number.to_string().into(), Json::Number)
        }
        // What is not of the column's kind is given as it is; it is told when it is read.
        other => Json::String(format(column, other)),
    })
}

fn known(kind: Kind, value: ValueRef<'_>) -> Option<Json> {
    match (kind, value) {
        (_, ValueRef::Null) => Some(Json::Null),
        (Kind::Integer { .. }, value) => Some(Json::from(i64::from_value(value).ok()?)),
        (Kind::Exact64, value) => Some(Json::String(crate::Exact64::from_value(value).ok()?.to_string())),
        (Kind::Bool, value) => Some(Json::Bool(bool::from_value(value).ok()?)),
        (Kind::Timestamp, value) => Some(match i64::from_value(value).ok()? {
            ms if jiff::Timestamp::from_millisecond(ms).is_ok() => Json::String(moment_text(ms)),
            ms => Json::from(ms),
        }),
        (Kind::Decimal { .. }, value) => show(kind, value).map(Json::String),
        (Kind::Json, ValueRef::Text(text)) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The value that `json` is in `column`. It is checked to be of the column's kind and no more: what is in a store may be
/// older than the rules of its model.
///
/// # Errors
/// A sentence that says what is to be written.
pub fn from_json(column: &Column, json: &Json) -> Result<Value, String> {
    if json.is_null() && (column.nullable || column.kind != Kind::Json) {
        return if column.nullable { Ok(Value::Null) } else { Err(valid::REQUIRED.to_owned()) };
    }
    read(column.kind, json)
        .filter(|value| infinite(column.kind, value) || valid::fits(column.kind, value.as_ref()).is_none())
        .ok_or_else(|| valid::wanted(column.kind))
}

fn read(kind: Kind, json: &Json) -> Option<Value> {
    match (kind, json) {
        (Kind::Integer { .. }, Json::Number(number)) => integer(number.as_i64()?),
        (Kind::Exact64, Json::Number(number)) => Some(Value::Text(number.as_i64()?.to_string())),
        (Kind::Exact64, Json::String(text)) => Some(Value::Text(text.parse::<i64>().ok()?.to_string())),
        (Kind::Float, Json::Number(number)) => Some(Value::Number(number.as_f64()?)),
        (Kind::Float, Json::String(text)) => match text.as_str() {
            "inf" => Some(Value::Number(f64::INFINITY)),
            "-inf" => Some(Value::Number(f64::NEG_INFINITY)),
            _ => None,
        },
        (Kind::Bool, Json::Bool(yes)) => Some(Value::Number(f64::from(u8::from(*yes)))),
        (Kind::Text, Json::String(text)) => Some(Value::Text(text.clone())),
        (Kind::Bytes, Json::String(text)) => Some(Value::Blob(STANDARD.decode(text).ok()?)),
        (Kind::Date, Json::String(text)) => civil::parse_date(text).map(|date| Value::Text(date.to_string())),
        (Kind::Time, Json::String(text)) => time(text).map(|time| Value::Text(time.to_string())),
        (Kind::DateTime, Json::String(text)) => local(text).map(|local| Value::Text(local.to_string())),
        (Kind::Timestamp, Json::String(text)) => integer(moment(text)?.as_millis()),
        (Kind::Timestamp, Json::Number(number)) => integer(number.as_i64()?),
        (Kind::Decimal { digits, places }, Json::String(text)) => {
            decimal(units::parse(text, digits, places).ok()?, digits, places)
        }
        (Kind::Decimal { digits, places }, Json::Number(number)) => {
            decimal(units::parse(&number.to_string(), digits, places).ok()?, digits, places)
        }
        (Kind::Uuid, Json::String(text)) => {
            uuid::parse(text).map(|id| Value::Text(id.hyphenated().to_string()))
        }
        (Kind::Json, json) => Some(Value::Text(json.to_string())),
        _ => None,
    }
}

fn infinite(kind: Kind, value: &Value) -> bool {
    matches!((kind, value), (Kind::Float, Value::Number(number)) if number.is_infinite())
}
