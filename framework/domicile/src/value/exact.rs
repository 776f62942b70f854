//! [`Exact64`]: a whole number of 64 bits that reaches a column and comes back digit by digit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{FromValue, Param, ToValue, ValueRef, mismatch, read_integer};
use crate::error::{Error, Kind, Result};

/// The digits and the sign of `i64::MIN`.
const LONGEST: usize = 20;

/// An `i64` that is exact in the store, also beyond ±(2⁵³−1).
///
/// A Durable Object binds and reads every number as a double, so a plain `i64` beyond ±(2⁵³−1) is refused. An `Exact64`
/// is bound as decimal text instead. A column of type `INTEGER`, `INT` or `NUMERIC` makes the number of it, in `STRICT`
/// tables too, and a comparison with such a column compares numbers; a column of type `TEXT` or `ANY`, or of no type,
/// keeps the text. It is read from text: select `CAST(n AS TEXT)`. A number in the result is taken up to ±(2⁵³−1), and is
/// an error beyond, as it may have been rounded.
///
/// ```
/// # fn f(store: &domicile::Store) -> domicile::Result<()> {
/// use domicile::Exact64;
///
/// store.execute("CREATE TABLE snowflake (id INTEGER PRIMARY KEY) STRICT", ())?;
/// store.execute("INSERT INTO snowflake VALUES (?)", (Exact64::from(i64::MAX),))?;
/// let id: Exact64 = store.query_one("SELECT CAST(id AS TEXT) FROM snowflake", ())?;
/// assert_eq!(id.get(), i64::MAX);
/// # Ok(()) }
/// ```
///
/// In JSON and other formats for people it is a string of digits, since JavaScript would round the number; it is read
/// from a number too. In postcard, and so in messages, it is an `i64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact64 {
    number: i64,
    // A parameter is borrowed from the value, so the text stands in it. It follows from the number, so that values are
    // equal and in order as their numbers are.
    text: [u8; LONGEST],
    start: u8,
}

impl Exact64 {
    /// The number as a value for a store.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        let mut text = [b'0'; LONGEST];
        let mut rest = number.unsigned_abs();
        let mut start = LONGEST;
        loop {
            start -= 1;
            text[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            start -= 1;
            text[start] = b'-';
        }
        #[allow(clippy::cast_possible_truncation, reason = "it is at most 20")]
        Self { number, text, start: start as u8 }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.number
    }

    fn as_str(&self) -> &str {
        let digits = self.text.get(usize::from(self.start)..).unwrap_or_default();
        // Digits and a sign are ASCII.
        std::str::from_utf8(digits).unwrap_or_default()
    }
}

impl From<i64> for Exact64 {
    fn from(number: i64) -> Self {
        Self::new(number)
    }
}

impl From<Exact64> for i64 {
    fn from(exact: Exact64) -> Self {
        exact.number
    }
}

impl Default for Exact64 {
    fn default() -> Self {
        Self::new(0)
    }
}

impl fmt::Display for Exact64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.number, f)
    }
}

impl fmt::Debug for Exact64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Exact64").field(&self.number).finish()
    }
}

impl FromStr for Exact64 {
    type Err = std::num::ParseIntError;

    fn from_str(digits: &str) -> std::result::Result<Self, Self::Err> {
        digits.parse().map(Self::new)
    }
}

impl ToValue for Exact64 {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::text(self.as_str()))
    }
}

impl FromValue for Exact64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Text(digits) => digits.parse().map_err(|_| {
                Error::new(
                    Kind::Decode,
                    format!("expected a whole number of 64 bits in digits, got {:?}", shortened(digits)),
                )
            }),
            ValueRef::Number(_) => read_integer(value).map(Self::new),
            other => mismatch("an integer, or one in digits", other),
        }
    }
}

/// As much of a text as an error shows.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

impl Serialize for Exact64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.as_str())
        } else {
            serializer.serialize_i64(self.number)
        }
    }
}

impl<'de> Deserialize<'de> for Exact64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Digits)
        } else {
            i64::deserialize(deserializer).map(Self::new)
        }
    }
}

/// Takes digits in a string, or a number.
struct Digits;

impl de::Visitor<'_> for Digits {
    type Value = Exact64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 64 bits, or its digits in a string")
    }

    fn visit_str<E: de::Error>(self, digits: &str) -> std::result::Result<Exact64, E> {
        digits.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(digits), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> std::result::Result<Exact64, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> std::result::Result<Exact64, E> {
        let signed = i64::try_from(number);
        signed.map(Exact64::new).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }
}

impl postcard_schema::Schema for Exact64 {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Exact64",
        ty: &postcard_schema::schema::DataModelType::I64,
    };
}
