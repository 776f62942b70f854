//! UUIDs as columns: text in small letters with hyphens. New ones are of version 7, in whose order rows were created.

use std::borrow::Cow;

use ::uuid::{Builder, Uuid};

use super::field::Field;
use super::schema::Kind;
use crate::error::{self, Error, Result};
use crate::row::{self, FromRow, Row};
use crate::timestamp::Timestamp;
use crate::value::{FromValue, Param, ToValue, ValueRef};

/// A UUID of version 7 (RFC 9562, 5.7) of the moment `now`; a moment before 1970 counts as 1970.
///
/// Time and chance are the event's: `v7(cx.now(), cx.random())`.
#[must_use]
pub fn v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let ms = u64::try_from(now.as_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}

impl ToValue for Uuid {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::Text(Cow::Owned(self.hyphenated().to_string())))
    }
}

impl FromValue for Uuid {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let ValueRef::Text(text) = value else {
            return Err(Error::new(
                error::Kind::Decode,
                format!("expected a UUID as text, got {}", value.class()),
            ));
        };
        parse(text).ok_or_else(|| Error::new(error::Kind::Decode, format!("expected a UUID, got {text:?}")))
    }
}

/// A UUID with hyphens, in letters of either case.
pub(super) fn parse(text: &str) -> Option<Uuid> {
    // The crate reads other forms too, such as `urn:uuid:` and braces, which are other texts to SQLite.
    if text.len() != ::uuid::fmt::Hyphenated::LENGTH {
        return None;
    }
    Uuid::try_parse(text).ok()
}

impl FromRow for Uuid {
    const COLUMNS: Option<&'static [&'static str]> = None;

    fn from_row(row: &Row<'_>) -> Result<Self> {
        row::only(row)
    }
}

impl Field for Uuid {
    const KIND: Kind = Kind::Uuid;
    type Base = Self;
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

    #[test]
    fn they_are_text_in_small_letters_with_hyphens() {
        let id = Uuid::try_parse(TEXT).unwrap();
        assert_eq!(id.to_value().unwrap(), Param::text(TEXT));
        assert_eq!(Uuid::from_value(ValueRef::Text(TEXT)).unwrap(), id);
        assert_eq!(Uuid::from_value(ValueRef::Text(&TEXT.to_uppercase())).unwrap(), id);
        for junk in [
            "",
            "67e5504410b1426f9247bb680e5fe0c8",
            "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
            &TEXT.replace('6', "g"),
        ] {
            assert!(Uuid::from_value(ValueRef::Text(junk)).is_err(), "{junk}");
        }
        let error = Uuid::from_value(ValueRef::Null).unwrap_err().to_string();
        assert_eq!(error, "expected a UUID as text, got NULL");
    }

    #[test]
    fn new_ones_are_in_the_order_of_time() {
        let at = |ms| v7(Timestamp::from_millis(ms), [0xff; 10]);
        // The example of RFC 9562, A.6.
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        let id = v7(Timestamp::from_millis(1_645_557_742_000), random);
        assert_eq!(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!((id.get_version_num(), id.get_variant()), (7, ::uuid::Variant::RFC4122));
        assert!(at(1) < at(2) && at(255).to_string() < at(256).to_string());
        assert_eq!(at(-1), at(0));
        let (a, b) = (v7(Timestamp::from_millis(5), [1; 10]), v7(Timestamp::from_millis(5), [2; 10]));
        assert!(a < b);
    }
}
