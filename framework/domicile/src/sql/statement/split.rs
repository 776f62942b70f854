//! Cuts a text into its statements, as SQLite would: what is in quotes, comments and the body of a trigger is no end.

use super::token::{Kind, Tokens};
use super::{Refused, Statement, Step};

/// One statement of a text, without its semicolon and without what stands before its first token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The statement.
    pub text: &'a str,
    /// The line on which it begins, from 1.
    pub line: usize,
}

/// The statements of `sql`, in order. Comments around them are left out, and those inside of them are not.
///
/// ```
/// use domicile::sql::statement::split;
///
/// let pieces = split("-- two\nSELECT ';';\nSELECT 2;")?;
/// assert_eq!(pieces.iter().map(|piece| (piece.line, piece.text)).collect::<Vec<_>>(), [(2, "SELECT ';'"), (3, "SELECT 2")]);
/// # Ok::<(), (usize, domicile::sql::statement::Refused)>(())
/// ```
///
/// # Errors
/// What no host runs, and the line of its statement.
pub fn split(sql: &str) -> Result<Vec<Piece<'_>>, (usize, Refused)> {
    let mut pieces = Vec::new();
    let mut tokens = Tokens::new(sql);
    let mut statement = Statement::new();
    let mut begin = None;
    let mut end = 0;
    let mut line = Lines { sql, at: 0, line: 1 };
    while let Some(token) = tokens.next() {
        if token.kind == Kind::Semicolon && !statement.in_trigger {
            if let Some((from, line)) = begin.take() {
                pieces.push(Piece { text: sql.get(from..end).unwrap_or_default(), line });
            }
            statement = Statement::new();
            continue;
        }
        let (_, line) = *begin.get_or_insert_with(|| {
            let from = token.end - token.text.len();
            (from, line.of(from))
        });
        end = token.end;
        if token.kind == Kind::Semicolon {
            statement.step = Step::Head;
        } else {
            statement.take(&token, &tokens).map_err(|refused| (line, refused))?;
        }
    }
    if let Some((from, line)) = begin {
        pieces.push(Piece { text: sql.get(from..end).unwrap_or_default(), line });
    }
    Ok(pieces)
}

/// Counts lines on the way through a text.
struct Lines<'a> {
    sql: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, place: usize) -> usize {
        let passed = self.sql.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = place;
        self.line
    }
}

/// The texts of the tokens of `sql`, without spaces and comments. What is quoted keeps its quotes.
pub fn tokens(sql: &str) -> impl Iterator<Item = &str> {
    // Every cut is at an ASCII byte or a whole byte order mark.
    Tokens::new(sql).map(|token| std::str::from_utf8(token.text).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &[(usize, &str)]) {
        let pieces = split(sql).unwrap_or_else(|(line, refused)| panic!("line {line}: {refused}"));
        assert_eq!(pieces.iter().map(|piece| (piece.line, piece.text)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn statements_end_where_sqlite_ends_them() {
        check("", &[]);
        check("-- only; a comment\n/* ; */ ;;", &[]);
        check("SELECT 1", &[(1, "SELECT 1")]);
        check(
            "SELECT 'a;b', \"c;d\", [e;f], `g;h`; SELECT 2;\n",
            &[(1, "SELECT 'a;b', \"c;d\", [e;f], `g;h`"), (1, "SELECT 2")],
        );
        check(
            "-- first\n\nSELECT 1 -- ;\n + 1;\n\n/* x\n */ SELECT 2",
            &[(3, "SELECT 1 -- ;\n + 1"), (7, "SELECT 2")],
        );
    }

    #[test]
    fn the_body_of_a_trigger_is_part_of_it() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  INSERT INTO b VALUES (new.x);\n  SELECT CASE WHEN 1 \
                       THEN 2 END;\nEND";
        check(&format!("{trigger};\nSELECT 1;"), &[(1, trigger), (5, "SELECT 1")]);
        let nested = "CREATE TRIGGER t UPDATE ON a WHEN new.begin > 0 BEGIN SELECT 1; END";
        check(&format!("{nested}; SELECT 2"), &[(1, nested), (1, "SELECT 2")]);
    }

    #[test]
    fn what_no_host_runs_is_told_with_its_line() {
        assert_eq!(split("SELECT 1;\nBEGIN;\n"), Err((2, Refused::Transaction)));
    }
}
