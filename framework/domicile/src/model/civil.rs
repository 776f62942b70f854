//! Days and times of day, jiff's [`Date`], [`Time`] and [`DateTime`], as columns: text that sorts as they do.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};

use super::field::Field;
use super::schema::Kind;
use super::stored::shaped;
use crate::error::{self, Error, Result};
use crate::row::{self, FromRow, Row};
use crate::timestamp::Timestamp;
use crate::value::{FromValue, Param, ToValue, Value, ValueRef};

/// `2026-11-03`.
impl ToValue for Date {
    /// # Errors
    /// A year before 0, whose text would not sort.
    fn to_value(&self) -> Result<Param<'_>> {
        sortable(*self)?;
        Ok(Param::Text(Cow::Owned(self.to_string())))
    }
}

impl FromValue for Date {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let text = text(value, "a day such as 2026-11-03")?;
        parse_date(text).ok_or_else(|| wrong("a day such as 2026-11-03", text))
    }
}

/// `09:30:00`, or `09:30:00.25`.
impl ToValue for Time {
    fn to_value(&self) -> Result<Param<'_>> {
        Ok(Param::Text(Cow::Owned(self.to_string())))
    }
}

impl FromValue for Time {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let text = text(value, "a time of day such as 09:30:00")?;
        parse_time(text).ok_or_else(|| wrong("a time of day such as 09:30:00", text))
    }
}

/// `2026-11-03T09:30:00`, or `2026-11-03T09:30:00.25`.
impl ToValue for DateTime {
    /// # Errors
    /// A year before 0, whose text would not sort.
    fn to_value(&self) -> Result<Param<'_>> {
        sortable(self.date())?;
        Ok(Param::Text(Cow::Owned(self.to_string())))
    }
}

impl FromValue for DateTime {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let text = text(value, "a day and a time of day such as 2026-11-03T09:30:00")?;
        parse_datetime(text).ok_or_else(|| wrong("a day and a time of day such as 2026-11-03T09:30:00", text))
    }
}

fn sortable(date: Date) -> Result<()> {
    if date.year() < 0 {
        return Err(Error::new(
            error::Kind::Invalid,
            format!("the day {date} is before the year 0, where days as text no longer sort"),
        ));
    }
    Ok(())
}

/// What the moment `now` is in a column of `kind`: `default = now`, `updated = today`. Days and times of day are those of
/// UTC.
///
/// # Errors
/// The kind holds no moment, or not this one.
pub fn moment(kind: Kind, now: Timestamp) -> Result<Value> {
    let utc = || Ok::<_, Error>(jiff::Timestamp::try_from(now)?.to_zoned(jiff::tz::TimeZone::UTC));
    Ok(match kind {
        Kind::Timestamp => now.to_value()?.into_value(),
        Kind::Date => utc()?.date().to_value()?.into_value(),
        Kind::Time => utc()?.time().to_value()?.into_value(),
        other => {
            return Err(Error::internal(format!("a column of the kind {other} cannot be set to a moment")));
        }
    })
}

/// A day in the one form in which it is stored.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    if !shaped(text, "0000-00-00") {
        return None;
    }
    text.parse().ok()
}

/// A time of day as it is stored, whose fraction ends in no zero.
pub(super) fn parse_time(text: &str) -> Option<Time> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let plain = fraction.is_none_or(|digits| {
        (1..=9).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.ends_with('0')
    });
    // jiff takes a leap second for the second before, which would be another text.
    if !plain || !shaped(whole, "00:00:00") || whole.ends_with("60") {
        return None;
    }
    text.parse().ok()
}

/// A day and a time of day as they are stored.
pub(super) fn parse_datetime(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    Some(parse_date(date)?.to_datetime(parse_time(time)?))
}

fn text<'a>(value: ValueRef<'a>, wanted: &str) -> Result<&'a str> {
    match value {
        ValueRef::Text(text) => Ok(text),
        other => Err(Error::new(error::Kind::Decode, format!("expected {wanted}, got {}", other.class()))),
    }
}

fn wrong(wanted: &str, got: &str) -> Error {
    Error::new(error::Kind::Decode, format!("expected {wanted}, got {got:?}"))
}

macro_rules! fields {
    ($($t:ty: $kind:expr),*) => {$(
        impl FromRow for $t {
            const COLUMNS: Option<&'static [&'static str]> = None;

            fn from_row(row: &Row<'_>) -> Result<Self> {
                row::only(row)
            }
        }

        impl Field for $t {
            const KIND: Kind = $kind;
            type Base = Self;
        }
    )*};
}
fields!(Date: Kind::Date, Time: Kind::Time, DateTime: Kind::DateTime);

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn stored(value: &impl ToValue) -> String {
        match value.to_value().unwrap() {
            Param::Text(text) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn days_are_text_that_sorts() {
        let first = jiff::civil::date(0, 1, 1);
        assert_eq!(stored(&first), "0000-01-01");
        assert_eq!(stored(&Date::MAX), "9999-12-31");
        assert!(first.yesterday().unwrap().to_value().unwrap_err().to_string().contains("before the year 0"));
        let mut random = fastrand::Rng::with_seed(4);
        let mut draw = || first.checked_add(random.i32(0..3_652_059).days()).unwrap();
        for _ in 0..3000 {
            let (a, b) = (draw(), draw());
            assert_eq!(stored(&a).cmp(&stored(&b)), a.cmp(&b), "{a} {b}");
            assert_eq!(Date::from_value(ValueRef::Text(&stored(&a))).unwrap(), a);
        }
    }

    #[test]
    fn times_of_day_are_text_that_sorts() {
        assert_eq!(stored(&jiff::civil::time(9, 30, 0, 0)), "09:30:00");
        assert_eq!(stored(&jiff::civil::time(9, 30, 0, 250_000_000)), "09:30:00.25");
        assert_eq!(stored(&Time::MAX), "23:59:59.999999999");
        let mut random = fastrand::Rng::with_seed(4);
        let mut draw = || {
            // Few seconds and round fractions, so that texts of several lengths meet.
            let fraction = random.i32(0..1000) * 10_i32.pow(random.u32(0..=6));
            jiff::civil::time(random.i8(0..2), random.i8(0..2), random.i8(0..2), fraction)
        };
        for _ in 0..3000 {
            let (a, b) = (draw(), draw());
            assert_eq!(stored(&a).cmp(&stored(&b)), a.cmp(&b), "{a} {b}");
            assert_eq!(Time::from_value(ValueRef::Text(&stored(&a))).unwrap(), a);
        }
    }

    #[test]
    fn a_day_with_a_time_is_both() {
        let at = jiff::civil::date(2026, 11, 3).at(9, 30, 0, 250_000_000);
        assert_eq!(stored(&at), "2026-11-03T09:30:00.25");
        assert_eq!(DateTime::from_value(ValueRef::Text(&stored(&at))).unwrap(), at);
        assert!(DateTime::MIN.to_value().is_err());
        for text in
            ["", "2026-11-03", "2026-11-03 09:30:00", "2026-11-03T09:30", "2026-11-03T09:30:00Z", "T09:30:00"]
        {
            assert!(DateTime::from_value(ValueRef::Text(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_what_its_column_holds_of_it() {
        let now = Timestamp::from_millis(-1);
        assert_eq!(moment(Kind::Timestamp, now).unwrap(), Value::Number(-1.0));
        assert_eq!(moment(Kind::Date, now).unwrap(), Value::Text("1969-12-31".to_owned()));
        assert_eq!(moment(Kind::Time, now).unwrap(), Value::Text("23:59:59.999".to_owned()));
        assert!(moment(Kind::Text, now).is_err());
        assert!(moment(Kind::Date, Timestamp::from_millis(i64::MAX)).is_err());
        assert!(moment(Kind::Date, Timestamp::from_millis(-62_167_219_200_001)).is_err());
    }

    #[test]
    fn only_the_stored_form_is_read() {
        for text in [
            "",
            "20261103",
            "2026-11-3",
            "2026-13-01",
            "2026-02-29",
            "2026-11-03T00:00",
            "-0001-01-01",
            "+02026-11-03",
        ] {
            assert!(Date::from_value(ValueRef::Text(text)).is_err(), "{text}");
        }
        for text in [
            "",
            "9:30:00",
            "09:30",
            "093000",
            "24:00:00",
            "23:59:60",
            "09:30:00.",
            "09:30:00.20",
            "09:30:00,5",
            "T09:30:00",
        ] {
            assert!(Time::from_value(ValueRef::Text(text)).is_err(), "{text}");
        }
        let error = Date::from_value(ValueRef::Number(1.0)).unwrap_err().to_string();
        assert_eq!(error, "expected a day such as 2026-11-03, got a number");
    }
}
