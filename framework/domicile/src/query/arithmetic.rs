//! `+`, `-`, `*` and `/` of terms and values: `Post::views + 1`.

use std::ops::{Add, Div, Mul, Sub};

use super::column::{Column, Path};
use super::node::Node;
use super::sql::{Rank, Sql};
use super::term::{Expr, IntoExpr, Term, same};
use crate::model::schema::DECIMAL_INTEGER_DIGITS;
use crate::model::schema::Kind;
use crate::model::{Decimal, Field, Model};
use crate::value::Exact64;
use crate::value::Value;

/// A type of numbers that SQL can add and subtract.
#[diagnostic::on_unimplemented(
    message = "SQL does not calculate with values of `{Self}`",
    note = "arithmetic is for columns of integers, `Exact64`, f64 and decimals of up to 15 digits"
)]
pub trait Number: Field {
    /// Whether it is stored as a number; a decimal of more than 15 digits is a text.
    const CALCULATES: bool = matches!(Self::KIND.sql().as_bytes(), b"INTEGER" | b"REAL");
}

/// A type of numbers that SQL can also multiply and divide.
#[diagnostic::on_unimplemented(
    message = "SQL does not multiply or divide values of `{Self}`",
    note = "multiplication is for columns of integers, `Exact64` and f64; a decimal is multiplied by a whole number with `times`"
)]
pub trait Factor: Number {}

macro_rules! numbers {
    ($($t:ty)*) => {$(
        impl Number for $t {}
        impl Factor for $t {}
    )*};
}
numbers!(i8 i16 i32 i64 u8 u16 u32 u64 f64 Exact64);

/// Decimals are added and subtracted as the whole numbers of their smallest unit that they are stored as.
impl<const DIGITS: u8, const PLACES: u8> Number for Decimal<DIGITS, PLACES> {}
impl<T: Number + Field<Base = T>> Number for Option<T> {}
impl<T: Factor + Field<Base = T>> Factor for Option<T> {}

/// The largest whole number that stands in the text itself. Texts are cached, so that those which differ must be few.
const SMALL: f64 = 16.0;

/// A whole number as one: a parameter is a double, which would make a double of the result.
pub(super) fn as_stored(node: Node, kind: Kind) -> Node {
    if kind.sql() != "INTEGER" {
        return node;
    }
    match node.sql.value() {
        Some(Value::Number(n)) if (0.0..=SMALL).contains(n) && n.fract() == 0.0 => {
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
            let n = *n as i64;
            node.map(|_| Sql::number(n))
        }
        Some(_) => node.map(|sql| sql.cast("INTEGER")),
        None => node,
    }
}

macro_rules! operators {
    ($($operator:ident $method:ident $bound:ident $sql:literal $rank:ident;)*) => {$(
        operators!(@ $operator $method $bound $sql $rank; Column Path Expr);
    )*};
    (@ $operator:ident $method:ident $bound:ident $sql:literal $rank:ident; $($type:ident)*) => {$(
        impl<M: Model, T: $bound, V: IntoExpr<M, T>> $operator<V> for $type<M, T> {
            type Output = Expr<M, T>;

            fn $method(self, value: V) -> Expr<M, T> {
                const {
                    assert!(T::CALCULATES, "a decimal of more than 15 digits is stored as a text, with which SQL does not calculate");
                }
                Expr::new(self.node().infix($sql, Rank::$rank, as_stored(value.into_node(), T::KIND)))
            }
        }
    )*};
}
operators! {
    Add add Number "+" Sum;
    Sub sub Number "-" Sum;
    Mul mul Factor "*" Factor;
    Div div Factor "/" Factor;
}

/// A term of decimals, which may be NULL.
pub trait Amount: Field {
    /// What a product is read as: as many places, and all digits that there can be.
    type Product: Field;
}

impl<const DIGITS: u8, const PLACES: u8> Amount for Decimal<DIGITS, PLACES> {
    type Product = Decimal<DECIMAL_INTEGER_DIGITS, PLACES>;
}

impl<const DIGITS: u8, const PLACES: u8> Amount for Option<Decimal<DIGITS, PLACES>> {
    type Product = Option<Decimal<DECIMAL_INTEGER_DIGITS, PLACES>>;
}

/// Money times how many.
pub trait Times: Term {
    /// The decimal, this many times: `Line::price.times(Line::quantity)`. A product of more than 15 digits is an error when
    /// it is read.
    fn times<C: Term<Model = Self::Model>>(
        self,
        count: C,
    ) -> Expr<Self::Model, <Self::Type as Amount>::Product>
    where
        Self::Type: Amount,
        C::Type: Factor,
    {
        const {
            assert!(
                same(<Self::Type as Field>::KIND.sql(), "INTEGER")
                    && same(<C::Type as Field>::KIND.sql(), "INTEGER"),
                "a decimal of up to 15 digits is multiplied by a whole number"
            );
        }
        Expr::new(self.node().infix("*", Rank::Factor, count.node()))
    }
}

impl<T: Term> Times for T {}
