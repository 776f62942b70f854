//! [`Answers`]: what only the developer knows of a change: what was renamed, and what old rows get.

use std::collections::BTreeMap;

use domicile::model::schema::Kind;

use super::text::{real, text};

/// What the developer says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    /// `table.old` and `new`, or two tables.
    pub(crate) renames: Vec<(String, String)>,
    /// Nothing else was renamed.
    pub(crate) no_renames: bool,
    /// `table.column` and what old rows get.
    pub(crate) fills: BTreeMap<(String, String), String>,
}

impl Answers {
    /// Reads `table.column=VALUE`.
    ///
    /// # Errors
    /// It is nothing like that.
    pub(crate) fn fill(text: &str) -> Result<((String, String), String), String> {
        let read = || {
            let (column, value) = text.split_once('=')?;
            let (table, column) = column.split_once('.')?;
            Some(((table.to_owned(), column.to_owned()), value.to_owned()))
        };
        read().ok_or_else(|| format!("`{text}` is no value for a column: write TABLE.COLUMN=VALUE"))
    }

    /// Reads `old:new`, where `old` is a table or `table.column`.
    ///
    /// # Errors
    /// It is nothing like that.
    pub(crate) fn rename(text: &str) -> Result<(String, String), String> {
        match text.split_once(':') {
            Some((old, new)) if !old.is_empty() && !new.is_empty() => {
                // `post.title:post.caption` says the table twice.
                let table = old.split_once('.').map(|(table, _)| format!("{table}."));
                let new = table.and_then(|table| new.strip_prefix(&table)).unwrap_or(new);
                Ok((old.to_owned(), new.to_owned()))
            }
            _ => Err(format!("`{text}` is no rename: write TABLE.OLD:NEW or OLD:NEW for a table")),
        }
    }
}

/// A value as a column of this kind stores it, in SQL.
///
/// # Errors
/// It is no value of the kind.
pub(crate) fn value(kind: Kind, value: &str) -> Result<String, String> {
    let wrong = |what: &str| format!("`{value}` is not {what}");
    match kind {
        Kind::Integer { min, max } => match value.parse::<i64>() {
            Ok(number) if (min..=max).contains(&number) => Ok(number.to_string()),
            _ => Err(wrong(&format!("a whole number from {min} to {max}"))),
        },
        Kind::Exact64 => value.parse::<i64>().map(|n| n.to_string()).map_err(|_| wrong("a whole number")),
        Kind::Timestamp => value
            .parse::<i64>()
            .map(|n| n.to_string())
            .map_err(|_| wrong("a time: write milliseconds since 1970")),
        Kind::Bool => match value {
            "true" | "1" => Ok("1".to_owned()),
            "false" | "0" => Ok("0".to_owned()),
            _ => Err(wrong("true or false")),
        },
        Kind::Float => match value.parse::<f64>() {
            Ok(number) if !number.is_nan() => Ok(real(number)),
            _ => Err(wrong("a number")),
        },
        Kind::Decimal { digits, places } if super::state::is_small(digits) => {
            decimal(value, digits, places).ok_or_else(|| wrong(&format!("a decimal({digits}, {places})")))
        }
        Kind::Bytes => {
            let digits = value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            if digits {
                Ok(format!("x'{value}'"))
            } else {
                Err(wrong("bytes: write two hexadecimal digits for each"))
            }
        }
        Kind::Json => match serde_json::from_str::<serde_json::Value>(value) {
            Ok(_) => Ok(text(value)),
            Err(_) => Err(wrong("JSON")),
        },
        // What the text of a date or a UUID is, the model knows; it says so when it reads the row.
        _ => Ok(text(value)),
    }
}

/// `12.5` as an INTEGER of the smallest unit.
fn decimal(value: &str, digits: u8, places: u8) -> Option<String> {
    let (negative, plain) = value.strip_prefix('-').map_or((false, value), |rest| (true, rest));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > usize::from(places) || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let number: i64 = format!("{whole}{part:0<width$}", width = usize::from(places)).parse().ok()?;
    let fits = number.to_string().len() <= usize::from(digits);
    fits.then(|| if negative { -number } else { number }.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, given: &str, expected: Result<&str, &str>) {
        let given = value(kind.parse().unwrap(), given);
        assert_eq!(given.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn values_are_stored_as_the_kind_stores_them() {
        check("u8", "255", Ok("255"));
        check("u8", "256", Err("`256` is not a whole number from 0 to 255"));
        check("bool", "true", Ok("1"));
        check("text", "it's", Ok("'it''s'"));
        check("decimal(5, 2)", "-12.5", Ok("-1250"));
        check("decimal(5, 2)", "1234.5", Err("`1234.5` is not a decimal(5, 2)"));
        check("decimal(5, 2)", "1.234", Err("`1.234` is not a decimal(5, 2)"));
        check("bytes", "00fF", Ok("x'00fF'"));
        check("json", "{", Err("`{` is not JSON"));
        check("float", "1e3", Ok("1000.0"));
    }

    #[test]
    fn flags_say_what_they_mean() {
        assert_eq!(Answers::rename("post.title:caption"), Ok(("post.title".into(), "caption".into())));
        assert_eq!(Answers::rename("post.title:post.caption"), Ok(("post.title".into(), "caption".into())));
        assert_eq!(Answers::rename("post:article"), Ok(("post".into(), "article".into())));
        assert!(Answers::rename("post").is_err());
        assert_eq!(Answers::fill("a.b=c=d"), Ok((("a".into(), "b".into()), "c=d".into())));
        assert!(Answers::fill("a=b").is_err());
    }
}
