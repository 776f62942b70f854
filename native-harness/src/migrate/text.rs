//! Names and values as they stand in SQL.

use domicile::model::schema::Literal;

/// A name, in quotes only where it needs them, so that what is written is easy to read.
pub(crate) fn name(name: &str) -> String {
    let mut letters = name.bytes();
    let plain = letters.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_');
    if plain && KEYWORDS.binary_search(&name).is_err() {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Names with commas between them.
pub(crate) fn names<'a>(all: impl IntoIterator<Item = &'a String>) -> String {
    all.into_iter().map(|one| name(one)).collect::<Vec<_>>().join(", ")
}

/// Text in quotes.
pub(crate) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value.
pub(crate) fn literal(value: Literal) -> String {
    match value {
        Literal::Integer(number) => number.to_string(),
        Literal::Real(number) => real(number),
        Literal::Text(value) => text(value),
        Literal::Blob(bytes) => blob(bytes),
    }
}

/// A floating-point number; SQLite has no NaN, and no word for the infinite ones.
pub(crate) fn real(number: f64) -> String {
    if number.is_nan() {
        "NULL".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "9e999" } else { "-9e999" }.to_owned()
    } else {
        format!("{number:?}")
    }
}

/// Bytes.
pub(crate) fn blob(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}

/// SQLite's keywords, in order (its `keywords`). Some may be names without quotes; none has to.
#[rustfmt::skip]
const KEYWORDS: [&str; 147] = [
    "abort", "action", "add", "after", "all", "alter", "always", "analyze", "and", "as", "asc", "attach",
    "autoincrement", "before", "begin", "between", "by", "cascade", "case", "cast", "check", "collate", "column",
    "commit", "conflict", "constraint", "create", "cross", "current", "current_date", "current_time",
    "current_timestamp", "database", "default", "deferrable", "deferred", "delete", "desc", "detach", "distinct", "do",
    "drop", "each", "else", "end", "escape", "except", "exclude", "exclusive", "exists", "explain", "fail", "filter",
    "first", "following", "for", "foreign", "from", "full", "generated", "glob", "group", "groups", "having", "if",
    "ignore", "immediate", "in", "index", "indexed", "initially", "inner", "insert", "instead", "intersect", "into",
    "is", "isnull", "join", "key", "last", "left", "like", "limit", "match", "materialized", "natural", "no", "not",
    "nothing", "notnull", "null", "nulls", "of", "offset", "on", "or", "order", "others", "outer", "over", "partition",
    "plan", "pragma", "preceding", "primary", "query", "raise", "range", "recursive", "references", "regexp",
    "reindex", "release", "rename", "replace", "restrict", "returning", "right", "rollback", "row", "rows",
    "savepoint", "select", "set", "table", "temp", "temporary", "then", "ties", "to", "transaction", "trigger",
    "unbounded", "union", "unique", "update", "using", "vacuum", "values", "view", "virtual", "when", "where",
    "window", "with", "without",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert!(KEYWORDS.is_sorted());
        for (given, expected) in [
            ("post", "post"),
            ("order", "\"order\""),
            ("Post", "\"Post\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("2", "\"2\""),
        ] {
            assert_eq!(name(given), expected);
        }
    }

    #[test]
    fn values_are_what_sqlite_reads() {
        assert_eq!(literal(Literal::Text("it's")), "'it''s'");
        assert_eq!(literal(Literal::Real(1.0)), "1.0");
        assert_eq!(literal(Literal::Real(1e300)), "1e300");
        assert_eq!(literal(Literal::Blob(&[0, 255])), "x'00ff'");
        assert_eq!(literal(Literal::Integer(-3)), "-3");
    }
}
