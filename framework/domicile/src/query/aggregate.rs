//! Aggregates: `count()`, and what is asked of a term over all rows, as in `Post::views.sum()`.

use super::filter::Filter;
use super::node::Node;
use super::sql::{Rank, Sql};
use super::term::{Expr, Term};
use crate::model::schema::DECIMAL_INTEGER_DIGITS;
use crate::model::{Decimal, Field, Model};
use crate::value::Exact64;

/// How many rows there are.
#[must_use]
pub fn count<M: Model>() -> Expr<M, u64> {
    Expr::new(Node::new(Sql::raw("count(*)")))
}

/// What a term comes to over all rows, or over the rows of a group.
pub trait Aggregate: Term {
    /// In how many rows it is not NULL.
    fn count(self) -> Expr<Self::Model, u64> {
        call("count", self)
    }

    /// How many different values it has, NULL not among them.
    fn count_distinct(self) -> Expr<Self::Model, u64> {
        Expr::new(self.node().map(Sql::count_distinct))
    }

    /// The smallest value; `None` where there is none.
    fn min(self) -> Expr<Self::Model, Option<<Self::Type as Field>::Base>>
    where
        <Self::Type as Field>::Base: Field<Base = <Self::Type as Field>::Base>,
    {
        call("min", self)
    }

    /// The largest value; `None` where there is none.
    fn max(self) -> Expr<Self::Model, Option<<Self::Type as Field>::Base>>
    where
        <Self::Type as Field>::Base: Field<Base = <Self::Type as Field>::Base>,
    {
        call("max", self)
    }

    /// The sum; `None` where there is no value. `.or(0)` makes that a zero.
    fn sum(self) -> Expr<Self::Model, Option<<Self::Type as Summed>::Sum>>
    where
        Self::Type: Summed,
    {
        // Asked for so that it is worked out, and fails to compile where there is none.
        let _ = <Self::Type as Summed>::UNIT;
        call("sum", self)
    }

    /// The mean; `None` where there is no value.
    fn avg(self) -> Expr<Self::Model, Option<f64>>
    where
        Self::Type: Summed,
    {
        let unit = <Self::Type as Summed>::UNIT;
        let mean: Expr<Self::Model, Option<f64>> = call("avg", self);
        if unit == 1 {
            return mean;
        }
        Expr::new(mean.node.map(|mean| mean.infix("/", Rank::Factor, Sql::number(unit).cast("REAL"))))
    }
}

impl<T: Term> Aggregate for T {}

/// A type whose values can be added up.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` cannot be added up",
    note = "`sum` and `avg` are asked of columns of numbers; decimals of more than 15 digits are stored as text and have neither"
)]
pub trait Summed: Field {
    /// What the sum is read as.
    type Sum: Field<Base = Self::Sum>;
    /// How much of what is stored makes one.
    const UNIT: i64;
}

macro_rules! summed {
    ($($t:ty => $sum:ty),*) => {$(
        impl Summed for $t {
            type Sum = $sum;
            const UNIT: i64 = 1;
        }
    )*};
}
summed!(i8 => i64, i16 => i64, i32 => i64, i64 => i64, u8 => u64, u16 => u64, u32 => u64, u64 => u64, f64 => f64, bool => u64, Exact64 => Exact64);

/// Up to 15 digits, which are an INTEGER of the smallest unit. A sum of more digits than 15 is an error.
impl<const DIGITS: u8, const PLACES: u8> Summed for Decimal<DIGITS, PLACES> {
    type Sum = Decimal<DECIMAL_INTEGER_DIGITS, PLACES>;
    const UNIT: i64 = {
        assert!(
            DIGITS <= DECIMAL_INTEGER_DIGITS,
            "decimals of more than 15 digits are stored as text, which SQL does not add up"
        );
        10_i64.pow(PLACES as u32)
    };
}

impl<T: Summed + Field<Base = T>> Summed for Option<T> {
    type Sum = T::Sum;
    const UNIT: i64 = T::UNIT;
}

impl<M: Model, T: Field> Expr<M, T> {
    /// Of an aggregate, only over the rows that `filter` finds: `count().only(Post::draft.eq(true))`.
    #[must_use]
    pub fn only(self, filter: Filter<M>) -> Self {
        let aggregate = self.node.sql.calls(&["count", "sum", "min", "max", "avg"]);
        let node = self.node.with(filter.node, Sql::filtered);
        let fault = (!aggregate).then(|| "`only` is said of an aggregate: `count().only(…)`".to_owned());
        Expr::new(node.with_fault(fault))
    }
}

fn call<T: Term, R>(function: &'static str, term: T) -> Expr<T::Model, R> {
    Expr::new(term.node().map(|term| Sql::call(function, [term])))
}
