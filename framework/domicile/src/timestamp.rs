//! [`Timestamp`]: milliseconds since 1970 in UTC, the resolution of the platform's own clock and alarms.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::value::{FromValue, Param, ToValue, ValueRef};

/// A moment in UTC, in whole milliseconds since 1970.
///
/// It is shown and read as in RFC 3339, `2026-11-03T09:30:00Z`. For days, hours and time zones make jiff's of it.
///
/// ```
/// use domicile::Timestamp;
///
/// # fn main() -> domicile::Result<()> {
/// let at: Timestamp = "2026-11-03T10:30:00+01:00".parse()?;
/// assert_eq!(at.to_string(), "2026-11-03T09:30:00Z");
/// assert_eq!(jiff::Timestamp::try_from(at)?.as_millisecond(), at.as_millis());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `ms` milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment `time` later; the last one there is where the sum does not fit.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// The millisecond that it lies in.
impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        // jiff's own rounds towards 1970, and not down.
        Self(i64::try_from(moment.as_nanosecond().div_euclid(1_000_000)).unwrap_or_default())
    }
}

impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = Error;

    /// # Errors
    /// The moment is beyond the years −9999 to 9999, which jiff knows.
    fn try_from(moment: Timestamp) -> Result<Self> {
        jiff::Timestamp::from_millisecond(moment.0).map_err(|_| {
            Error::new(Kind::Invalid, format!("{} ms since 1970 is beyond the years −9999 to 9999", moment.0))
        })
    }
}

/// As in RFC 3339; beyond the years −9999 to 9999, which it has no form for, as milliseconds.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => fmt::Display::fmt(&moment, f),
            Err(_) => write!(f, "{} ms since 1970", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Reads RFC 3339, with `Z` or the distance from UTC; what is finer than a millisecond is cut off.
    fn from_str(text: &str) -> Result<Self> {
        let moment: jiff::Timestamp = text.parse().map_err(|_| {
            Error::new(
                Kind::Invalid,
                format!(
                    "{text:?} is no moment: write it as in 2026-11-03T09:30:00Z, with `Z` or as in +01:00"
                ),
            )
        })?;
        Ok(moment.into())
    }
}

impl ToValue for Timestamp {
    fn to_value(&self) -> Result<Param<'_>> {
        self.0.to_value()
    }
}

impl FromValue for Timestamp {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        i64::from_value(value).map(Self)
    }
}

impl postcard_schema::Schema for Timestamp {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Timestamp",
        ty: &postcard_schema::schema::DataModelType::NewtypeStruct(<i64 as postcard_schema::Schema>::SCHEMA),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shown_and_read_as_in_rfc_3339() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_793_698_200_250, "2026-11-03T09:30:00.25Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
            (253_402_207_200_000, "9999-12-30T22:00:00Z"),
            (-377_705_023_201_000, "-009999-01-02T01:59:59Z"),
        ] {
            assert_eq!(Timestamp(ms).to_string(), text);
            assert_eq!(text.parse::<Timestamp>().unwrap(), Timestamp(ms));
        }
        assert_eq!(
            "2026-11-03T10:30:00.2509+01:00".parse::<Timestamp>().unwrap(),
            Timestamp(1_793_698_200_250)
        );
        assert_eq!(Timestamp(i64::MAX).to_string(), "9223372036854775807 ms since 1970");
        for text in ["", "2026-11-03", "2026-11-03T09:30:00", "now"] {
            assert!(
                text.parse::<Timestamp>().unwrap_err().to_string().contains("2026-11-03T09:30:00Z"),
                "{text}"
            );
        }
    }

    #[test]
    fn it_is_the_millisecond_that_a_finer_moment_lies_in() {
        let finer = |ns| Timestamp::from(jiff::Timestamp::from_nanosecond(ns).unwrap());
        assert_eq!((finer(1_999_999), finer(-1)), (Timestamp(1), Timestamp(-1)));
        assert!(jiff::Timestamp::try_from(Timestamp(i64::MAX)).is_err());
    }
}
