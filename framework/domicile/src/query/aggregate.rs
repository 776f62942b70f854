//! Aggregates: `count()`, and what is asked of a term over all rows, as in `Post::views.sum()`.

use sea_query::{Asterisk, Expr as Sql, ExprTrait as _, Func};

use super::filter::Filter;
use super::node::{Node, merge};
use super::term::{Expr, Term};
use crate::model::{Field, Model};

/// How many rows there are.
#[must_use]
pub fn count<M: Model>() -> Expr<M, u64> {
    Expr::new(Node::new(Func::count(Sql::col(Asterisk)).into()))
}

/// What a term comes to over all rows, or over the rows of a group.
pub trait Aggregate: Term {
    /// In how many rows it is not NULL.
    fn count(self) -> Expr<Self::Model, u64> {
        Expr::new(self.node().map(|term| Func::count(term).into()))
    }

    /// How many different values it has, NULL not among them.
    fn count_distinct(self) -> Expr<Self::Model, u64> {
        Expr::new(self.node().map(|term| Func::count_distinct(term).into()))
    }

    /// The smallest value; `None` where there is none.
    fn min(self) -> Expr<Self::Model, Option<<Self::Type as Field>::Base>>
    where
        <Self::Type as Field>::Base: Field<Base = <Self::Type as Field>::Base>,
    {
        Expr::new(self.node().map(|term| Func::min(term).into()))
    }

    /// The largest value; `None` where there is none.
    fn max(self) -> Expr<Self::Model, Option<<Self::Type as Field>::Base>>
    where
        <Self::Type as Field>::Base: Field<Base = <Self::Type as Field>::Base>,
    {
        Expr::new(self.node().map(|term| Func::max(term).into()))
    }

    /// The sum; `None` where there is no value. `.or(0)` makes that a zero.
    fn sum(self) -> Expr<Self::Model, Option<<Self::Type as Summed>::Sum>>
    where
        Self::Type: Summed,
    {
        Expr::new(self.node().map(|term| Func::sum(term).into()))
    }

    /// The mean; `None` where there is no value.
    fn avg(self) -> Expr<Self::Model, Option<f64>>
    where
        Self::Type: Summed,
    {
        let unit = <Self::Type as Summed>::UNIT;
        Expr::new(self.node().map(|term| {
            let mean: Sql = Func::avg(term).into();
            if unit == 1.0 { mean } else { mean.div(Sql::Constant(unit.into())) }
        }))
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
    const UNIT: f64;
}

macro_rules! summed {
    ($($t:ty => $sum:ty),*) => {$(
        impl Summed for $t {
            type Sum = $sum;
            const UNIT: f64 = 1.0;
        }
    )*};
}
summed!(i8 => i64, i16 => i64, i32 => i64, i64 => i64, u8 => u64, u16 => u64, u32 => u64, u64 => u64, f64 => f64, bool => u64);

impl<T: Summed + Field<Base = T>> Summed for Option<T> {
    type Sum = T::Sum;
    const UNIT: f64 = T::UNIT;
}

impl<M: Model, T: Field> Expr<M, T> {
    /// Of an aggregate, only over the rows that `filter` finds: `count().only(Post::draft.eq(true))`.
    #[must_use]
    pub fn only(self, filter: Filter<M>) -> Self {
        let Node { sql, mut joins, fault } = self.node;
        merge(&mut joins, filter.node.joins);
        let fault = fault.or(filter.node.fault);
        match sql {
            Sql::FunctionCall(call) => {
                let sql = Sql::FunctionCall(call.filter(sea_query::Cond::all().add(filter.node.sql)));
                Expr::new(Node { sql, joins, fault })
            }
            sql => {
                let fault =
                    fault.or_else(|| Some("`only` is said of an aggregate: `count().only(…)`".to_owned()));
                Expr::new(Node { sql, joins, fault })
            }
        }
    }
}
