//! [`Term`]: anything with a value for each row of a model — a column, a path along foreign keys, an expression — and
//! what can be asked of it.

use std::marker::PhantomData;

use super::column::{Column, Path};
use super::filter::Filter;
use super::node::{Node, Rest};
use super::objects::Objects;
use super::selection::Selection;
use super::sql::{Rank, Sql};
use crate::model::schema::Kind;
use crate::model::{Field, Model};
use crate::value::Value;

/// An expression over the rows of `M`, with values of type `T`.
pub struct Expr<M, T> {
    pub(crate) node: Node,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Expr<M, T> {
    pub(crate) fn new(node: Node) -> Self {
        Self { node, types: PhantomData }
    }
}

impl<M, T> Clone for Expr<M, T> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

/// Something with a value for each row of a model.
///
/// Texts are compared byte by byte, as SQLite's BINARY collation does. The forms that begin with `i` ignore case for
/// the letters A to Z only, since SQLite's `lower` knows no others.
#[allow(clippy::wrong_self_convention, reason = "a term becomes a filter")]
pub trait Term: Sized {
    /// The model.
    type Model: Model;
    /// The type of the value.
    type Type: Field;

    #[doc(hidden)]
    fn node(self) -> Node;

    /// Equal. `None` asks for NULL.
    fn eq(self, value: impl IntoExpr<Self::Model, Self::Type>) -> Filter<Self::Model> {
        let value = value.into_node();
        if value.is_null() {
            return self.is_null();
        }
        compare(self.node(), value, Self::Type::KIND, "=", Rank::Equal)
    }

    /// Not equal, or NULL where the value is not. Two columns that are both NULL are neither equal nor not.
    fn ne(self, value: impl IntoExpr<Self::Model, Self::Type>) -> Filter<Self::Model> {
        let value = value.into_node();
        if value.is_null() {
            return self.is_not_null();
        }
        if Self::Type::NULLABLE {
            return compare(self.node(), value, Self::Type::KIND, "IS NOT", Rank::Equal);
        }
        compare(self.node(), value, Self::Type::KIND, "<>", Rank::Equal)
    }

    /// Less than.
    fn lt(self, value: impl IntoExpr<Self::Model, Self::Type>) -> Filter<Self::Model> {
        compare(self.node(), value.into_node(), Self::Type::KIND, "<", Rank::Order)
    }

    /// Less than or equal.
    fn le(self, value: impl IntoExpr<Self::Model, Self::Type>) -> Filter<Self::Model> {
        compare(self.node(), value.into_node(), Self::Type::KIND, "<=", Rank::Order)
    }

    /// Greater than.
    fn gt(self, value: impl IntoExpr<Self::Model, Self::Type>) -> Filter<Self::Model> {
        compare(self.node(), value.into_node(), Self::Type::KIND, ">", Rank::Order)
    }

    /// Greater than or equal.
    fn ge(self, value: impl IntoExpr<Self::Model, Self::Type>) -> Filter<Self::Model> {
        compare(self.node(), value.into_node(), Self::Type::KIND, ">=", Rank::Order)
    }

    /// From `low` to `high`, both included.
    fn between(
        self,
        low: impl IntoExpr<Self::Model, Self::Type>,
        high: impl IntoExpr<Self::Model, Self::Type>,
    ) -> Filter<Self::Model> {
        let mut rest = Rest::default();
        let (low, high) = (low.into_node().take(&mut rest), high.into_node().take(&mut rest));
        let kind = Self::Type::KIND;
        let node = self.node().map(|term| term.between(low.numbered(kind), high.numbered(kind)));
        Filter::new(node.with_joins(rest.joins).with_fault(rest.fault))
    }

    /// One of the values. More than sixteen travel as one parameter, so that only the size of a value limits them.
    fn is_in<V>(self, values: impl IntoIterator<Item = V>) -> Filter<Self::Model>
    where
        V: IntoExpr<Self::Model, Self::Type>,
    {
        let values = values.into_iter().map(IntoExpr::into_node).collect();
        Filter::new(super::list::is_in(self.node(), values, <Self::Type as Field>::KIND))
    }

    /// One of the values that the query selects: `Post::author.is_in_query(Author::objects().select(Author::id))`.
    fn is_in_query<N: Model, S>(self, mut query: Objects<N, S>) -> Filter<Self::Model>
    where
        S: Selection<N>,
        S::Row: Field,
    {
        // A foreign key and the key that it holds are two types of one kind.
        const {
            assert!(
                <Self::Type as Field>::KIND.compares_with(<S::Row as Field>::KIND),
                "the query selects values of another kind than the column has"
            );
        }
        let (list, fault) = query.nested();
        Filter::new(self.node().map(|term| term.infix("IN", Rank::Equal, list)).with_fault(fault))
    }

    /// NULL.
    fn is_null(self) -> Filter<Self::Model> {
        Filter::new(self.node().map(|term| term.behind("IS NULL")))
    }

    /// Not NULL.
    fn is_not_null(self) -> Filter<Self::Model> {
        Filter::new(self.node().map(|term| term.behind("IS NOT NULL")))
    }

    /// The text has `part` in it.
    fn contains(self, part: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        let part = text(part.into());
        Filter::new(self.node().map(|term| has(term, part)))
    }

    /// The text has `part` in it, whatever the case of A to Z.
    fn icontains(self, part: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        let part = text(part.into().to_ascii_lowercase());
        Filter::new(self.node().map(|term| has(lower(term), part)))
    }

    /// The text begins with `start`. An index on the column serves it.
    fn starts_with(self, start: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        let start = start.into();
        let node = self.node();
        Filter::new(match after_all_that_start_with(&start) {
            Some(end) => node.map(|term| {
                let from = term.clone().infix(">=", Rank::Order, text(start));
                from.infix("AND", Rank::And, term.infix("<", Rank::Order, text(end)))
            }),
            None => node.map(|term| term.infix(">=", Rank::Order, text(start))),
        })
    }

    /// The text begins with `start`, whatever the case of A to Z.
    fn istarts_with(self, start: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        let start = start.into().to_ascii_lowercase();
        Filter::new(self.node().map(|term| part_is(lower(term), start.into_bytes(), 1.0)))
    }

    /// The text ends with `end`.
    fn ends_with(self, end: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        ends_with(self.node(), end.into(), |term| term)
    }

    /// The text ends with `end`, whatever the case of A to Z.
    fn iends_with(self, end: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        ends_with(self.node(), end.into().to_ascii_lowercase(), lower)
    }

    /// The text is `value`, whatever the case of A to Z.
    fn ieq(self, value: impl Into<String>) -> Filter<Self::Model>
    where
        Self::Type: Textual,
    {
        let value = text(value.into().to_ascii_lowercase());
        Filter::new(self.node().map(|term| lower(term).infix("=", Rank::Equal, value)))
    }

    /// The text with A to Z made small.
    fn lower(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        Expr::new(self.node().map(lower))
    }

    /// The text with a to z made large.
    fn upper(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        Expr::new(self.node().map(|term| Sql::call("upper", [term])))
    }

    /// How many characters the text has.
    fn length(self) -> Expr<Self::Model, <Self::Type as Textual>::Length>
    where
        Self::Type: Textual,
    {
        Expr::new(self.node().map(|term| Sql::call("length", [term])))
    }

    /// The first `characters` of the text.
    fn left(self, characters: u32) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        let characters = Sql::number(i64::from(characters));
        Expr::new(self.node().map(|term| Sql::call("substr", [term, Sql::raw("1"), characters])))
    }

    /// The value, or `other` where it is NULL.
    fn or(
        self,
        other: impl IntoExpr<Self::Model, <Self::Type as Field>::Base>,
    ) -> Expr<Self::Model, <Self::Type as Field>::Base> {
        let other = super::arithmetic::as_stored(other.into_node(), Self::Type::KIND);
        Expr::new(self.node().with(other, |term, other| Sql::call("ifnull", [term, other])))
    }

    /// Smallest first.
    fn asc(self) -> super::Order<Self::Model> {
        super::Order::new(self.node(), Self::Type::KIND, false)
    }

    /// Largest first.
    fn desc(self) -> super::Order<Self::Model> {
        super::Order::new(self.node(), Self::Type::KIND, true)
    }
}

impl<M: Model, T: Field> Term for Expr<M, T> {
    type Model = M;
    type Type = T;

    fn node(self) -> Node {
        self.node
    }
}

/// A value or a term that a term with values of type `T` can be compared with.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be compared with or set to `{Self}`",
    note = "give a value of the column's own type, or a column or expression of the same model and type"
)]
pub trait IntoExpr<M, T> {
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

impl<M, T: Field> IntoExpr<M, T> for T {
    fn into_node(self) -> Node {
        Node::value(&self)
    }
}

impl<M, T: Field<Base = T>> IntoExpr<M, Option<T>> for T {
    fn into_node(self) -> Node {
        Node::value(&self)
    }
}

impl<M> IntoExpr<M, String> for &str {
    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<M> IntoExpr<M, Option<String>> for &str {
    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<M> IntoExpr<M, String> for &String {
    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<M> IntoExpr<M, Option<String>> for &String {
    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<M> IntoExpr<M, Vec<u8>> for &[u8] {
    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<M, A: Model> IntoExpr<M, crate::model::ForeignKey<A>> for &A {
    fn into_node(self) -> Node {
        Node::value(&self.key())
    }
}

impl<M, A: Model> IntoExpr<M, Option<crate::model::ForeignKey<A>>> for &A {
    fn into_node(self) -> Node {
        Node::value(&self.key())
    }
}

macro_rules! terms {
    ($($term:ident),*) => {$(
        impl<M: Model, T: Field> IntoExpr<M, T> for $term<M, T> {
            fn into_node(self) -> Node {
                self.node()
            }
        }

        impl<M: Model, T: Field<Base = T>> IntoExpr<M, Option<T>> for $term<M, T> {
            fn into_node(self) -> Node {
                self.node()
            }
        }
    )*};
}
terms!(Expr, Column, Path);

/// A text, which may be NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    note = "`contains`, `starts_with` and their like are asked of columns of `String` and `Option<String>`"
)]
pub trait Textual: Field {
    /// What its length is: NULL where it is.
    type Length: Field;
}

impl Textual for String {
    type Length = u64;
}

impl Textual for Option<String> {
    type Length = Option<u64>;
}

/// Whether two types of SQLite are one.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

fn compare<M>(left: Node, right: Node, kind: Kind, operator: &'static str, rank: Rank) -> Filter<M> {
    Filter::new(left.with(right, |left, right| left.infix(operator, rank, right.numbered(kind))))
}

fn text(text: String) -> Sql {
    Sql::param(Value::Text(text))
}

fn has(term: Sql, part: Sql) -> Sql {
    Sql::call("instr", [term, part]).infix(">", Rank::Order, Sql::raw("0"))
}

fn lower(term: Sql) -> Sql {
    Sql::call("lower", [term])
}

/// That the bytes of a text at its start, or at its end where `sign` is negative, are these. Bytes, since SQLite's functions
/// for characters take NUL for the end; and as UTF-8 has it, no character begins within another.
fn part_is(term: Sql, bytes: Vec<u8>, sign: f64) -> Sql {
    // `substr(x, -0)` would be all of it.
    if bytes.is_empty() {
        return term.behind("IS NOT NULL");
    }
    let length = sign * f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    // A parameter, since texts of statements are cached, and lengths are many.
    let length = Sql::param(Value::Number(length));
    let (term, bytes) = (term.cast("BLOB"), Sql::param(Value::Blob(bytes)));
    let part = match sign < 0.0 {
        true => Sql::call("substr", [term, length]),
        false => Sql::call("substr", [term, Sql::raw("1"), length]),
    };
    part.infix("=", Rank::Equal, bytes)
}

fn ends_with<M>(node: Node, end: String, fold: impl FnOnce(Sql) -> Sql) -> Filter<M> {
    Filter::new(node.map(|term| part_is(fold(term), end.into_bytes(), -1.0)))
}

/// The smallest text that comes after all that start with `start`; `None` where there is none.
fn after_all_that_start_with(start: &str) -> Option<String> {
    let mut end: Vec<char> = start.chars().collect();
    while let Some(last) = end.pop() {
        // The code points between the two are those of no character.
        let next = if last == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            end.push(next);
            return Some(end.into_iter().collect());
        }
    }
    None
}

/// The value of a literal that stands in const data.
pub(crate) fn literal(literal: crate::model::schema::Literal) -> Value {
    use crate::model::schema::Literal;
    #[allow(clippy::cast_precision_loss, reason = "integers beyond 2^53 are bound as text below")]
    match literal {
        Literal::Integer(n) if n.unsigned_abs() > crate::value::MAX_SAFE_INTEGER.unsigned_abs() => {
            Value::Text(n.to_string())
        }
        Literal::Integer(n) => Value::Number(n as f64),
        Literal::Real(n) => Value::Number(n),
        Literal::Text(text) => Value::Text(text.to_owned()),
        Literal::Blob(bytes) => Value::Blob(bytes.to_owned()),
    }
}
