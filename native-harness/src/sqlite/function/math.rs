//! SQLite's math functions, which the bundled build leaves out and workerd's has.
//!
//! An argument that is not a number, and does not look like one, gives NULL, as does a result that is not a number.

use std::f64::consts::PI;
use std::ffi::CStr;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error};

type Unary = (&'static CStr, fn(f64) -> f64);
type Binary = (&'static CStr, fn(f64, f64) -> f64);

/// Functions of one number.
const UNARY: &[Unary] = &[
    (c"acos", f64::acos),
    (c"acosh", f64::acosh),
    (c"asin", f64::asin),
    (c"asinh", f64::asinh),
    (c"atan", f64::atan),
    (c"atanh", f64::atanh),
    (c"cos", f64::cos),
    (c"cosh", f64::cosh),
    (c"degrees", |x| x * (180.0 / PI)),
    (c"exp", f64::exp),
    (c"radians", |x| x * (PI / 180.0)),
    (c"sin", f64::sin),
    (c"sinh", f64::sinh),
    (c"sqrt", f64::sqrt),
    (c"tan", f64::tan),
    (c"tanh", f64::tanh),
];

/// Functions of one number that leave an integer as it is.
const ROUNDING: &[Unary] = &[(c"ceil", f64::ceil), (c"floor", f64::floor), (c"trunc", f64::trunc)];

/// Logarithms of one number, which must be above zero.
const LOGARITHMS: &[Unary] = &[(c"ln", f64::ln), (c"log", f64::log10), (c"log2", f64::log2)];

/// Functions of two numbers.
const BINARY: &[Binary] = &[(c"atan2", f64::atan2), (c"mod", |x, y| x % y), (c"pow", f64::powf)];

/// Names that workerd's SQLite has and its authorizer refuses. They exist here so that the refusal reads the same.
const REFUSED: &[(&CStr, i32)] = &[(c"ceiling", 1), (c"log10", 1), (c"power", 2)];

/// Adds the functions to a connection.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    // Deterministic and innocuous as SQLite's own are, so that indexes and generated columns may call them.
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for &(name, function) in UNARY {
        connection
            .create_scalar_function(name, 1, flags, move |context| Ok(real(context, 0).map(function)))?;
    }
    for &(name, function) in ROUNDING {
        connection.create_scalar_function(name, 1, flags, move |context| {
            Ok(match numeric(context, 0) {
                Value::Real(value) => Value::Real(function(value)),
                other => other,
            })
        })?;
    }
    for &(name, function) in LOGARITHMS {
        connection
            .create_scalar_function(name, 1, flags, move |context| Ok(positive(context, 0).map(function)))?;
    }
    connection.create_scalar_function(c"log", 2, flags, |context| Ok(log_to_base(context)))?;
    for &(name, function) in BINARY {
        connection.create_scalar_function(name, 2, flags, move |context| {
            Ok(real(context, 0).zip(real(context, 1)).map(|(x, y)| function(x, y)))
        })?;
    }
    connection.create_scalar_function(c"pi", 0, flags, |_| Ok(PI))?;
    for &(name, arguments) in REFUSED {
        connection.create_scalar_function(name, arguments, flags, |_| Err::<f64, _>(Error::InvalidQuery))?;
    }
    Ok(())
}

/// `log(B, X)`: NULL unless both are above zero and the base is above one.
fn log_to_base(context: &Context<'_>) -> Option<f64> {
    let base = positive(context, 0)?.ln();
    // SQLite looks at the type of the base alone, and takes of the other argument what it can read.
    let value = match context.get_raw(1) {
        ValueRef::Text(text) | ValueRef::Blob(text) => leading_number(text),
        _ => real(context, 1)?,
    };
    (base > 0.0 && value > 0.0).then(|| value.ln() / base)
}

fn positive(context: &Context<'_>, index: usize) -> Option<f64> {
    real(context, index).filter(|&value| value > 0.0)
}

fn real(context: &Context<'_>, index: usize) -> Option<f64> {
    match numeric(context, index) {
        Value::Integer(value) => Some(value as f64),
        Value::Real(value) => Some(value),
        _ => None,
    }
}

/// The argument as SQLite's numeric affinity leaves it; NULL when that is not a number.
fn numeric(context: &Context<'_>, index: usize) -> Value {
    match context.get_raw(index) {
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(text) => numeric_text(text).unwrap_or(Value::Null),
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
    }
}

fn numeric_text(text: &[u8]) -> Option<Value> {
    // SQLite reads up to a NUL, whatever stands behind it.
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    // Rust's parser also knows "inf" and "nan", which are no numbers in SQL.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return None;
    }
    text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Real)).ok()
}

/// The number that a text begins with, or 0.
fn leading_number(text: &[u8]) -> f64 {
    let text = text.trim_ascii_start();
    let numeric = text.iter().take_while(|&&byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)).count();
    (1..=numeric).rev().find_map(|end| std::str::from_utf8(&text[..end]).ok()?.parse().ok()).unwrap_or(0.0)
}
