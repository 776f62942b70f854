//! [`Order`]: what rows are ordered by.

use std::marker::PhantomData;

use super::node::Node;
use super::term::Term;
use crate::model::Model;
use crate::model::schema::Kind;

/// A term and its direction. NULL comes first in ascending order and last in descending order, as in SQLite, unless
/// [`nulls_last`](Order::nulls_last) or [`nulls_first`](Order::nulls_first) says otherwise.
pub struct Order<M> {
    pub(crate) node: Node,
    pub(crate) descending: bool,
    pub(crate) nulls: Option<&'static str>,
    /// What the term holds.
    pub(crate) kind: Kind,
    model: PhantomData<fn() -> M>,
}

impl<M> Order<M> {
    pub(crate) fn new(node: Node, kind: Kind, descending: bool) -> Self {
        Self { node, descending, nulls: None, kind, model: PhantomData }
    }

    /// NULL comes last.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.nulls = Some("NULLS LAST");
        self
    }

    /// NULL comes first.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls = Some("NULLS FIRST");
        self
    }
}

impl<M> Clone for Order<M> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            descending: self.descending,
            nulls: self.nulls,
            kind: self.kind,
            model: PhantomData,
        }
    }
}

/// What rows of `M` can be ordered by: a term, `-` a column, or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be ordered by `{Self}`",
    note = "give a column of the model, `-` a column for the largest first, an expression, or a tuple of these"
)]
pub trait IntoOrder<M> {
    #[doc(hidden)]
    fn add_to(self, orders: &mut Vec<Order<M>>);
}

impl<M> IntoOrder<M> for Order<M> {
    fn add_to(self, orders: &mut Vec<Order<M>>) {
        orders.push(self);
    }
}

impl<M: Model, T: Term<Model = M>> IntoOrder<M> for T {
    fn add_to(self, orders: &mut Vec<Order<M>>) {
        orders.push(self.asc());
    }
}

impl<M> IntoOrder<M> for Vec<Order<M>> {
    fn add_to(self, orders: &mut Vec<Order<M>>) {
        orders.extend(self);
    }
}

/// What rows of `M` can be grouped by: a term, or a tuple of terms.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be grouped by `{Self}`",
    note = "give a column of the model, an expression, or a tuple of these; their order is said with `order_by`"
)]
pub trait IntoGroups<M> {
    #[doc(hidden)]
    fn add_to(self, groups: &mut Vec<Node>);
}

impl<M: Model, T: Term<Model = M>> IntoGroups<M> for T {
    fn add_to(self, groups: &mut Vec<Node>) {
        groups.push(self.node());
    }
}

macro_rules! tuples {
    ($($t:ident $i:tt),*) => {
        impl<M, $($t: IntoOrder<M>),*> IntoOrder<M> for ($($t,)*) {
            fn add_to(self, orders: &mut Vec<Order<M>>) {
                $(self.$i.add_to(orders);)*
            }
        }

        impl<M, $($t: IntoGroups<M>),*> IntoGroups<M> for ($($t,)*) {
            fn add_to(self, groups: &mut Vec<Node>) {
                $(self.$i.add_to(groups);)*
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
