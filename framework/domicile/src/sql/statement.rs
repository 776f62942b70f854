//! Tells from the text of a statement, before it runs, whether it may run in a read or not at all.
//!
//! Both hosts ask here first, so both refuse the same texts with the same sentence. This is no parser and no
//! authorizer: a text with a syntax error passes, usually as a write, for SQLite to refuse, and which functions,
//! pragmas and hidden tables a text reaches by other ways than their names is for the host's authorizer to say.
//!
//! **Invariant:** what is classified as a read changes neither rows nor schema nor settings. The rules err towards
//! [`Class::Write`]; `what_is_classified_as_a_read_changes_nothing` runs a corpus and its mutations against SQLite.

mod name;
mod refused;
mod split;
mod token;

#[cfg(test)]
mod tests;

pub use refused::Refused;
pub use split::{Piece, split, tokens};

use name::Names;
use token::{Kind, Token, Tokens, any};

/// What a text of one or more statements does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Every statement only reads: SELECT, VALUES, EXPLAIN, WITH that ends in SELECT or VALUES, or a pragma that
    /// reports something.
    Read,
    /// Some statement may change rows, the schema or a setting, or is not understood.
    Write,
}

/// Looks at `sql` without running it. Takes time linear in its length and allocates nothing unless it refuses.
///
/// ```
/// use domicile::sql::statement::{Class, Refused, classify};
///
/// assert_eq!(classify("WITH x AS (SELECT 1) SELECT * FROM x")?, Class::Read);
/// assert_eq!(classify("SELECT 1; DELETE FROM post")?, Class::Write);
/// assert_eq!(classify("DELETE FROM post LIMIT 1"), Err(Refused::RowLimit { verb: "DELETE" }));
/// # Ok::<(), Refused>(())
/// ```
///
/// # Errors
///
/// [`Refused`] for what neither host runs, found anywhere in the text, so that no part of it has run.
pub fn classify(sql: &str) -> Result<Class, Refused> {
    look(sql).map(|(class, _)| class)
}

/// As [`classify`], for a text that must be one statement, as D1 takes it.
///
/// # Errors
///
/// As [`classify`], and [`Refused::Several`].
pub fn classify_one(sql: &str) -> Result<Class, Refused> {
    match look(sql)? {
        (class, 1) => Ok(class),
        _ => Err(Refused::Several),
    }
}

/// The class of a text, and how many statements it has.
fn look(sql: &str) -> Result<(Class, usize), Refused> {
    if sql.as_bytes().contains(&0) {
        return Err(Refused::Nul);
    }
    let mut text = Text { sql, class: Class::Read, count: 0, broken: false, last_end: None, returns: false };
    let mut tokens = Tokens::new(sql);
    let mut names = Names::new(sql);
    let mut statement = Statement::new();
    while let Some(token) = tokens.next() {
        names.check(&token)?;
        text.broken |= token.kind == Kind::Broken;
        match token.kind {
            Kind::Semicolon if statement.in_trigger => statement.step = Step::Head,
            Kind::Semicolon => {
                text.end(&statement, token.end)?;
                statement = Statement::new();
            }
            _ => statement.take(&token, &tokens)?,
        }
    }
    text.end(&statement, sql.len())?;
    text.finish()
}

/// What is known of the whole text.
struct Text<'a> {
    sql: &'a str,
    class: Class,
    /// Its statements so far.
    count: usize,
    broken: bool,
    /// Behind the last statement and its `;`.
    last_end: Option<usize>,
    /// The last statement writes and has RETURNING.
    returns: bool,
}

impl Text<'_> {
    fn end(&mut self, statement: &Statement, end: usize) -> Result<(), Refused> {
        if statement.begun {
            if self.returns {
                return Err(Refused::Returning);
            }
            self.last_end = Some(end);
            self.count += 1;
            if statement.class == Class::Write {
                self.class = Class::Write;
                self.returns = statement.returns;
            }
        }
        Ok(())
    }

    /// workerd skips these two characters behind a statement; for anything else it prepares another one.
    fn finish(self) -> Result<(Class, usize), Refused> {
        let end = self.last_end.ok_or(Refused::NoStatement)?;
        let rest = self.sql.get(end..).unwrap_or_default();
        if !rest.trim_start_matches([' ', '\n']).is_empty() {
            return Err(Refused::Trailing);
        }
        Ok((if self.broken { Class::Write } else { self.class }, self.count))
    }
}

/// Where in a statement the next token stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// At its first keyword, or behind EXPLAIN.
    Head,
    /// In the list of a WITH. The main statement follows a `)` that closes to depth 0.
    With { closed: bool },
    /// Behind CREATE or CREATE TEMP.
    Create,
    /// Behind a bare BEGIN of a trigger, which may also be somebody's name.
    Begin,
    /// Behind the keyword that decides.
    Rest,
}

/// What is known of one statement; inside a trigger, of one statement of its body.
struct Statement {
    /// It has a token.
    begun: bool,
    class: Class,
    step: Step,
    explain: bool,
    /// From CREATE TRIGGER to the END that follows a `;`.
    in_trigger: bool,
    depth: usize,
    /// DELETE or UPDATE, where ORDER BY and LIMIT are refused.
    verb: Option<&'static str>,
    /// It has the keyword RETURNING outside of parentheses.
    returns: bool,
}

impl Statement {
    fn new() -> Self {
        let step = Step::Head;
        Self {
            begun: false,
            class: Class::Write,
            step,
            explain: false,
            in_trigger: false,
            depth: 0,
            verb: None,
            returns: false,
        }
    }

    /// Takes the next token; `rest` looks ahead from behind it.
    fn take(&mut self, token: &Token<'_>, rest: &Tokens<'_>) -> Result<(), Refused> {
        self.begun = true;
        let mut closed = false;
        match token.kind {
            Kind::Open => self.depth += 1,
            Kind::Close => {
                self.depth = self.depth.saturating_sub(1);
                closed = self.depth == 0;
            }
            Kind::Word => return self.word(token, rest),
            _ => {}
        }
        self.step = match self.step {
            Step::With { .. } => Step::With { closed },
            _ => Step::Rest,
        };
        Ok(())
    }

    fn word(&mut self, word: &Token<'_>, rest: &Tokens<'_>) -> Result<(), Refused> {
        match self.step {
            Step::Head => return self.head(word, rest),
            Step::With { closed: true } if !word.is("AS") => return self.head(word, rest),
            Step::With { .. } => self.step = Step::With { closed: false },
            Step::Create if word.is("TRIGGER") => {
                self.in_trigger = true;
                self.step = Step::Rest;
            }
            Step::Create if word.is("TEMP") || word.is("TEMPORARY") => {}
            Step::Begin if any(word, &BODY) => return self.head(word, rest),
            Step::Create | Step::Begin | Step::Rest => self.step = Step::Rest,
        }
        if word.is("ROLLBACK") {
            return Err(Refused::Rollback);
        }
        self.returns |= self.depth == 0 && word.is("RETURNING");
        if self.in_trigger && word.is("BEGIN") {
            self.step = Step::Begin;
        }
        match self.verb {
            Some(verb) if self.depth == 0 && (word.is("LIMIT") || word.is("ORDER")) => {
                Err(Refused::RowLimit { verb })
            }
            _ => Ok(()),
        }
    }

    /// Takes the keyword that says what the statement does.
    fn head(&mut self, word: &Token<'_>, rest: &Tokens<'_>) -> Result<(), Refused> {
        let is = |keyword| word.is(keyword);
        self.step = Step::Rest;
        self.verb = None;
        let mut class = if self.explain { Class::Read } else { Class::Write };
        if is("SELECT") || is("VALUES") {
            class = Class::Read;
        } else if is("EXPLAIN") || self.explain && (is("QUERY") || is("PLAN")) {
            self.explain = true;
            self.step = Step::Head;
            return Ok(());
        } else if is("WITH") {
            self.step = Step::With { closed: false };
            return Ok(());
        } else if is("PRAGMA") {
            // Settings are set while the statement is prepared, so EXPLAIN does not keep one from being set.
            class = pragma(rest.clone())?;
        } else if is("CREATE") {
            self.step = Step::Create;
        } else if is("DELETE") {
            self.verb = Some("DELETE");
        } else if is("UPDATE") {
            self.verb = Some("UPDATE");
        } else if is("END") && self.in_trigger {
            self.in_trigger = false;
        } else if any(word, &TRANSACTION) {
            return Err(Refused::Transaction);
        } else if is("ATTACH") || is("DETACH") {
            return Err(Refused::Attach);
        } else if is("VACUUM") {
            return Err(Refused::Vacuum);
        }
        // What a trigger's body does is done when it fires, not by this text.
        if !self.in_trigger {
            self.class = class;
        }
        Ok(())
    }
}

/// What a statement of a trigger's body begins with.
const BODY: [&str; 7] = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "VALUES", "WITH"];

const TRANSACTION: [&str; 6] = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];

/// Pragmas of workerd's list that only report, with or without an argument.
const REPORTS: [&str; 9] = [
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// Pragmas of workerd's list that report without an argument and set with one, or take none.
const SETTINGS: [&str; 9] = [
    "case_sensitive_like",
    "data_version",
    "defer_foreign_keys",
    "foreign_keys",
    "ignore_check_constraints",
    "legacy_alter_table",
    "page_size",
    "recursive_triggers",
    "reverse_unordered_selects",
];

/// Classifies `PRAGMA [schema.]name [= value | (value)]` from behind its keyword.
fn pragma(mut rest: Tokens<'_>) -> Result<Class, Refused> {
    let mut name = rest.next();
    let mut next = rest.next();
    if next.is_some_and(|token| token.kind == Kind::Dot) {
        name = rest.next();
        next = rest.next();
    }
    let Some(name) = name.as_ref().and_then(Token::name) else { return Ok(Class::Write) };
    let listed = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    let bare = next.is_none_or(|token| token.kind == Kind::Semicolon);
    if !bare && listed(&["foreign_keys"]) {
        return Err(Refused::ForeignKeys);
    }
    Ok(if listed(&REPORTS) || bare && listed(&SETTINGS) { Class::Read } else { Class::Write })
}
