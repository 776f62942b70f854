//! Values of an attribute, `default = 1.50`, in the form in which the column's kind stores them. All of it is const.

use super::schema::{Choice, DECIMAL_INTEGER_DIGITS, Kind, Literal};
use crate::value::MAX_SAFE_INTEGER;

/// A literal as it stands in an attribute.
#[derive(Debug, Clone, Copy)]
pub enum Given {
    /// `true`
    Bool(bool),
    /// `-7`
    Integer(i64),
    /// `1.50`, with its digits, since a decimal number is not what a double makes of them.
    Real(f64, &'static str),
    /// `"text"`
    Text(&'static str),
    /// `b"bytes"`
    Blob(&'static [u8]),
}

/// What `given` is in a column of `kind`.
///
/// It panics, which is an error of the compiler at the attribute, when the kind has no such values.
#[track_caller]
pub(super) const fn literal(kind: Kind, given: Given) -> Literal {
    match (kind, given) {
        (Kind::Integer { min, max }, Given::Integer(n)) => {
            assert!(min <= n && n <= max, "the number does not fit the field's type");
            Literal::Integer(n)
        }
        (Kind::Integer { .. }, _) => panic!("the field is a whole number: write one, such as `default = 0`"),
        (Kind::Exact64, Given::Integer(n)) => Literal::Integer(n),
        (Kind::Exact64, _) => panic!("the field is a whole number: write one, such as `default = 0`"),
        (Kind::Float, Given::Real(n, _)) => Literal::Real(n),
        (Kind::Float, Given::Integer(n)) => {
            assert!(
                -MAX_SAFE_INTEGER <= n && n <= MAX_SAFE_INTEGER,
                "a float does not hold this number exactly: write it with a point"
            );
            #[allow(clippy::cast_precision_loss, reason = "it is below 2⁵³")]
            Literal::Real(n as f64)
        }
        (Kind::Float, _) => panic!("the field is a number: write one, such as `default = 0.5`"),
        (Kind::Bool, Given::Bool(yes)) => Literal::Integer(yes as i64),
        (Kind::Bool, _) => panic!("the field is a bool: write `true` or `false`"),
        (Kind::Text | Kind::Json, Given::Text(text)) => Literal::Text(text),
        (Kind::Text | Kind::Json, _) => panic!("the field is text: write it in quotes"),
        (Kind::Bytes, Given::Blob(bytes)) => Literal::Blob(bytes),
        (Kind::Bytes, _) => panic!("the field is bytes: write `b\"…\"`"),
        (Kind::Date, Given::Text(text)) => {
            assert!(shaped(text, "0000-00-00"), "a day is written as \"2026-11-03\"");
            Literal::Text(text)
        }
        (Kind::Date, _) => panic!("the field is a day: write \"2026-11-03\" or `today`"),
        (Kind::Time, Given::Text(text)) => {
            assert!(shaped(text, "00:00:00"), "a time of day is written as \"09:30:00\"");
            Literal::Text(text)
        }
        (Kind::Time, _) => panic!("the field is a time of day: write \"09:30:00\" or `now`"),
        (Kind::DateTime, Given::Text(text)) => {
            assert!(
                shaped(text, "0000-00-00T00:00:00"),
                "a day and a time of day are written as \"2026-11-03T09:30:00\""
            );
            Literal::Text(text)
        }
        (Kind::DateTime, _) => {
            panic!("the field is a day and a time of day: write \"2026-11-03T09:30:00\"")
        }
        (Kind::Timestamp, Given::Integer(ms)) => {
            assert!(
                -MAX_SAFE_INTEGER <= ms && ms <= MAX_SAFE_INTEGER,
                "the number does not fit the field's type"
            );
            Literal::Integer(ms)
        }
        (Kind::Timestamp, _) => panic!("the field is a moment: write `now`, or milliseconds since 1970"),
        (Kind::Uuid, Given::Text(text)) => {
            assert!(
                shaped(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
                "a UUID is written in small letters with hyphens, as \"67e55044-10b1-426f-9247-bb680e5fe0c8\""
            );
            Literal::Text(text)
        }
        (Kind::Uuid, _) => panic!("the field is a UUID: write `uuid` for a new one, or one in quotes"),
        (Kind::Decimal { digits, places }, Given::Integer(n)) => scaled(n as i128, 0, digits, places),
        (Kind::Decimal { digits, places }, Given::Real(_, text)) => {
            let (units, behind) = point(text);
            scaled(units, behind, digits, places)
        }
        (Kind::Decimal { .. }, _) => {
            panic!("the field is a decimal number: write one, such as `default = 1.50`")
        }
    }
}

/// Whether `literal` is one of `choices`.
pub(super) const fn listed(literal: Literal, choices: &[Choice]) -> bool {
    let mut i = 0;
    while i < choices.len() {
        let same = match (literal, choices[i].value) {
            (Literal::Integer(a), Literal::Integer(b)) => a == b,
            (Literal::Text(a), Literal::Text(b)) => equal(a.as_bytes(), b.as_bytes()),
            _ => false,
        };
        if same {
            return true;
        }
        i += 1;
    }
    false
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    a.len() == b.len() && i == a.len()
}

/// Whether `text` has a digit where `shape` has `0`, a small hexadecimal one where it has `x`, and else the same.
pub(super) const fn shaped(text: &str, shape: &str) -> bool {
    let (text, shape) = (text.as_bytes(), shape.as_bytes());
    let mut i = 0;
    while i < text.len() && i < shape.len() {
        let fits = match shape[i] {
            b'0' => text[i].is_ascii_digit(),
            b'x' => text[i].is_ascii_digit() || matches!(text[i], b'a'..=b'f'),
            other => text[i] == other,
        };
        if !fits {
            return false;
        }
        i += 1;
    }
    text.len() == shape.len()
}

/// The digits of `1.50` as a whole number, and how many of them stand behind the point.
#[track_caller]
const fn point(text: &str) -> (i128, u8) {
    let text = text.as_bytes();
    let (mut units, mut behind, mut pointed, mut i) = (0_i128, 0_u8, false, 0);
    let negative = matches!(text, [b'-', ..]);
    if negative {
        i = 1;
    }
    while i < text.len() {
        match text[i] {
            b'.' if !pointed => pointed = true,
            digit @ b'0'..=b'9' => {
                assert!(i < 32, "a decimal number has at most 28 digits");
                units = units * 10 + (digit - b'0') as i128;
                behind += pointed as u8;
            }
            _ => panic!("a decimal number is written in digits and a point, as `1.50`"),
        }
        i += 1;
    }
    (if negative { -units } else { units }, behind)
}

/// `units`, of which `behind` digits stand behind the point, in the smallest unit of the column.
#[track_caller]
const fn units(mut units: i128, mut behind: u8, digits: u8, places: u8) -> i128 {
    while behind > places && units % 10 == 0 {
        units /= 10;
        behind -= 1;
    }
    assert!(behind <= places, "the number has more places behind the point than the field");
    while behind < places {
        units *= 10;
        behind += 1;
    }
    assert!(units.unsigned_abs() < 10_u128.pow(digits as u32), "the number has more digits than the field");
    units
}

#[track_caller]
const fn scaled(number: i128, behind: u8, digits: u8, places: u8) -> Literal {
    let units = units(number, behind, digits, places);
    assert!(
        digits <= DECIMAL_INTEGER_DIGITS,
        "a decimal of more than 15 digits, which is stored as text, cannot stand here: leave it to the app's code"
    );
    #[allow(clippy::cast_possible_truncation, reason = "fifteen digits fit")]
    Literal::Integer(units as i64)
}

/// The text of a decimal of more than 15 digits, which const data must own to point to.
#[derive(Debug, Clone, Copy)]
pub struct Wide {
    text: [u8; LONGEST],
    length: usize,
}

/// A sign, 28 digits and a point.
const LONGEST: usize = 30;

impl Wide {
    /// The text of `given` in a column of `kind`, as `decimal::units::sorted` makes it; empty for other kinds.
    #[track_caller]
    pub(super) const fn new(kind: Kind, given: Given) -> Self {
        let mut wide = Self { text: [0; LONGEST], length: 0 };
        let Some((digits, places)) = is_wide(kind) else { return wide };
        let units = match given {
            Given::Integer(n) => units(n as i128, 0, digits, places),
            Given::Real(_, text) => {
                let (number, behind) = point(text);
                units(number, behind, digits, places)
            }
            _ => return wide,
        };
        let mut rest = units.unsigned_abs();
        wide.length = digits as usize + 1 + (places > 0) as usize;
        let mut at = wide.length;
        while at > 1 {
            at -= 1;
            if places > 0 && wide.length - at == places as usize + 1 {
                wide.text[at] = b'.';
                continue;
            }
            let digit = (rest % 10) as u8;
            rest /= 10;
            wide.text[at] = b'0' + if units < 0 { 9 - digit } else { digit };
        }
        wide.text[0] = if units < 0 { b'-' } else { b'0' };
        wide
    }

    pub(super) const fn text(&'static self) -> &'static str {
        match str::from_utf8(self.text.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// Digits and places of a decimal that is stored as text.
pub(super) const fn is_wide(kind: Kind) -> Option<(u8, u8)> {
    match kind {
        Kind::Decimal { digits, places } if digits > DECIMAL_INTEGER_DIGITS => Some((digits, places)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Decimal, Field};
    use crate::value::{Param, ToValue};

    #[test]
    fn a_wide_decimal_is_the_text_that_it_is_bound_as() {
        fn check<const D: u8, const P: u8>(text: &'static str) {
            let wide: &'static Wide =
                Box::leak(Box::new(Wide::new(Decimal::<D, P>::KIND, Given::Real(0.0, text))));
            let bound = text.parse::<Decimal<D, P>>().unwrap();
            assert_eq!(bound.to_value().unwrap(), Param::text(wide.text()), "{text}");
        }
        for text in ["0", "1.5", "-1.5", "99999999.25", "-0.01"] {
            check::<20, 2>(text);
            check::<28, 20>(text);
        }
        check::<16, 0>("-7");
        check::<28, 28>("0.1234567890123456789012345678");
    }

    #[test]
    fn literals_become_what_is_stored() {
        let decimal = Kind::Decimal { digits: 5, places: 2 };
        for (kind, given, expect) in [
            (Kind::Bool, Given::Bool(true), Literal::Integer(1)),
            (Kind::Float, Given::Integer(2), Literal::Real(2.0)),
            (decimal, Given::Integer(-3), Literal::Integer(-300)),
            (decimal, Given::Real(-1.5, "-1.50"), Literal::Integer(-150)),
            (decimal, Given::Real(1.5, "1.5000"), Literal::Integer(150)),
            (Kind::Exact64, Given::Integer(i64::MIN), Literal::Integer(i64::MIN)),
            (Kind::Date, Given::Text("2026-11-03"), Literal::Text("2026-11-03")),
        ] {
            assert_eq!(literal(kind, given), expect);
        }
    }
}
