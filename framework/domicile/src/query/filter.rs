//! [`Filter`]: which rows are meant. Filters are put together with `&`, `|` and `!`.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::node::Node;
use super::sql::Sql;

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
        Self::new(self.node.and(other.node))
    }
}

impl<M> BitOr for Filter<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(self.node.or(other.node))
    }
}

impl<M> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(self.node.map(|condition| condition.behind("IS NOT TRUE")))
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
        all.unwrap_or_else(|| Filter::new(Node::new(Sql::raw("TRUE"))))
    }
}

/// The condition, where there is one.
impl<M, F: IntoFilter<M>> IntoFilter<M> for Option<F> {
    fn into_filter(self) -> Filter<M> {
        self.into_iter().collect::<Vec<_>>().into_filter()
    }
}
