//! Names that no statement may use: the platform's `_cf_` tables, and a table that writes when it is read.
//!
//! SQLite takes `"x"` for a text where no such name exists, and `'x'` for a name where no value can stand. So a bare or
//! quoted name is refused wherever it stands, and `'x'` wherever it is not surely a value.

use super::Refused;
use super::token::{Kind, Token, Tokens, any};

/// Refuses `token` of `sql` if it is, or may be, such a name.
pub(super) fn check(sql: &str, token: &Token<'_>) -> Result<(), Refused> {
    let Some(name) = token.name() else { return Ok(()) };
    let hidden = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"_cf_"));
    let optimize = name.eq_ignore_ascii_case(b"pragma_optimize");
    if !(hidden || optimize) || (token.kind == Kind::Text && !may_be_name(sql, token)) {
        return Ok(());
    }
    Err(if hidden {
        Refused::HiddenName(String::from_utf8_lossy(name).into())
    } else {
        Refused::PragmaOptimize
    })
}

/// Behind these a list holds values.
const VALUES_FOLLOW: [&str; 6] = ["SELECT", "VALUES", "WHERE", "SET", "HAVING", "RETURNING"];

/// Behind these a list may hold tables. ON is in neither: `FROM a JOIN b ON x, c` goes on with tables.
const NAMES_FOLLOW: [&str; 8] = ["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "INDEX", "WITH"];

/// Directly behind these a `'…'` is a value.
const VALUE_FOLLOWS: [&str; 18] = [
    "SELECT",
    "DISTINCT",
    "WHERE",
    "HAVING",
    "RETURNING",
    "DEFAULT",
    "AND",
    "OR",
    "NOT",
    "BETWEEN",
    "LIKE",
    "GLOB",
    "ESCAPE",
    "IS",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
];

/// Whether SQLite may read the `'…'` at `text` as the name of a table. Errs towards yes.
///
/// It runs only for the rare text that would be refused as a name, and reads `sql` again from its start.
fn may_be_name(sql: &str, text: &Token<'_>) -> bool {
    // One bit for each open parenthesis, set where a list holds values. Bits lost at great depth come back as 0.
    let mut values = 0u128;
    // What is written behind an operator is a name in these two.
    let mut arguments = false;
    let mut previous: Option<Token<'_>> = None;
    for token in Tokens::new(sql).take_while(|token| token.end < text.end) {
        match token.kind {
            Kind::Open => {
                let list = previous.is_some_and(|token| token.is("IN"));
                values = (values << 1) | (values & 1) | u128::from(list);
            }
            Kind::Close => values >>= 1,
            Kind::Semicolon => (values, arguments) = (0, false),
            Kind::Word if any(&token, &VALUES_FOLLOW) => values |= 1,
            Kind::Word if any(&token, &NAMES_FOLLOW) => values &= !1,
            _ => {}
        }
        arguments |= token.is("VIRTUAL") || token.is("PRAGMA");
        previous = Some(token);
    }
    let Some(previous) = previous else { return true };
    arguments
        || match previous.kind {
            Kind::Open | Kind::Comma => values & 1 == 0,
            Kind::Operator => false,
            _ => !any(&previous, &VALUE_FOLLOWS),
        }
}
