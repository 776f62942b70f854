//! Values by what the schema says of their column, and not by a Rust type: as text, for forms, and as JSON, for fixtures.

mod json;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::decimal::units;
use super::schema::{Column, DECIMAL_INTEGER_DIGITS, Kind};
use super::{civil, uuid, valid};
use crate::timestamp::Timestamp;
use crate::value::{FromValue, ToValue, Value, ValueRef};

pub use json::{from_json, to_json};

/// Reads what a person or a form gives for a column, and checks it as [`valid::check`] does.
///
/// Text is taken as it is; around anything else space does not count. Nothing at all is NULL where the column may be NULL.
/// A time without a distance from UTC is in UTC. `on`, `true`, `yes` and `1` are true, and their opposites false. Bytes are
/// Base64.
///
/// # Errors
/// A sentence for the one who wrote it.
pub fn parse(column: &Column, text: &str) -> Result<Value, String> {
    let trimmed = if column.kind == Kind::Text { text } else { text.trim() };
    if trimmed.is_empty() && column.nullable {
        return Ok(Value::Null);
    }
    let value = match read(column.kind, trimmed) {
        Some(value) => value,
        None if trimmed.is_empty() => return Err(valid::REQUIRED.to_owned()),
        None => return Err(valid::wanted(column.kind)),
    };
    match valid::check(column, value.as_ref()) {
        None => Ok(value),
        Some(problem) => Err(problem),
    }
}

/// The value as [`parse`] reads it: empty for NULL, and all places of a decimal.
///
/// What is not of the column's kind is shown as it is.
#[must_use]
pub fn format(column: &Column, value: ValueRef<'_>) -> String {
    show(column.kind, value).unwrap_or_else(|| raw(value))
}

fn read(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Integer { .. } => integer(text.parse().ok()?),
        Kind::Exact64 => Some(Value::Text(text.parse::<i64>().ok()?.to_string())),
        Kind::Float => Some(Value::Number(text.parse().ok()?)),
        Kind::Bool => truth(text).map(|yes| Value::Number(f64::from(u8::from(yes)))),
        Kind::Text => Some(Value::Text(text.to_owned())),
        Kind::Bytes => Some(Value::Blob(STANDARD.decode(text).ok()?)),
        Kind::Date => civil::parse_date(text).map(|date| Value::Text(date.to_string())),
        Kind::Time => time(text).map(|time| Value::Text(time.to_string())),
        Kind::DateTime => local(text).map(|local| Value::Text(local.to_string())),
        Kind::Timestamp => integer(moment(text)?.as_millis()),
        Kind::Decimal { digits, places } => decimal(units::parse(text, digits, places).ok()?, digits, places),
        Kind::Uuid => uuid::parse(text).map(|id| Value::Text(id.hyphenated().to_string())),
        Kind::Json => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
            Some(Value::Text(text.to_owned()))
        }
    }
}

fn show(kind: Kind, value: ValueRef<'_>) -> Option<String> {
    match (kind, value) {
        (_, ValueRef::Null) => Some(String::new()),
        (Kind::Bool, value) => Some(bool::from_value(value).ok()?.to_string()),
        (Kind::Timestamp, value) => Some(moment_text(i64::from_value(value).ok()?)),
        (Kind::Decimal { digits, places }, value) => {
            Some(units::text(units::from_value(value, digits, places).ok()?, places))
        }
        _ => None,
    }
}

fn raw(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Number(number) => number.to_string(),
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Blob(bytes) => STANDARD.encode(bytes),
    }
}

/// A whole number as a value, where a double holds it exactly.
fn integer(number: i64) -> Option<Value> {
    Some(number.to_value().ok()?.into_value())
}

/// A decimal in the form in which it is stored.
fn decimal(units: i128, digits: u8, places: u8) -> Option<Value> {
    if digits <= DECIMAL_INTEGER_DIGITS {
        return integer(i64::try_from(units).ok()?);
    }
    Some(Value::Text(units::sorted(units, digits, places)))
}

fn truth(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match (is(["on", "true", "yes", "1"]), is(["off", "false", "no", "0"])) {
        (false, false) => None,
        (yes, _) => Some(yes),
    }
}

/// `09:30`, as a form gives it, or with seconds and their fraction.
fn time(text: &str) -> Option<jiff::civil::Time> {
    let digits = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    // jiff reads other forms too, such as 0930 and T09.
    let plain = digits(0) && digits(1) && text.get(2..3) == Some(":") && digits(4) && text.len() != 4;
    let whole = if text.len() == 5 { format!("{text}:00") } else { text.to_owned() };
    if !plain || whole.get(6..8) == Some("60") {
        return None;
    }
    whole.parse().ok()
}

/// A day and a time with `T` or a space between them, in UTC unless it ends in `Z` or as in `+01:00`.
fn moment(text: &str) -> Option<Timestamp> {
    // Beyond the years that have a form, milliseconds stand in for one; within them a number would be read as a year.
    if let Ok(ms) = text.parse::<i64>() {
        return jiff::Timestamp::from_millisecond(ms).is_err().then(|| Timestamp::from_millis(ms));
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    Some(local(text)?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
}

/// A day and a time with `T` or a space between them.
fn local(text: &str) -> Option<jiff::civil::DateTime> {
    let (date, clock) = text.split_once(['T', ' '])?;
    Some(civil::parse_date(date)?.to_datetime(time(clock)?))
}

/// What [`moment`] reads.
fn moment_text(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(moment) => moment.to_string(),
        Err(_) => ms.to_string(),
    }
}

#[cfg(test)]
mod tests;
