//! Values on their way in, and as they are shown: JSON in which each class stands apart.

use domicile::prelude::*;
use domicile::value::{self, ToValue};
use domicile::{Kind, Value};
use serde_json::{Value as Plain, json};

use crate::program::{Bound, Special};

/// A parameter as it is bound.
pub(in crate::app) enum Param {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Param {
    /// # Errors
    /// A number that is none.
    pub(in crate::app) fn of(bound: &Bound) -> Result<Self> {
        Ok(match bound {
            Bound::Null => Param::Null,
            Bound::Bool(value) => Param::Bool(*value),
            Bound::Number(value) => Param::Number(*value),
            Bound::Text(value) => Param::Text(value.clone()),
            Bound::Special(Special::Integer(value)) => Param::Integer(*value),
            Bound::Special(Special::Blob(bytes)) => Param::Blob(bytes.clone()),
            Bound::Special(Special::Times(letter, times)) => Param::Text(letter.to_string().repeat(*times)),
            Bound::Special(Special::Number(text)) => Param::Number(
                text.parse().map_err(|_| Error::new(Kind::BadRequest, format!("no number: {text}")))?,
            ),
        })
    }
}

impl ToValue for Param {
    fn to_value(&self) -> Result<value::Param<'_>> {
        match self {
            Param::Null => Ok(value::Param::Null),
            Param::Bool(value) => value.to_value(),
            Param::Integer(value) => value.to_value(),
            Param::Number(value) => value.to_value(),
            Param::Text(value) => value.to_value(),
            Param::Blob(value) => value.to_value(),
        }
    }
}

/// A value as JSON.
pub(in crate::app) fn shown(value: &Value) -> Plain {
    match value {
        Value::Null => Plain::Null,
        Value::Number(number) => self::number(*number),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => json!({ "b": bytes }),
    }
}

/// JSON has no infinity, and a reader of it would not tell -0 from 0.
pub(in crate::app) fn number(number: f64) -> Plain {
    if number.is_finite() && !(number == 0.0 && number.is_sign_negative()) {
        json!(number)
    } else {
        json!({ "n": format!("{number:?}") })
    }
}

/// An error as JSON: its kind, and the statement's text where a statement failed.
pub(in crate::app) fn error(error: &Error) -> Plain {
    let text = error.sql().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    json!({ "error": text, "kind": format!("{:?}", error.kind()) })
}
