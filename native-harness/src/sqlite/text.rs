//! SQL as text: where one statement ends, and the rule that SQLite's authorizer cannot see.
//!
//! This reads tokens, not grammar: SQLite itself decides what is a statement.

/// Cuts the first statement off a text. Gives its length, with the semicolon, and whether there is anything in it.
///
/// A `CREATE TRIGGER` ends after its `END`. A NUL ends the text for SQLite, and so a statement here.
pub(super) fn first_statement(sql: &str) -> (usize, bool) {
    // Most texts are one statement and say so at a glance; to read all tokens of one costs more than a point read.
    if starts_with_a_letter(sql) && !sql.contains(';') && !sql.contains('\0') {
        return (sql.len(), true);
    }
    let mut opening = Opening::Start;
    let (mut last, mut before) = (None, None);
    for token in Tokens::new(sql) {
        if token.text == "\0" {
            return if last.is_none() { (sql.len(), false) } else { (token.start, true) };
        }
        if token.text == ";" {
            // Nothing has come yet, and SQLite reads on to the first statement.
            if last.is_none() {
                continue;
            }
            let inside_trigger =
                opening == Opening::Trigger && !(before == Some(Mark::Semicolon) && last == Some(Mark::End));
            if !inside_trigger {
                return (token.end(), last.is_some());
            }
        }
        opening = opening.after(token.text);
        (before, last) = (last, Some(Mark::of(token.text)));
    }
    (sql.len(), last.is_some())
}

fn starts_with_a_letter(sql: &str) -> bool {
    sql.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}

/// A statement without the semicolons before it.
pub(super) fn body(statement: &str) -> &str {
    let start = Tokens::new(statement).find(|token| token.text != ";").map_or(0, |token| token.start);
    statement.get(start..).unwrap_or(statement)
}

/// Whether a statement is `PRAGMA optimize`, with or without a mask and a schema.
pub(super) fn is_optimize(statement: &str) -> bool {
    if starts_with_a_letter(statement) && !statement.starts_with(['p', 'P']) {
        return false;
    }
    let mut tokens = Tokens::new(statement);
    tokens.next().is_some_and(|first| is_word(first.text, "PRAGMA"))
        && tokens.take(3).any(|token| is_word(token.text, "optimize"))
}

/// The new name in an `ALTER TABLE … RENAME TO`, without quotes. The authorizer only hears the old one.
pub(super) fn renamed_to(statement: &str) -> Option<&str> {
    let mut tokens = Tokens::new(statement).peekable();
    while let Some(token) = tokens.next() {
        if is_word(token.text, "RENAME") && tokens.next_if(|next| is_word(next.text, "TO")).is_some() {
            return tokens.next().map(|name| unquoted(name.text));
        }
    }
    None
}

/// The condition of a partial index, from the text that creates it.
pub(super) fn condition(statement: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for token in Tokens::new(statement) {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            word if depth == 0 && is_word(word, "WHERE") => {
                return statement.get(token.end()..).map(|rest| rest.trim_end_matches([';', ' ', '\n']));
            }
            _ => {}
        }
    }
    None
}

/// The table or index of an ANALYZE, unless it is for all.
pub(super) fn analyzed(statement: &str) -> Option<&str> {
    let names: Vec<&str> = Tokens::new(statement)
        .skip(1)
        .map(|token| unquoted(token.text))
        .filter(|name| *name != ";")
        .collect();
    match names[..] {
        [] => None,
        [schema] if is_word(schema, "main") => None,
        [.., name] => Some(name),
    }
}

/// The name as SQL reads it whatever is in it.
pub(super) fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name without its quotes. A doubled quote inside stays doubled, which no name that matters here has.
fn unquoted(token: &str) -> &str {
    let quotes = ['"', '\'', '`', '[', ']'];
    token.strip_prefix(quotes).map_or(token, |rest| rest.strip_suffix(quotes).unwrap_or(rest))
}

fn is_word(text: &str, word: &str) -> bool {
    text.eq_ignore_ascii_case(word)
}

/// What a statement may still become, from its first words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Start,
    Create,
    Trigger,
    Other,
}

impl Opening {
    fn after(self, token: &str) -> Self {
        let is = |word| is_word(token, word);
        match self {
            Self::Start if is("EXPLAIN") || is("QUERY") || is("PLAN") => Self::Start,
            Self::Start if is("CREATE") => Self::Create,
            Self::Create if is("TEMP") || is("TEMPORARY") => Self::Create,
            Self::Create if is("TRIGGER") => Self::Trigger,
            Self::Trigger => Self::Trigger,
            Self::Start | Self::Create | Self::Other => Self::Other,
        }
    }
}

/// The tokens that end a trigger's body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Semicolon,
    End,
    Other,
}

impl Mark {
    fn of(token: &str) -> Self {
        match token {
            ";" => Self::Semicolon,
            word if is_word(word, "END") => Self::End,
            _ => Self::Other,
        }
    }
}

struct Token<'a> {
    text: &'a str,
    start: usize,
}

impl Token<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of a text without spaces and comments. A quoted name or string is one token, quotes included.
struct Tokens<'a> {
    sql: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn new(sql: &'a str) -> Self {
        Self { sql, at: 0 }
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.sql[self.at..];
            let blanks = rest.len() - rest.trim_start_matches(is_blank).len();
            let comment = match rest.as_bytes() {
                [b'-', b'-', ..] => rest.find('\n').map_or(rest.len(), |end| end + 1),
                [b'/', b'*', _, ..] => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
                _ => 0,
            };
            match blanks.max(comment) {
                0 => return,
                length => self.at += length,
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blanks();
        let rest = &self.sql[self.at..];
        let first = rest.chars().next()?;
        let length = match first {
            '\'' | '"' | '`' => quoted(rest, first),
            '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            _ if is_word_character(first) => rest.find(|next| !is_word_character(next)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let token = Token { text: &rest[..length], start: self.at };
        self.at += length;
        Some(token)
    }
}

/// What SQLite's tokenizer skips, besides a byte order mark.
pub(super) const SPACES: [char; 5] = [' ', '\t', '\n', '\r', '\x0c'];

const BYTE_ORDER_MARK: char = '\u{feff}';

/// What workerd skips between two statements.
pub(super) const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

fn is_blank(character: char) -> bool {
    SPACES.contains(&character) || character == BYTE_ORDER_MARK
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '$' || !character.is_ascii()
}

/// The length of the quoted text at the beginning. A doubled quote is part of it.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(quote) {
        at += end + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}
