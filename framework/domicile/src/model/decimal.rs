//! [`Decimal`]: a decimal number of declared digits and places, exact in the store.
//!
//! It carries numbers and compares them. It does not calculate, beyond sums that say when they do not fit: products and
//! quotients have more places than a column, and how to round them is the app's to say, with [`rust_decimal`].

pub(crate) mod units;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::field::Field;
use super::schema::{DECIMAL_DIGITS, DECIMAL_INTEGER_DIGITS, Kind};
use crate::error::{Error, Result};
use crate::row::{self, FromRow, Row};
use crate::value::{FromValue, Param, ToValue, ValueRef};

/// A decimal number of at most `DIGITS` digits, of which `PLACES` stand behind the point: `Decimal<9, 2>` goes to
/// 9,999,999.99.
///
/// `DIGITS` is 1 to 28 and `PLACES` at most as many; anything else does not compile. Up to 15 digits the column is an
/// INTEGER of the smallest unit, so that SQLite compares, sums and indexes it exactly; above that it is text that sorts as
/// the numbers do, and which `SUM` must not be asked of.
///
/// ```
/// use domicile::model::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let price: Decimal<9, 2> = "12.5".parse()?;
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(price.checked_add("0.49".parse()?), Some("12.99".parse()?));
/// assert!("12.505".parse::<Decimal<9, 2>>().is_err());
/// # Ok(()) }
/// ```
///
/// In JSON and in messages it is its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const DIGITS: u8, const PLACES: u8>(i128);

/// Why a number is no decimal of so many digits and places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// It is written in another way.
    #[error("write a number in digits, with a point before the places, as in 1234.50")]
    NotANumber,
    /// It would have to be rounded.
    #[error("at most {places} places behind the point")]
    Places {
        /// As many as there may be.
        places: u8,
    },
    /// It is too large.
    #[error("at most {before} digits before the point")]
    Digits {
        /// As many as there may be.
        before: u8,
    },
}

impl<const DIGITS: u8, const PLACES: u8> Decimal<DIGITS, PLACES> {
    const DECLARED: () = declared(DIGITS, PLACES);

    /// The largest.
    pub const MAX: Self = {
        let () = Self::DECLARED;
        Self(units::limit(DIGITS) - 1)
    };

    /// The smallest.
    pub const MIN: Self = Self(-Self::MAX.0);

    /// 0.
    pub const ZERO: Self = {
        let () = Self::DECLARED;
        Self(0)
    };

    /// So many of the smallest unit: 1250 is 12.50 with two places; `None` where it has too many digits.
    #[must_use]
    pub const fn from_units(units: i128) -> Option<Self> {
        if units >= Self::MIN.0 && units <= Self::MAX.0 { Some(Self(units)) } else { None }
    }

    /// How many of the smallest unit it is.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The sum; `None` where it does not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        // Two numbers of 28 digits are far from the end of an i128.
        Self::from_units(self.0 + other.0)
    }

    /// The difference; `None` where it does not fit.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_units(self.0 - other.0)
    }

    /// So many times itself; `None` where it does not fit.
    #[must_use]
    pub const fn checked_times(self, times: i64) -> Option<Self> {
        match self.0.checked_mul(times as i128) {
            Some(units) => Self::from_units(units),
            None => None,
        }
    }

    /// The sum of all of them; `None` where it does not fit.
    #[must_use]
    pub fn checked_sum(numbers: impl IntoIterator<Item = Self>) -> Option<Self> {
        numbers.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Its size without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

/// That there is such a decimal; otherwise the app does not compile.
#[track_caller]
const fn declared(digits: u8, places: u8) {
    assert!(
        digits >= 1 && digits <= DECIMAL_DIGITS && places <= digits,
        "a decimal has 1 to 28 digits, and no more places behind the point than digits"
    );
}

/// The range is the same on both sides of zero.
impl<const DIGITS: u8, const PLACES: u8> std::ops::Neg for Decimal<DIGITS, PLACES> {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<const DIGITS: u8, const PLACES: u8> Default for Decimal<DIGITS, PLACES> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const DIGITS: u8, const PLACES: u8> fmt::Display for Decimal<DIGITS, PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, behind) = units::parts(self.0, PLACES);
        f.pad_integral(self.0 >= 0, "", &(whole + &behind))
    }
}

impl<const DIGITS: u8, const PLACES: u8> fmt::Debug for Decimal<DIGITS, PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

impl<const DIGITS: u8, const PLACES: u8> FromStr for Decimal<DIGITS, PLACES> {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let () = Self::DECLARED;
        units::parse(text, DIGITS, PLACES).map(Self)
    }
}

impl<const DIGITS: u8, const PLACES: u8> From<Decimal<DIGITS, PLACES>> for rust_decimal::Decimal {
    fn from(decimal: Decimal<DIGITS, PLACES>) -> Self {
        // 28 digits are below the 2⁹⁶ that it holds.
        rust_decimal::Decimal::try_from_i128_with_scale(decimal.0, PLACES.into()).unwrap_or_default()
    }
}

/// It is not rounded: say how with `round_dp` before.
impl<const DIGITS: u8, const PLACES: u8> TryFrom<rust_decimal::Decimal> for Decimal<DIGITS, PLACES> {
    type Error = DecimalError;

    fn try_from(number: rust_decimal::Decimal) -> Result<Self, DecimalError> {
        let () = Self::DECLARED;
        units::scaled(number.mantissa(), number.scale(), DIGITS, PLACES).map(Self)
    }
}

impl<const DIGITS: u8, const PLACES: u8> TryFrom<i64> for Decimal<DIGITS, PLACES> {
    type Error = DecimalError;

    fn try_from(number: i64) -> Result<Self, DecimalError> {
        let () = Self::DECLARED;
        units::scaled(number.into(), 0, DIGITS, PLACES).map(Self)
    }
}

impl<const DIGITS: u8, const PLACES: u8> ToValue for Decimal<DIGITS, PLACES> {
    fn to_value(&self) -> Result<Param<'_>> {
        match i64::try_from(self.0) {
            Ok(units) if DIGITS <= DECIMAL_INTEGER_DIGITS => match units.to_value()? {
                Param::Number(number) => Ok(Param::Number(number)),
                _ => Err(Error::internal("an integer is bound as a number")),
            },
            _ => Ok(Param::Text(Cow::Owned(units::sorted(self.0, DIGITS, PLACES)))),
        }
    }
}

impl<const DIGITS: u8, const PLACES: u8> FromValue for Decimal<DIGITS, PLACES> {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let () = Self::DECLARED;
        units::from_value(value, DIGITS, PLACES).map(Self)
    }
}

impl<const DIGITS: u8, const PLACES: u8> FromRow for Decimal<DIGITS, PLACES> {
    const COLUMNS: Option<&'static [&'static str]> = None;

    fn from_row(row: &Row<'_>) -> Result<Self> {
        row::only(row)
    }
}

impl<const DIGITS: u8, const PLACES: u8> Field for Decimal<DIGITS, PLACES> {
    const KIND: Kind = {
        let () = Self::DECLARED;
        Kind::Decimal { digits: DIGITS, places: PLACES }
    };
    type Base = Self;
}

impl<const DIGITS: u8, const PLACES: u8> Serialize for Decimal<DIGITS, PLACES> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const DIGITS: u8, const PLACES: u8> Deserialize<'de> for Decimal<DIGITS, PLACES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<const DIGITS: u8, const PLACES: u8> postcard_schema::Schema for Decimal<DIGITS, PLACES> {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Decimal",
        ty: &postcard_schema::schema::DataModelType::String,
    };
}

#[cfg(test)]
mod tests;
