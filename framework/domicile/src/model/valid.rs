//! Whether values may stand in a model's columns, in sentences for the one who filled in the form.
//!
//! It looks at one value at a time. What needs other rows, such as whether a value is unique or a foreign key's target is
//! there, the store says when it is written.

use std::fmt;

use super::schema::{Choice, Column, Kind, Literal, Schema};
use super::{civil, decimal::units, uuid};
use crate::error::{Error, Problem, Result};
use crate::value::{FromValue, MAX_SAFE_INTEGER, ValueRef};

const SMALLEST: i64 = -MAX_SAFE_INTEGER;

/// What is said of a value that is missing.
pub(super) const REQUIRED: &str = "This field is required.";

/// What is wrong with `value` in `column`; `None` where nothing is.
///
/// Text is counted in characters, of which an emoji may be several. A key that the store gives may be NULL.
#[must_use]
pub fn check(column: &Column, value: ValueRef<'_>) -> Option<String> {
    if matches!(value, ValueRef::Null) {
        return (!column.nullable).then(|| REQUIRED.to_owned());
    }
    fits(column.kind, value).or_else(|| allowed(column, value))
}

/// As [`check`], with the name of the column.
#[must_use]
pub fn problem(column: &Column, value: ValueRef<'_>) -> Option<Problem> {
    check(column, value).map(|message| Problem::new(column.name, message))
}

/// Checks the values of a row, in the order of the schema. The key is not looked at where it is NULL and a number: the
/// store gives it.
///
/// # Errors
/// [`Kind::Invalid`](crate::Kind::Invalid) with everything that is wrong: [`Error::problems`].
pub fn check_row<'a>(schema: &Schema, values: impl IntoIterator<Item = ValueRef<'a>>) -> Result<()> {
    let given = |at: usize, column: &Column, value: ValueRef<'_>| {
        at == schema.key
            && matches!((value, column.kind), (ValueRef::Null, Kind::Integer { .. } | Kind::Exact64))
    };
    let problems: Vec<Problem> = schema
        .columns
        .iter()
        .zip(values)
        .enumerate()
        .filter(|(at, (column, value))| !given(*at, column, *value))
        .filter_map(|(_, (column, value))| problem(column, value))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
}

/// What is wrong with a value as one of its kind.
pub(super) fn fits(kind: Kind, value: ValueRef<'_>) -> Option<String> {
    let fine = match (kind, value) {
        (Kind::Integer { min, max }, value) => {
            i64::from_value(value).is_ok_and(|number| (min..=max).contains(&number))
        }
        (Kind::Exact64, value) => crate::Exact64::from_value(value).is_ok(),
        (Kind::Float, ValueRef::Number(number)) => number.is_finite(),
        (Kind::Bool, value) => bool::from_value(value).is_ok(),
        (Kind::Text, ValueRef::Text(_)) | (Kind::Bytes, ValueRef::Blob(_)) => true,
        (Kind::Date, ValueRef::Text(text)) => civil::parse_date(text).is_some(),
        (Kind::Time, ValueRef::Text(text)) => civil::parse_time(text).is_some(),
        (Kind::DateTime, ValueRef::Text(text)) => civil::parse_datetime(text).is_some(),
        (Kind::Timestamp, value) => i64::from_value(value).is_ok(),
        (Kind::Decimal { digits, places }, value) => units::from_value(value, digits, places).is_ok(),
        (Kind::Uuid, ValueRef::Text(text)) => uuid::parse(text).is_some(),
        (Kind::Json, ValueRef::Text(text)) => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        _ => false,
    };
    (!fine).then(|| wanted(kind))
}

/// What is to be written in a column of this kind.
pub(super) fn wanted(kind: Kind) -> String {
    match kind {
        // A number of 16 digits is exact or not; of 15, it is.
        Kind::Integer { min: SMALLEST, max: MAX_SAFE_INTEGER } => {
            "Write a whole number of at most 15 digits.".to_owned()
        }
        Kind::Integer { min: 0, max: MAX_SAFE_INTEGER } => {
            "Write a whole number of at most 15 digits, 0 or more.".to_owned()
        }
        Kind::Integer { min, max } => format!("Write a whole number from {min} to {max}."),
        Kind::Exact64 => "Write a whole number of at most 64 bits.".to_owned(),
        Kind::Float => "Write a number, such as 0.5.".to_owned(),
        Kind::Bool => "Write true or false.".to_owned(),
        Kind::Text => "Write text.".to_owned(),
        Kind::Bytes => "Write bytes in Base64.".to_owned(),
        Kind::Date => "Write a day, such as 2026-11-03.".to_owned(),
        Kind::Time => "Write a time of day, such as 09:30.".to_owned(),
        Kind::DateTime | Kind::Timestamp => "Write a day and a time, such as 2026-11-03T09:30.".to_owned(),
        Kind::Decimal { digits, places: 0 } => format!("Write a whole number of at most {digits} digits."),
        Kind::Decimal { digits, places } => format!(
            "Write a number with at most {} digits before the point and {places} behind it.",
            digits - places
        ),
        Kind::Uuid => "Write a UUID, such as 67e55044-10b1-426f-9247-bb680e5fe0c8.".to_owned(),
        Kind::Json => "Write JSON.".to_owned(),
    }
}

/// What is wrong with a value of the right kind by what the model says of the column.
fn allowed(column: &Column, value: ValueRef<'_>) -> Option<String> {
    if let ValueRef::Text(text) = value
        && column.kind == Kind::Text
    {
        if text.is_empty() && !column.blank {
            return Some(REQUIRED.to_owned());
        }
        if let Some(most) = column.max_length {
            let count = text.chars().count();
            if usize::try_from(most).is_ok_and(|most| count > most) {
                return Some(format!("Write at most {most} characters; these are {count}."));
            }
        }
    }
    let listed = column.choices.is_empty() || column.choices.iter().any(|choice| is(choice.value, value));
    // A choice may be left open where text may be empty.
    let open = column.blank && matches!(value, ValueRef::Text(""));
    (!listed && !open).then(|| format!("Choose one of: {}.", Labels(column.choices)))
}

fn is(choice: Literal, value: ValueRef<'_>) -> bool {
    match (choice, value) {
        #[allow(clippy::cast_precision_loss, reason = "numbers in a store are doubles")]
        (Literal::Integer(a), ValueRef::Number(b)) => a as f64 == b,
        (Literal::Integer(a), ValueRef::Text(b)) => a.to_string() == b,
        (Literal::Real(a), ValueRef::Number(b)) => a == b,
        (Literal::Text(a), ValueRef::Text(b)) => a == b,
        (Literal::Blob(a), ValueRef::Blob(b)) => a == b,
        _ => false,
    }
}

struct Labels(&'static [Choice]);

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, choice) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            f.write_str(choice.label)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
