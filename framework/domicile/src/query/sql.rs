//! [`Sql`]: a piece of SQL and its parameters, and how pieces are put together.
//!
//! It knows SQLite's precedence and nothing else. It is our own since to put a statement together costs about as much as to
//! run a short one (`cargo bench -p native-harness --bench data`; ARCHITECTURE.md, "Models and queries").

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::schema::Kind;
use crate::value::Value;

/// How tightly a piece holds together, the tightest first (SQLite, "Operators, Parse-Affecting Attributes").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A name, a parameter, a call, something between parentheses.
    Atom,
    /// `*`, `/`
    Factor,
    /// `+`, `-`
    Sum,
    /// `<`, `>=` and their like.
    Order,
    /// `=`, `IS`, `IN`, `BETWEEN`, `MATCH`
    Equal,
    /// `AND`
    And,
    /// `OR`
    Or,
}

/// A piece of SQL.
#[derive(Debug, Clone)]
pub(super) struct Sql {
    pub(super) text: Cow<'static, str>,
    pub(super) params: Vec<Value>,
    rank: Rank,
}

impl Sql {
    /// SQL that is an atom, and that no user has written.
    pub(super) const fn raw(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), params: Vec::new(), rank: Rank::Atom }
    }

    /// A value, as a parameter.
    pub(super) fn param(value: Value) -> Self {
        Self { text: Cow::Borrowed("?"), params: vec![value], rank: Rank::Atom }
    }

    /// A whole number in the text.
    pub(super) fn number(n: i64) -> Self {
        Self { text: Cow::Owned(n.to_string()), params: Vec::new(), rank: Rank::Atom }
    }

    /// A column of a table or an alias.
    pub(super) fn column(table: &str, name: &str) -> Self {
        // Something comes behind it, most of the time.
        let mut text = String::with_capacity(table.len() + name.len() + 32);
        push_name(&mut text, table);
        text.push('.');
        push_name(&mut text, name);
        Self { text: Cow::Owned(text), params: Vec::new(), rank: Rank::Atom }
    }

    /// A name that stands alone.
    pub(super) fn name(name: &str) -> Self {
        let mut text = String::with_capacity(name.len() + 2);
        push_name(&mut text, name);
        Self { text: Cow::Owned(text), params: Vec::new(), rank: Rank::Atom }
    }

    /// The value, where it is nothing but a parameter.
    pub(super) fn value(&self) -> Option<&Value> {
        match (&*self.text, self.params.as_slice()) {
            ("?", [value]) => Some(value),
            _ => None,
        }
    }

    /// `self operator other`. What binds no tighter is put between parentheses, on the left only where it binds less.
    pub(super) fn infix(self, operator: &'static str, rank: Rank, other: Self) -> Self {
        let mut text = opened(self.text, self.rank > rank, operator.len() + other.text.len() + 6);
        text.push(' ');
        text.push_str(operator);
        text.push(' ');
        // AND and OR are the same in whichever order they are worked out.
        push_text(&mut text, &other.text, other.rank > rank || (other.rank == rank && rank < Rank::And));
        let params = joined(self.params, other.params);
        Self { text: Cow::Owned(text), params, rank }
    }

    /// `self` and what stands behind it, such as `IS NULL`.
    pub(super) fn behind(self, what: &str) -> Self {
        let mut text = opened(self.text, self.rank >= Rank::Equal, what.len() + 3);
        text.push(' ');
        text.push_str(what);
        Self { text: Cow::Owned(text), params: self.params, rank: Rank::Equal }
    }

    /// `CAST(self AS kind)`.
    pub(super) fn cast(self, kind: &'static str) -> Self {
        let text = concat(&["CAST(", &self.text, " AS ", kind, ")"]);
        Self { text, params: self.params, rank: Rank::Atom }
    }

    /// The same, where a number of 64 bits that travels as text is a number again. Beside a column SQLite makes one of it by
    /// itself, and beside an expression it does not.
    pub(super) fn numbered(self, kind: Kind) -> Self {
        if kind == Kind::Exact64 && self.value().is_some() { self.cast("INTEGER") } else { self }
    }

    /// Whether it is a call of one of these functions and nothing else.
    pub(super) fn calls(&self, functions: &[&str]) -> bool {
        let called = self.text.split_once('(').map(|(function, _)| function);
        self.rank == Rank::Atom && called.is_some_and(|called| functions.contains(&called))
    }

    /// `function(argument, …)`.
    pub(super) fn call(function: &'static str, arguments: impl IntoIterator<Item = Self>) -> Self {
        let (text, params) = list(arguments);
        Self { text: concat(&[function, "(", &text, ")"]), params, rank: Rank::Atom }
    }

    /// `count(DISTINCT self)`.
    pub(super) fn count_distinct(self) -> Self {
        Self {
            text: Cow::Owned(format!("count(DISTINCT {})", self.text)),
            params: self.params,
            rank: Rank::Atom,
        }
    }

    /// `(self)`, for a statement within another.
    pub(super) fn nested(text: &str, params: Vec<Value>) -> Self {
        Self { text: concat(&["(", text, ")"]), params, rank: Rank::Atom }
    }

    /// An atom of its own making.
    pub(super) fn piece(text: &str, params: Vec<Value>) -> Self {
        Self { text: Cow::Owned(text.to_owned()), params, rank: Rank::Atom }
    }

    /// The parameters, as often as a text has this piece in it.
    pub(super) fn repeated(&self, times: usize) -> Vec<Value> {
        std::iter::repeat_n(&self.params, times).flatten().cloned().collect()
    }

    /// The same with its numbers in the text, where it has no other parameters: to be written again and again.
    pub(super) fn spelled_out(self) -> Self {
        let numbers: Option<Vec<f64>> = self
            .params
            .iter()
            .map(|param| match param {
                Value::Number(n) if n.is_finite() => Some(*n),
                _ => None,
            })
            .collect();
        let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else { return self };
        let (mut text, mut numbers, mut quote) = (String::new(), numbers.into_iter(), None);
        for c in self.text.chars() {
            match quote {
                None if c == '?' => {
                    // A double keeps its point, as the parameter would.
                    let _ = write!(text, "{:?}", numbers.next().unwrap_or_default());
                    continue;
                }
                None if matches!(c, '"' | '\'') => quote = Some(c),
                Some(open) if open == c => quote = None,
                _ => {}
            }
            text.push(c);
        }
        Self { text: Cow::Owned(text), params: Vec::new(), rank: self.rank }
    }

    /// Whether there may be an aggregate in it: a name that looks like one counts too.
    pub(super) fn aggregates(&self) -> bool {
        ["count(", "sum(", "min(", "max(", "avg("].iter().any(|call| self.text.contains(call))
    }

    /// `(a, b, …)`.
    pub(super) fn tuple(items: impl IntoIterator<Item = Self>) -> Self {
        let (text, params) = list(items);
        Self::nested(&text, params)
    }

    /// `self BETWEEN low AND high`.
    pub(super) fn between(self, low: Self, high: Self) -> Self {
        let within = |sql: Self| match sql.rank {
            Rank::Order | Rank::Equal | Rank::And | Rank::Or => Self::nested(&sql.text, sql.params),
            _ => sql,
        };
        let (left, low, high) = (within(self), within(low), within(high));
        let text = format!("{} BETWEEN {} AND {}", left.text, low.text, high.text);
        let params = joined(joined(left.params, low.params), high.params);
        Self { text: Cow::Owned(text), params, rank: Rank::Equal }
    }

    /// `self`, or a failure with `mark`, `name` and the bounds in its message where it is outside of them.
    pub(super) fn within(self, name: &str, min: i64, max: i64, mark: &str) -> Self {
        let mut text = Text { sql: String::with_capacity(2 * self.text.len() + 192), params: Vec::new() };
        text.push("CASE WHEN (")
            .push(&self.text)
            .push(") NOT BETWEEN ")
            .number(min)
            .push(" AND ")
            .number(max);
        text.push(" THEN ").fails(&[mark, name], &[min, max]).push(" ELSE ").push(&self.text).push(" END");
        let params =
            if self.params.is_empty() { Vec::new() } else { joined(self.params.clone(), self.params) };
        Self { text: Cow::Owned(text.sql), params, rank: Rank::Atom }
    }

    /// An aggregate over fewer rows.
    pub(super) fn filtered(self, condition: Self) -> Self {
        let text = format!("{} FILTER (WHERE {})", self.text, condition.text);
        Self { text: Cow::Owned(text), params: joined(self.params, condition.params), rank: Rank::Atom }
    }
}

/// Text that grows into a statement.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
}

impl Text {
    pub(super) fn new(start: &str) -> Self {
        let mut sql = String::with_capacity(192);
        sql.push_str(start);
        Self { sql, params: Vec::new() }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        push_name(&mut self.sql, name);
        self
    }

    pub(super) fn number(&mut self, n: i64) -> &mut Self {
        // Writing to a string does not fail.
        let _ = write!(self.sql, "{n}");
        self
    }

    pub(super) fn add(&mut self, sql: Sql) -> &mut Self {
        self.sql.push_str(&sql.text);
        let params = std::mem::take(&mut self.params);
        self.params = joined(params, sql.params);
        self
    }

    /// What fails where it is worked out, with these words in its message. The path is no constant, or SQLite would work
    /// it out before it looks at the condition.
    pub(super) fn fails(&mut self, words: &[&str], numbers: &[i64]) -> &mut Self {
        self.push("json_extract('{}', '");
        for word in words {
            for (at, part) in word.split('\'').enumerate() {
                self.push(if at > 0 { "''" } else { "" }).push(part);
            }
        }
        for number in numbers {
            self.push(" ").number(*number);
        }
        self.push(":' || ifnull(changes(), 0))")
    }

    /// `, ` between items, by how many there were before.
    pub(super) fn comma(&mut self, before: usize) -> &mut Self {
        if before > 0 {
            self.sql.push_str(", ");
        }
        self
    }
}

fn concat(parts: &[&str]) -> Cow<'static, str> {
    Cow::Owned(parts.concat())
}

/// A name between quotation marks, whatever is in it.
pub(super) fn push_name(text: &mut String, name: &str) {
    text.push('"');
    if name.contains('"') {
        text.push_str(&name.replace('"', "\"\""));
    } else {
        text.push_str(name);
    }
    text.push('"');
}

/// The text to go on with, between parentheses where they are wanted; its own memory where that will do.
fn opened(text: Cow<'static, str>, parentheses: bool, more: usize) -> String {
    match text {
        Cow::Owned(text) if !parentheses => text,
        text => {
            let mut opened = String::with_capacity(text.len() + more + 2);
            push_text(&mut opened, &text, parentheses);
            opened
        }
    }
}

fn push_text(into: &mut String, text: &str, parentheses: bool) {
    if parentheses {
        into.push('(');
    }
    into.push_str(text);
    if parentheses {
        into.push(')');
    }
}

fn joined(mut left: Vec<Value>, right: Vec<Value>) -> Vec<Value> {
    if left.is_empty() {
        return right;
    }
    left.extend(right);
    left
}

fn list(items: impl IntoIterator<Item = Sql>) -> (String, Vec<Value>) {
    let (mut text, mut params) = (String::new(), Vec::new());
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&item.text);
        params = joined(params, item.params);
    }
    (text, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a() -> Sql {
        Sql::raw("a")
    }

    fn b() -> Sql {
        Sql::raw("b")
    }

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        let or = || a().infix("OR", Rank::Or, b());
        let and = || a().infix("AND", Rank::And, b());
        let minus = || a().infix("-", Rank::Sum, b());
        let equal = || a().infix("=", Rank::Equal, b());
        for (sql, text) in [
            (or().infix("AND", Rank::And, or()), "(a OR b) AND (a OR b)"),
            (and().infix("OR", Rank::Or, and()), "a AND b OR a AND b"),
            (and().infix("AND", Rank::And, and()), "a AND b AND a AND b"),
            (minus().infix("-", Rank::Sum, minus()), "a - b - (a - b)"),
            (minus().infix("*", Rank::Factor, minus()), "(a - b) * (a - b)"),
            (minus().infix("=", Rank::Equal, minus()), "a - b = a - b"),
            (equal().behind("IS NOT TRUE"), "(a = b) IS NOT TRUE"),
            (or().behind("IS NOT TRUE"), "(a OR b) IS NOT TRUE"),
            (minus().behind("IS NULL"), "a - b IS NULL"),
            (minus().between(equal(), or()), "a - b BETWEEN (a = b) AND (a OR b)"),
        ] {
            assert_eq!(sql.text, text);
        }
    }

    #[test]
    fn names_cannot_end_early() {
        assert_eq!(Sql::column("po\"st", "a.b").text, "\"po\"\"st\".\"a.b\"");
    }
}
