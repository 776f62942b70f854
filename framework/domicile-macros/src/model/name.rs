//! Names of tables and columns that are refused.

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
