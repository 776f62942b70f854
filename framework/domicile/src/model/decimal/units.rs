//! Decimals as whole numbers of their smallest unit: their text, and the two forms in which they are stored.

use super::DecimalError;
use crate::error::{Error, Kind, Result};
use crate::model::schema::DECIMAL_INTEGER_DIGITS;
use crate::value::{FromValue, ValueRef};

/// The first number that has more than so many digits.
pub(crate) const fn limit(digits: u8) -> i128 {
    10_i128.pow(digits as u32)
}

/// The digits before the point without a sign, and the point with what stands behind it; nothing with no places.
pub(crate) fn parts(units: i128, places: u8) -> (String, String) {
    let places = usize::from(places);
    let digits = format!("{:0width$}", units.unsigned_abs(), width = places + 1);
    let (whole, behind) = digits.split_at(digits.len() - places);
    let behind = if places == 0 { String::new() } else { format!(".{behind}") };
    (whole.to_owned(), behind)
}

/// The number as people write it, with all its places.
pub(crate) fn text(units: i128, places: u8) -> String {
    let (whole, behind) = parts(units, places);
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{whole}{behind}")
}

/// Reads a number as people write it. It is never rounded.
pub(crate) fn parse(text: &str, digits: u8, places: u8) -> Result<i128, DecimalError> {
    let (negative, number) = match text.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, behind) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(behind) || (whole.is_empty() && behind.is_empty()) {
        return Err(DecimalError::NotANumber);
    }
    let behind = behind.trim_end_matches('0');
    if behind.len() > usize::from(places) {
        return Err(DecimalError::Places { places });
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > usize::from(digits - places) {
        return Err(DecimalError::Digits { before: digits - places });
    }
    let mut units = 0_i128;
    for digit in whole.bytes().chain(behind.bytes()) {
        units = units * 10 + i128::from(digit - b'0');
    }
    for _ in behind.len()..usize::from(places) {
        units *= 10;
    }
    Ok(if negative { -units } else { units })
}

/// `mantissa` with `scale` digits behind the point, in the smallest unit.
pub(crate) fn scaled(
    mut mantissa: i128,
    mut scale: u32,
    digits: u8,
    places: u8,
) -> Result<i128, DecimalError> {
    while scale > places.into() && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    if scale > places.into() {
        return Err(DecimalError::Places { places });
    }
    let too_large = DecimalError::Digits { before: digits - places };
    let units = mantissa.checked_mul(10_i128.pow(u32::from(places) - scale)).ok_or(too_large)?;
    if units.unsigned_abs() < limit(digits).unsigned_abs() { Ok(units) } else { Err(too_large) }
}

/// Text that sorts as the numbers do, byte by byte.
///
/// All are of one length: `0` and the digits with zeros in front; below zero `-`, which sorts before `0`, and each digit
/// taken from nine, so that what is further below zero comes first.
pub(crate) fn sorted(units: i128, digits: u8, places: u8) -> String {
    let all = format!("{:0width$}", units.unsigned_abs(), width = usize::from(digits));
    let mut out = String::with_capacity(all.len() + 2);
    out.push(if units < 0 { '-' } else { '0' });
    for (at, digit) in all.bytes().enumerate() {
        if places > 0 && at == usize::from(digits - places) {
            out.push('.');
        }
        let digit = digit - b'0';
        out.push(char::from(b'0' + if units < 0 { 9 - digit } else { digit }));
    }
    out
}

/// Reads what [`sorted`] writes.
pub(crate) fn from_sorted(text: &str, digits: u8, places: u8) -> Option<i128> {
    let negative = text.starts_with('-');
    let mut units = 0_i128;
    for digit in text.get(1..)?.bytes().filter(|byte| *byte != b'.') {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        units = units.checked_mul(10)?.checked_add((if negative { 9 - digit } else { digit }).into())?;
    }
    let units = if negative { -units } else { units };
    // There is one text for each number, so anything else is none of ours.
    (units.unsigned_abs() < limit(digits).unsigned_abs() && sorted(units, digits, places) == text)
        .then_some(units)
}

/// Reads a stored decimal.
pub(crate) fn from_value(value: ValueRef<'_>, digits: u8, places: u8) -> Result<i128> {
    let wrong = |got: &str| {
        Error::new(
            Kind::Decode,
            format!("expected a decimal of {digits} digits and {places} places, got {got}"),
        )
    };
    if digits <= DECIMAL_INTEGER_DIGITS {
        let units = i128::from(i64::from_value(value)?);
        return match units.abs() < limit(digits) {
            true => Ok(units),
            false => Err(wrong(&text(units, places))),
        };
    }
    let stored = String::from_value(value)?;
    from_sorted(&stored, digits, places).ok_or_else(|| wrong(&format!("{stored:?}")))
}
