//! [`Filter`]: which rows are meant. Filters are put together with `&`, `|` and `!`.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use sea_query::ExprTrait as _;

use super::node::Node;

/// A condition on the rows of `M`.
///
/// A comparison with NULL is neither true nor false in SQL, and a row is found only where the condition is true. `!`
/// and [`exclude`](super::Objects::exclude) count it as false, so that what a filter does not find its opposite does.
pub struct Filter<M> {
    pub(crate) node: Node,
    model: PhantomData<fn() -> M>,
}

impl<M> Filter<M> {
    pub(crate) fn new(node: Node) -> Self {
        Self { node, model: PhantomData }
    }
}

impl<M> Clone for Filter<M> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<M> BitAnd for Filter<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::new(self.node.with(other.node, |a, b| a.and(b)))
    }
}

impl<M> BitOr for Filter<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(self.node.with(other.node, |a, b| a.or(b)))
    }
}

impl<M> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(self.node.map(|condition| condition.is_not(sea_query::Expr::Constant(true.into()))))
    }
}

/// A condition on the rows of the model `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition on the rows of `{M}`",
    note = "a filter is made of the columns of the model that is asked: `{M}::column.eq(…)`; a column of another model is \
            reached along a foreign key: `{M}::key.to(Other::column).eq(…)`"
)]
pub trait IntoFilter<M> {
    #[doc(hidden)]
    fn into_filter(self) -> Filter<M>;
}

impl<M> IntoFilter<M> for Filter<M> {
    fn into_filter(self) -> Filter<M> {
        self
    }
}

/// All conditions of the list.
impl<M, F: IntoFilter<M>> IntoFilter<M> for Vec<F> {
    fn into_filter(self) -> Filter<M> {
        let all = self.into_iter().map(IntoFilter::into_filter).reduce(|a, b| a & b);
        all.unwrap_or_else(|| Filter::new(Node::new(sea_query::Expr::Constant(true.into()))))
    }
}

/// The condition, where there is one.
impl<M, F: IntoFilter<M>> IntoFilter<M> for Option<F> {
    fn into_filter(self) -> Filter<M> {
        self.into_iter().collect::<Vec<_>>().into_filter()
    }
}
