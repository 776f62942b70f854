//! Names made of names: a table's of a type's, and what people say.

/// `BlogPost` as `blog_post`: a word starts at a capital after a small letter or a digit, and at the last capital of
/// several when a small letter follows.
pub(super) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or('_');
        let after = chars.get(i + 1).copied().unwrap_or('_');
        let starts = c.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && after.is_lowercase()));
        if starts {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `pub_date` as `pub date`.
pub(super) fn words(name: &str) -> String {
    name.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What is wrong with a name of a table or a column, if anything is.
pub(super) fn wrong(name: &str) -> Option<&'static str> {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (!plain).then_some("is a name of ASCII letters, digits and `_` that does not start with a digit")
}

/// Beginnings of tables' names that belong to somebody else, and to whom.
pub(super) const TAKEN: &[(&str, &str)] =
    &[("_cf_", "the platform"), ("sqlite_", "SQLite"), ("domicile_", "Domicile")];

/// What SQLite calls the number of a row in every table.
pub(super) const ROWID: &[&str] = &["rowid", "oid", "_rowid_"];
