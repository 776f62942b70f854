//! How the values of a column become those of another kind.
//!
//! A value that does not become one exactly is kept from being stored: it is turned into a BLOB, which a STRICT column of
//! another type refuses, so that the migration fails and the store stays as it was.

use domicile::model::schema::Kind;
use domicile::value::MAX_SAFE_INTEGER;

use super::state::is_small;
use super::text::name;

/// How values become those of another kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// They are stored alike.
    Same,
    /// This gives them.
    By {
        /// The expression.
        sql: String,
        /// Which values it refuses, where it does.
        refuses: Option<String>,
    },
}

/// How the values of `column` become those of another kind.
///
/// # Errors
/// They cannot by themselves.
pub(crate) fn convert(column: &str, from: Kind, to: Kind) -> Result<Conversion, String> {
    use Kind::{Bytes, Date, Decimal, Float, Json, Text, Time, Uuid};
    let c = name(column);
    if from == to {
        return Ok(Conversion::Same);
    }
    let conversion = match (from, to) {
        (Decimal { digits, .. }, _) | (_, Decimal { digits, .. }) if !is_small(digits) => None,
        (Decimal { places, digits }, Decimal { places: to_places, digits: to_digits }) => {
            Some(rescale(&c, (digits, places), (to_digits, to_places)))
        }
        (_, Decimal { digits, places }) => range(from).map(|(min, max)| {
            let limit = power(digits.saturating_sub(places));
            let fits = (min > -limit && max < limit).then(String::new);
            let sql = times(&c, places);
            match fits {
                Some(_) => plain(&c, sql),
                None => checked(
                    &c,
                    &format!("{c} > -{limit} AND {c} < {limit}"),
                    &sql,
                    "what has too many digits",
                ),
            }
        }),
        (Decimal { places, .. }, _) if range(to).is_some() => range(to).map(|(min, max)| {
            let factor = power(places);
            let whole = if places == 0 { c.clone() } else { format!("{c} / {factor}") };
            let exact = if places == 0 { String::new() } else { format!("{c} % {factor} = 0 AND ") };
            checked(
                &c,
                &format!("{exact}{whole} BETWEEN {min} AND {max}"),
                &whole,
                "what is not a whole number in range",
            )
        }),
        (Text, _) if range(to).is_some() => range(to).map(|(min, max)| {
            let number = format!("CAST({c} AS INTEGER)");
            checked(
                &c,
                &format!("CAST({number} AS TEXT) = {c} AND {number} BETWEEN {min} AND {max}"),
                &number,
                "what is not written as a whole number in range",
            )
        }),
        (Float, _) if range(to).is_some() => range(to).map(|(min, max)| {
            let number = format!("CAST({c} AS INTEGER)");
            checked(
                &c,
                &format!("{number} = {c} AND {number} BETWEEN {min} AND {max}"),
                &number,
                "what is not a whole number in range",
            )
        }),
        (_, Text) if matches!(from, Kind::Integer { .. } | Kind::Exact64) => {
            Some(plain(&c, format!("CAST({c} AS TEXT)")))
        }
        (_, Float)
            if range(from).is_some_and(|(min, max)| min >= -MAX_SAFE_INTEGER && max <= MAX_SAFE_INTEGER) =>
        {
            Some(plain(&c, format!("CAST({c} AS REAL)")))
        }
        (_, Text) if from.sql() == "TEXT" => Some(Conversion::Same),
        (Text, Json) => Some(checked(&c, &format!("json_valid({c})"), &c, "what is not JSON")),
        (Text, Date) => Some(checked(&c, &format!("date({c}) = {c}"), &c, "what is not a date")),
        (Text | Date | Time | Uuid | Json, Bytes) => Some(plain(&c, format!("CAST({c} AS BLOB)"))),
        _ => range(from).zip(range(to)).map(|((min, max), (to_min, to_max))| {
            if min >= to_min && max <= to_max {
                Conversion::Same
            } else {
                checked(&c, &format!("{c} BETWEEN {to_min} AND {to_max}"), &c, "what is out of range")
            }
        }),
    };
    conversion.ok_or_else(|| format!("{from} does not become {to} by itself"))
}

/// The bounds of a kind whose values are whole numbers as they are stored; not of decimals.
fn range(kind: Kind) -> Option<(i64, i64)> {
    match kind {
        Kind::Integer { min, max } => Some((min, max)),
        Kind::Exact64 => Some((i64::MIN, i64::MAX)),
        Kind::Bool => Some((0, 1)),
        Kind::Timestamp => Some((-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)),
        _ => None,
    }
}

/// A decimal with other digits.
fn rescale(c: &str, (digits, places): (u8, u8), (to_digits, to_places): (u8, u8)) -> Conversion {
    let narrower = to_digits.saturating_sub(to_places) < digits.saturating_sub(places);
    let limit = power(to_digits.saturating_sub(to_places).saturating_add(places));
    let fits = format!("{c} > -{limit} AND {c} < {limit}");
    if to_places >= places {
        let sql = times(c, to_places - places);
        return match (narrower, sql == c) {
            (true, _) => checked(c, &fits, &sql, "what has too many digits"),
            (false, true) => Conversion::Same,
            (false, false) => plain(c, sql),
        };
    }
    let factor = power(places - to_places);
    checked(
        c,
        &format!("{c} % {factor} = 0 AND {fits}"),
        &format!("{c} / {factor}"),
        "what has too many digits",
    )
}

fn times(c: &str, places: u8) -> String {
    if places == 0 { c.to_owned() } else { format!("{c} * {}", power(places)) }
}

/// Ten to the power of `places`, of which a decimal that is an INTEGER has at most 15 and a sum of two such at most 18
/// that fit.
fn power(places: u8) -> i64 {
    10_i64.checked_pow(u32::from(places)).unwrap_or(i64::MAX)
}

fn plain(c: &str, sql: String) -> Conversion {
    if sql == c { Conversion::Same } else { Conversion::By { sql, refuses: None } }
}

fn checked(c: &str, holds: &str, sql: &str, refuses: &str) -> Conversion {
    Conversion::By {
        sql: format!("CASE WHEN {holds} THEN {sql} ELSE CAST({c} AS BLOB) END"),
        refuses: Some(refuses.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        let kind = |text: &str| text.parse::<Kind>().unwrap();
        let converted = match convert("c", kind(from), kind(to)) {
            Ok(Conversion::Same) => "same".to_owned(),
            Ok(Conversion::By { sql, .. }) => sql,
            Err(sentence) => sentence,
        };
        assert_eq!(converted, expected);
    }

    #[test]
    fn values_carry_over_exactly_or_not_at_all() {
        check("i32", "i64", "same");
        check("bool", "u8", "same");
        check("u8", "bool", "CASE WHEN c BETWEEN 0 AND 1 THEN c ELSE CAST(c AS BLOB) END");
        check("i64", "text", "CAST(c AS TEXT)");
        check("uuid", "text", "same");
        check("text", "uuid", "text does not become uuid by itself");
        check("float", "text", "float does not become text by itself");
        check(
            "text",
            "u8",
            "CASE WHEN CAST(CAST(c AS INTEGER) AS TEXT) = c AND CAST(c AS INTEGER) BETWEEN 0 AND 255 \
             THEN CAST(c AS INTEGER) ELSE CAST(c AS BLOB) END",
        );
        check("decimal(10, 2)", "decimal(11, 3)", "c * 10");
        check("decimal(10, 2)", "decimal(12, 2)", "same");
        check(
            "decimal(10, 2)",
            "decimal(10, 3)",
            "CASE WHEN c > -1000000000 AND c < 1000000000 THEN c * 10 ELSE CAST(c AS BLOB) END",
        );
        check(
            "decimal(10, 3)",
            "decimal(9, 2)",
            "CASE WHEN c % 10 = 0 AND c > -10000000000 AND c < 10000000000 THEN c / 10 ELSE CAST(c AS BLOB) END",
        );
        check("decimal(10, 2)", "decimal(20, 2)", "decimal(10, 2) does not become decimal(20, 2) by itself");
        check("u8", "decimal(10, 2)", "c * 100");
        check("exact64", "float", "exact64 does not become float by itself");
        check("bytes", "text", "bytes does not become text by itself");
    }
}
