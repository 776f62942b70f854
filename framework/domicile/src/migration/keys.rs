//! What a statement says of foreign keys, told from its tokens: the traps that a migration must not walk into unseen.

use crate::sql::statement::tokens;

/// What a statement says of foreign keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Keys {
    /// The action that SQLite itself would carry out, as in `ON DELETE CASCADE`.
    pub(super) action: Option<String>,
    /// It has a DEFERRABLE key.
    pub(super) deferrable: bool,
    /// It sets `PRAGMA defer_foreign_keys`.
    pub(super) defers: bool,
}

impl Keys {
    pub(super) fn of(statement: &str) -> Self {
        let words: Vec<String> = tokens(statement).map(str::to_ascii_uppercase).collect();
        let mut keys = Self::default();
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        keys.defers = word(0) == "PRAGMA" && words.iter().any(|word| word == "DEFER_FOREIGN_KEYS");
        // Only these make keys; elsewhere the words are parts of other clauses.
        if !matches!((word(0), word(1)), ("CREATE", "TABLE") | ("ALTER", "TABLE")) {
            return keys;
        }
        for at in 0..words.len() {
            match (word(at), word(at + 1), word(at + 2)) {
                ("ON", event @ ("DELETE" | "UPDATE"), "CASCADE") => {
                    keys.action = Some(format!("ON {event} CASCADE"));
                }
                ("ON", event @ ("DELETE" | "UPDATE"), "SET") => {
                    keys.action = Some(format!("ON {event} SET {}", word(at + 3)));
                }
                ("DEFERRABLE", ..) if at == 0 || word(at - 1) != "NOT" => keys.deferrable = true,
                _ => {}
            }
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[track_caller]
    fn check(statement: &str, action: Option<&str>, deferrable: bool, defers: bool) {
        let action = action.map(str::to_owned);
        assert_eq!(Keys::of(statement), Keys { action, deferrable, defers }, "{statement}");
    }

    #[test]
    fn what_sqlite_would_do_by_itself_is_seen() {
        check("CREATE TABLE a (b REFERENCES c ON DELETE CASCADE)", Some("ON DELETE CASCADE"), false, false);
        check(
            "create table a (b references c on /* x */ update set\nnull)",
            Some("ON UPDATE SET NULL"),
            false,
            false,
        );
        check(
            "ALTER TABLE a ADD b REFERENCES c ON DELETE SET DEFAULT",
            Some("ON DELETE SET DEFAULT"),
            false,
            false,
        );
        check("CREATE TABLE a (b REFERENCES c ON DELETE NO ACTION ON UPDATE RESTRICT)", None, false, false);
        check("CREATE TABLE a (b REFERENCES c DEFERRABLE INITIALLY DEFERRED)", None, true, false);
        check("CREATE TABLE a (b REFERENCES c NOT DEFERRABLE)", None, false, false);
        check("CREATE TABLE a (b DEFAULT 'ON DELETE CASCADE' /* DEFERRABLE */)", None, false, false);
        check("CREATE TABLE a (\"on\" TEXT, \"DEFERRABLE\" TEXT)", None, false, false);
        check("PRAGMA defer_foreign_keys = ON", None, false, true);
        check("PRAGMA foreign_key_check", None, false, false);
        check("INSERT INTO a VALUES ('defer_foreign_keys')", None, false, false);
    }
}
