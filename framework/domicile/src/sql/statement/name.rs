//! Names that no statement may use: the platform's `_cf_` tables, and a table that writes when it is read.
//!
//! SQLite takes `"x"` for a text where no such name exists, and `'x'` for a name where no value can stand. So a bare or
//! quoted name is refused wherever it stands, and `'x'` wherever it is not surely a value.

use super::Refused;
use super::token::{Kind, Token, Tokens, any};

/// Checks the names of one text, from its first token to its last.
pub(super) struct Names<'a> {
    /// What [`Names::may_be_name`] has yet to read. It lags behind: hardly any text asks.
    unread: Tokens<'a>,
    previous: Option<Token<'a>>,
    /// One bit for each open parenthesis, set where a list holds values. Bits lost at great depth come back as 0.
    values: u128,
    /// In a PRAGMA or a CREATE VIRTUAL TABLE, where a name may also stand behind an operator.
    arguments: bool,
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

impl<'a> Names<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { unread: Tokens::new(sql), previous: None, values: 0, arguments: false }
    }

    /// Refuses the text's next token if it is, or may be, such a name.
    pub(super) fn check(&mut self, token: &Token<'_>) -> Result<(), Refused> {
        let Some(name) = token.name() else { return Ok(()) };
        let hidden = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"_cf_"));
        let optimize = name.eq_ignore_ascii_case(b"pragma_optimize");
        if !(hidden || optimize) || (token.kind == Kind::Text && !self.may_be_name(token)) {
            return Ok(());
        }
        Err(if hidden {
            Refused::HiddenName(String::from_utf8_lossy(name).into())
        } else {
            Refused::PragmaOptimize
        })
    }

    /// Whether SQLite may read the `'…'` that is `text` as the name of a table. Errs towards yes.
    fn may_be_name(&mut self, text: &Token<'_>) -> bool {
        while let Some(token) = self.unread.next_before(text) {
            self.read(token);
        }
        let Some(previous) = self.previous else { return true };
        self.arguments
            || match previous.kind {
                Kind::Open | Kind::Comma => self.values & 1 == 0,
                Kind::Operator => false,
                _ => !any(&previous, &VALUE_FOLLOWS),
            }
    }

    fn read(&mut self, token: Token<'a>) {
        match token.kind {
            Kind::Open => {
                let list = self.previous.is_some_and(|previous| previous.is("IN"));
                self.values = (self.values << 1) | (self.values & 1) | u128::from(list);
            }
            Kind::Close => self.values >>= 1,
            Kind::Semicolon => self.arguments = false,
            Kind::Word if any(&token, &VALUES_FOLLOW) => self.values |= 1,
            Kind::Word if any(&token, &NAMES_FOLLOW) => self.values &= !1,
            _ => {}
        }
        self.arguments |= token.is("VIRTUAL") || token.is("PRAGMA");
        self.previous = Some(token);
    }
}
