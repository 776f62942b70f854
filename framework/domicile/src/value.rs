//! Values on their way into a statement and out of a row.
//!
//! Both hosts know four classes: NULL, number, text and blob. Numbers are bound as doubles, as workerd binds them
//! (`api/sql.c++`), so an `i64` is exact up to ±(2⁵³−1) and refused beyond. [`Exact64`] is exact throughout.

use std::borrow::Cow;

use crate::error::{Error, Kind, Result};
use crate::tooth::{self, Tooth};

/// The largest integer that a double holds exactly together with its neighbours: 2⁵³−1.
pub const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// A value that borrows its text and bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// SQL NULL.
    Null,
    /// Any number: SQLite makes an integer of it where a column's affinity says so.
    Number(f64),
    /// UTF-8 text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

/// A value of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// Any number.
    Number(f64),
    /// UTF-8 text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// The same value, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Number(n) => ValueRef::Number(*n),
            Value::Text(s) => ValueRef::Text(s),
            Value::Blob(b) => ValueRef::Blob(b),
        }
    }
}

impl ValueRef<'_> {
    /// The same value, owned.
    #[must_use]
    pub fn to_owned(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Number(n) => Value::Number(n),
            ValueRef::Text(s) => Value::Text(s.to_owned()),
            ValueRef::Blob(b) => Value::Blob(b.to_owned()),
        }
    }

    /// What it is, in an error.
    pub(crate) fn class(self) -> &'static str {
        match self {
            ValueRef::Null => "NULL",
            ValueRef::Number(_) => "a number",
            ValueRef::Text(_) => "text",
            ValueRef::Blob(_) => "a blob",
        }
    }
}

/// A parameter of a statement: what a [`ValueRef`] is, with text and bytes borrowed or made for the purpose.
#[derive(Debug, Clone, PartialEq)]
pub enum Param<'a> {
    /// SQL NULL.
    Null,
    /// Any number.
    Number(f64),
    /// UTF-8 text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
}

impl<'a> Param<'a> {
    /// Borrowed text.
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Param::Text(Cow::Borrowed(text))
    }

    /// Borrowed bytes.
    #[must_use]
    pub const fn blob(bytes: &'a [u8]) -> Self {
        Param::Blob(Cow::Borrowed(bytes))
    }

    /// The value, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Param::Null => ValueRef::Null,
            Param::Number(n) => ValueRef::Number(*n),
            Param::Text(s) => ValueRef::Text(s),
            Param::Blob(b) => ValueRef::Blob(b),
        }
    }

    /// The value, owned.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Param::Null => Value::Null,
            Param::Number(n) => Value::Number(n),
            Param::Text(s) => Value::Text(s.into_owned()),
            Param::Blob(b) => Value::Blob(b.into_owned()),
        }
    }
}

impl<'a> From<ValueRef<'a>> for Param<'a> {
    fn from(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Null => Param::Null,
            ValueRef::Number(n) => Param::Number(n),
            ValueRef::Text(s) => Param::text(s),
            ValueRef::Blob(b) => Param::blob(b),
        }
    }
}

/// A Rust value that can be a statement's parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of a statement",
    note = "parameters are bool, integers, floats, strings, byte slices, `Exact64`, `Value`, and `Option`s and references of these"
)]
pub trait ToValue {
    /// The value to bind.
    ///
    /// # Errors
    /// An integer beyond ±(2⁵³−1), which a double cannot hold.
    fn to_value(&self) -> Result<Param<'_>>;
}

/// A Rust value that a column can be read as.
#[diagnostic::on_unimplemented(
    message = "a column cannot be read as `{Self}`",
    note = "columns are read as bool, integers, floats, String, Vec<u8>, `Exact64`, `Value`, and `Option`s of these"
)]
pub trait FromValue: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// The value is of another class, or does not fit.
    fn from_value(value: ValueRef<'_>) -> Result<Self>;
}

fn mismatch<T>(wanted: &str, got: ValueRef<'_>) -> Result<T> {
    Err(Error::new(Kind::Decode, format!("expected {wanted}, got {}", got.class())))
}

#[allow(clippy::cast_precision_loss)]
fn bind_integer(n: i128) -> Result<Param<'static>> {
    if n.unsigned_abs() > MAX_SAFE_INTEGER.unsigned_abs().into() && !tooth::bites(Tooth::BindsAnyInteger) {
        return Err(Error::new(
            Kind::Invalid,
            format!(
                "integer {n} is beyond ±(2^53−1), which a number in a Durable Object cannot hold: bind an `Exact64`"
            ),
        ));
    }
    Ok(Param::Number(n as f64))
}

/// Reads a whole number, refusing what a double cannot tell from its neighbours.
fn read_integer(value: ValueRef<'_>) -> Result<i64> {
    let ValueRef::Number(n) = value else { return mismatch("an integer", value) };
    #[allow(clippy::cast_precision_loss)]
    let limit = MAX_SAFE_INTEGER as f64;
    if n.fract() != 0.0 || !n.is_finite() {
        return Err(Error::new(Kind::Decode, format!("expected an integer, got {n}")));
    }
    if n.abs() > limit {
        return Err(Error::new(
            Kind::Decode,
            format!("integer {n} is beyond ±(2^53−1) and may be rounded: select CAST(… AS TEXT)"),
        ));
    }
    #[allow(clippy::cast_possible_truncation)]
    Ok(n as i64)
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl ToValue for $int {
            fn to_value(&self) -> Result<Param<'_>> {
                bind_integer(i128::from(*self))
            }
        }
        impl FromValue for $int {
            fn from_value(value: ValueRef<'_>) -> Result<Self> {
                let n = read_integer(value)?;
                <$int>::try_from(n).map_err(|_| {
                    Error::new(Kind::Decode, format!("{n} does not fit {}", stringify!($int)))
                })
            }
        }
    )*};
}
integers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl ToValue for usize {
    fn to_value(&self) -> Result<Param<'_>> {
        bind_integer(i128::try_from(*self).unwrap_or(i128::MAX))
    }
}

impl FromValue for usize {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let n = read_integer(value)?;
        usize::try_from(n).map_err(|_| Error::new(Kind::Decode, format!("{n} does not fit usize")))
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::Number(f64::from(u8::from(*self))))
    }
}

impl FromValue for bool {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Number(0.0) => Ok(false),
            ValueRef::Number(1.0) => Ok(true),
            ValueRef::Number(n) => {
                Err(Error::new(Kind::Decode, format!("expected 0 or 1 for a bool, got {n}")))
            }
            other => mismatch("0 or 1 for a bool", other),
        }
    }
}

impl ToValue for f64 {
    /// NaN becomes NULL, as SQLite has no NaN.
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(if self.is_nan() { Param::Null } else { Param::Number(*self) })
    }
}

impl FromValue for f64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Number(n) => Ok(n),
            other => mismatch("a number", other),
        }
    }
}

impl ToValue for f32 {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(if self.is_nan() { Param::Null } else { Param::Number(f64::from(*self)) })
    }
}

impl ToValue for str {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::text(self))
    }
}

impl ToValue for String {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::text(self))
    }
}

impl ToValue for Cow<'_, str> {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::text(self))
    }
}

impl FromValue for String {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Text(s) => Ok(s.to_owned()),
            other => mismatch("text", other),
        }
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::blob(self))
    }
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::blob(self))
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::blob(self))
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Blob(b) => Ok(b.to_owned()),
            other => mismatch("a blob", other),
        }
    }
}

impl ToValue for Value {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(self.as_ref().into())
    }
}

impl FromValue for Value {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        Ok(value.to_owned())
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Result<Param<'_>> {
        self.as_ref().map_or(Ok(Param::Null), ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Result<Param<'_>> {
        (**self).to_value()
    }
}

mod exact;
#[cfg(test)]
mod tests;

pub use exact::Exact64;
