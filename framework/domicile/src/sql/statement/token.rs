//! Cuts SQL text into tokens exactly where SQLite's own tokenizer does (its `tokenize.c`).
//!
//! Spaces, comments and byte order marks are skipped. What SQLite calls an illegal token is [`Kind::Broken`]:
//! SQLite stops there, so nothing behind it ever runs.

/// What a token is, as far as telling a read from a write needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name in `"…"`, `[…]` or `` `…` ``, with its quotes.
    Quoted,
    /// `'…'`, with its quotes. SQLite takes it for a name where no value can stand.
    Text,
    /// A number, a blob or a parameter.
    Value,
    Open,
    Close,
    Comma,
    Dot,
    Semicolon,
    /// `=`, `||`, `->>` and the like.
    Operator,
    Broken,
}

/// One token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a [u8],
    /// The byte behind the token.
    pub(super) end: usize,
}

impl Token<'_> {
    /// Whether this is the bare word `keyword`, which is given in capitals.
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword.as_bytes())
    }

    /// The name that this token is or may be, without its quotes; a doubled quote stays doubled.
    pub(super) fn name(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Word => Some(self.text),
            Kind::Quoted | Kind::Text => self.text.get(1..self.text.len().saturating_sub(1)),
            _ => None,
        }
    }
}

/// Whether `token` is one of these keywords, which are given in capitals.
pub(super) fn any(token: &Token<'_>, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| token.is(keyword))
}

/// The tokens of a text in their order. A clone looks ahead without moving the original.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    sql: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Works on bytes: every cut is at an ASCII byte or a whole byte order mark, so none splits a character.
    pub(super) fn new(sql: &'a str) -> Self {
        Self { sql: sql.as_bytes(), at: 0 }
    }

    /// The next token, unless it is `limit` of the same text or stands behind it.
    pub(super) fn next_before(&mut self, limit: &Token<'_>) -> Option<Token<'a>> {
        let mut ahead = self.clone();
        let token = ahead.next().filter(|token| token.end < limit.end)?;
        *self = ahead;
        Some(token)
    }

    /// The byte at `at`, or NUL behind the end, where SQLite's text has its terminator.
    fn byte(&self, at: usize) -> u8 {
        self.sql.get(at).copied().unwrap_or(0)
    }

    /// The first position from `at` on whose byte is not `wanted`.
    fn skip(&self, at: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.sql.get(at..).unwrap_or_default();
        at + rest.iter().position(|&b| !wanted(b)).unwrap_or(rest.len())
    }

    /// Behind a comment that opens at `at`. An unterminated `/*` runs to the end of the text.
    fn comment(&self, at: usize) -> usize {
        if self.byte(at) == b'-' {
            return self.skip(at + 2, |b| b != b'\n');
        }
        let rest = self.sql.get(at + 2..).unwrap_or_default();
        rest.windows(2).position(|pair| pair == b"*/").map_or(self.sql.len(), |found| at + 2 + found + 2)
    }

    /// `'…'`, `"…"` or `` `…` ``, in which the doubled quote stands for itself.
    fn quoted(&self, at: usize, quote: u8, kind: Kind) -> (Kind, usize) {
        let mut end = at + 1;
        loop {
            end = self.skip(end, |b| b != quote);
            if end >= self.sql.len() {
                return (Kind::Broken, end);
            }
            if self.byte(end + 1) != quote {
                return (kind, end + 1);
            }
            end += 2;
        }
    }

    fn number(&self, at: usize) -> (Kind, usize) {
        let digits = |b: u8| b.is_ascii_digit() || b == b'_';
        let mut end = at;
        if self.byte(at) == b'0'
            && matches!(self.byte(at + 1), b'x' | b'X')
            && self.byte(at + 2).is_ascii_hexdigit()
        {
            end = self.skip(at + 3, |b| b.is_ascii_hexdigit() || b == b'_');
        } else {
            end = self.skip(end, digits);
            if self.byte(end) == b'.' {
                end = self.skip(end + 1, digits);
            }
            let sign = usize::from(matches!(self.byte(end + 1), b'+' | b'-'));
            if matches!(self.byte(end), b'e' | b'E') && self.byte(end + 1 + sign).is_ascii_digit() {
                end = self.skip(end + 1 + sign, digits);
            }
        }
        let letters = self.skip(end, in_name);
        (if letters == end { Kind::Value } else { Kind::Broken }, letters)
    }

    /// `x'…'`: an even number of hexadecimal digits.
    fn blob(&self, at: usize) -> (Kind, usize) {
        let digits = self.skip(at + 2, |b| b.is_ascii_hexdigit());
        let end = self.skip(digits, |b| b != b'\'');
        let whole = digits == end && (end - at).is_multiple_of(2) && end < self.sql.len();
        (if whole { Kind::Value } else { Kind::Broken }, (end + 1).min(self.sql.len()))
    }

    /// `:a`, `@a`, `#a` or `$a`, which Tcl lets continue with `::b` and `(c)`.
    fn parameter(&self, at: usize) -> (Kind, usize) {
        let mut end = at + 1;
        let mut letters = 0;
        loop {
            let run = self.skip(end, in_name);
            letters += run - end;
            end = run;
            match self.byte(end) {
                b':' if self.byte(end + 1) == b':' => end += 2,
                b'(' if letters > 0 => {
                    let close = self.skip(end + 1, |b| b != b')' && !is_space(b));
                    return match self.byte(close) {
                        b')' => (Kind::Value, close + 1),
                        _ => (Kind::Broken, close),
                    };
                }
                _ => return (if letters > 0 { Kind::Value } else { Kind::Broken }, end),
            }
        }
    }

    /// The kind of the token at `at` and the byte behind it; no kind for what is skipped.
    fn cut(&self, at: usize) -> (Option<Kind>, usize) {
        let next = self.byte(at + 1);
        let (kind, end) = match self.byte(at) {
            b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' => return (None, self.skip(at + 1, is_space)),
            b'-' if next == b'-' => return (None, self.comment(at)),
            b'/' if next == b'*' && at + 2 < self.sql.len() => return (None, self.comment(at)),
            0xEF if next == 0xBB && self.byte(at + 2) == 0xBF => return (None, at + 3),
            b'-' if next == b'>' => (Kind::Operator, at + 2 + usize::from(self.byte(at + 2) == b'>')),
            b'(' => (Kind::Open, at + 1),
            b')' => (Kind::Close, at + 1),
            b',' => (Kind::Comma, at + 1),
            b';' => (Kind::Semicolon, at + 1),
            b'.' if !next.is_ascii_digit() => (Kind::Dot, at + 1),
            b'.' | b'0'..=b'9' => self.number(at),
            b'\'' => self.quoted(at, b'\'', Kind::Text),
            quote @ (b'"' | b'`') => self.quoted(at, quote, Kind::Quoted),
            b'[' => match self.skip(at + 1, |b| b != b']') {
                end if end < self.sql.len() => (Kind::Quoted, end + 1),
                end => (Kind::Broken, end),
            },
            b'?' => (Kind::Value, self.skip(at + 1, |b| b.is_ascii_digit())),
            b'$' | b'@' | b'#' | b':' => self.parameter(at),
            b'x' | b'X' if next == b'\'' => self.blob(at),
            b'!' if next != b'=' => (Kind::Broken, at + 1),
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'~' | b'=' | b'<' | b'>' | b'|' | b'!' => {
                let two = matches!(
                    &[self.byte(at), next],
                    b"==" | b"<=" | b"<>" | b"<<" | b">=" | b">>" | b"!=" | b"||"
                );
                (Kind::Operator, at + 1 + usize::from(two))
            }
            byte if in_name(byte) => (Kind::Word, self.skip(at + 1, in_name)),
            _ => (Kind::Broken, at + 1),
        };
        (Some(kind), end)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while self.at < self.sql.len() {
            let start = self.at;
            let (kind, end) = self.cut(start);
            self.at = end;
            if let Some(kind) = kind {
                return Some(Token { kind, text: self.sql.get(start..end).unwrap_or_default(), end });
            }
        }
        None
    }
}

/// What may continue a name.
fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// What continues a run of spaces; a vertical tab only continues one, alone it is illegal.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
