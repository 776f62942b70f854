//! [`Column`]: a column of a model by its Rust type, `Post::title`; and [`Path`], one that is reached along foreign keys.

use std::marker::PhantomData;
use std::ops::Neg;

use super::filter::{Filter, IntoFilter};
use super::node::{Join, Node, merge};
use super::objects::Objects;
use super::order::Order;
use super::sql::{Rank, Sql};
use super::term::{IntoExpr, Term};
use crate::model::{Field, ForeignKey, Model, schema};

/// A column of the model `M` whose field has the type `T`. `#[derive(Model)]` gives a constant for each.
pub struct Column<M, T> {
    at: usize,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Column<M, T> {
    /// The column at `at` of the model's schema; for the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(at: usize) -> Self {
        Self { at, types: PhantomData }
    }

    pub(crate) const fn at(self) -> usize {
        self.at
    }
}

impl<M: Model, T> Column<M, T> {
    /// What the schema says of it.
    #[must_use]
    pub const fn schema(self) -> &'static schema::Column {
        &M::SCHEMA.columns[self.at]
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M: Model, T: Field> Term for Column<M, T> {
    type Model = M;
    type Type = T;

    fn node(self) -> Node {
        Node::column(M::SCHEMA, self.schema())
    }
}

/// `order_by(-Post::pub_date)`: largest first.
impl<M: Model, T: Field> Neg for Column<M, T> {
    type Output = Order<M>;

    fn neg(self) -> Order<M> {
        self.desc()
    }
}

/// A column of another model, reached from a row of `M` along one foreign key or several.
pub struct Path<M, T> {
    joins: Vec<Join>,
    alias: String,
    column: &'static schema::Column,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Path<M, T> {
    fn clone(&self) -> Self {
        Path { joins: self.joins.clone(), alias: self.alias.clone(), column: self.column, types: PhantomData }
    }
}

impl<M: Model, T: Field> Term for Path<M, T> {
    type Model = M;
    type Type = T;

    fn node(self) -> Node {
        Node::new(Sql::column(&self.alias, self.column.name)).with_joins(self.joins)
    }
}

impl<M: Model, T: Field> Neg for Path<M, T> {
    type Output = Order<M>;

    fn neg(self) -> Order<M> {
        self.desc()
    }
}

/// A foreign key of `M`, or a path that ends in one: it can be followed.
pub trait Key: Sized {
    /// The model that has the key, or where the path begins.
    type Model: Model;
    /// The model that it points to.
    type Target: Model;
    /// The type of a column of the target as seen from here: in an `Option` where there may be no target.
    type Seen<T: Field>: Field;
    /// The target as seen from here.
    type Row<R: 'static>: 'static;

    #[doc(hidden)]
    const OUTER: bool;

    #[doc(hidden)]
    fn followed(self) -> (Vec<Join>, String);

    #[doc(hidden)]
    fn row<R: 'static>(found: bool, read: impl FnOnce() -> crate::Result<R>) -> crate::Result<Self::Row<R>>;
}

/// What foreign keys and keys that may be NULL have in common.
pub trait KeyField: Field {
    /// The model that it points to.
    type Target: Model;
    /// A column of the target.
    type Seen<T: Field>: Field;
    /// The target.
    type Row<R: 'static>: 'static;

    #[doc(hidden)]
    fn row<R: 'static>(found: bool, read: impl FnOnce() -> crate::Result<R>) -> crate::Result<Self::Row<R>>;
}

impl<A: Model> KeyField for ForeignKey<A> {
    type Target = A;
    type Seen<T: Field> = T;
    type Row<R: 'static> = R;

    fn row<R: 'static>(_: bool, read: impl FnOnce() -> crate::Result<R>) -> crate::Result<R> {
        read()
    }
}

impl<A: Model> KeyField for Option<ForeignKey<A>> {
    type Target = A;
    type Seen<T: Field> = Option<T::Base>;
    type Row<R: 'static> = Option<R>;

    fn row<R: 'static>(found: bool, read: impl FnOnce() -> crate::Result<R>) -> crate::Result<Option<R>> {
        found.then(read).transpose()
    }
}

impl<M: Model, F: KeyField> Key for Column<M, F> {
    type Model = M;
    type Target = F::Target;
    type Seen<T: Field> = F::Seen<T>;
    type Row<R: 'static> = F::Row<R>;
    const OUTER: bool = F::NULLABLE;

    fn followed(self) -> (Vec<Join>, String) {
        follow(Vec::new(), M::SCHEMA.table, self.schema(), <F::Target as Model>::SCHEMA, F::NULLABLE)
    }

    fn row<R: 'static>(found: bool, read: impl FnOnce() -> crate::Result<R>) -> crate::Result<F::Row<R>> {
        F::row(found, read)
    }
}

impl<M: Model, F: KeyField> Key for Path<M, F> {
    type Model = M;
    type Target = F::Target;
    type Seen<T: Field> = F::Seen<T>;
    type Row<R: 'static> = F::Row<R>;
    const OUTER: bool = F::NULLABLE;

    fn followed(self) -> (Vec<Join>, String) {
        // Behind a key that may be NULL all keys may.
        let outer = F::NULLABLE || self.joins.last().is_some_and(|join| join.outer);
        follow(self.joins, &self.alias, self.column, <F::Target as Model>::SCHEMA, outer)
    }

    fn row<R: 'static>(found: bool, read: impl FnOnce() -> crate::Result<R>) -> crate::Result<F::Row<R>> {
        F::row(found, read)
    }
}

fn follow(
    mut joins: Vec<Join>,
    from: &str,
    column: &'static schema::Column,
    target: &'static schema::Schema,
    outer: bool,
) -> (Vec<Join>, String) {
    let alias = format!("{from}.{}", column.name);
    merge(
        &mut joins,
        vec![Join { alias: alias.clone(), from: from.to_owned(), column: column.name, target, outer }],
    );
    (joins, alias)
}

macro_rules! follows {
    ($($type:ident),*) => {$(
        impl<M: Model, F: KeyField> $type<M, F> {
            /// The column of the row that the key points to: `Post::author.to(Author::name)`.
            ///
            /// The query joins the target's table, once for each key. Where the key may be NULL, so may the column.
            #[must_use]
            pub fn to<T: Field>(self, column: Column<F::Target, T>) -> Path<M, F::Seen<T>> {
                let (joins, alias) = self.followed();
                Path { joins, alias, column: column.schema(), types: PhantomData }
            }
        }
    )*};
}
follows!(Column, Path);

impl<M: Model, F: Field> Column<M, F> {
    /// The rows of this column's model that have `value` in it: `Comment::post.of(&post)` are the comments of a post.
    pub fn of(self, value: impl IntoExpr<M, F>) -> Objects<M> {
        Objects::new().filter(self.eq(value))
    }
}

impl<M: Model, A: Model> Column<M, ForeignKey<A>> {
    /// The rows of the target that some row found by `condition` points to: `Author::objects().filter(Post::author.any(…))`.
    #[must_use]
    pub fn any(self, condition: impl IntoFilter<M>) -> Filter<A> {
        pointed_at(self, condition)
    }
}

impl<M: Model, A: Model> Column<M, Option<ForeignKey<A>>> {
    /// The rows of the target that some row found by `condition` points to.
    #[must_use]
    pub fn any(self, condition: impl IntoFilter<M>) -> Filter<A> {
        pointed_at(self, condition)
    }
}

/// An uncorrelated list, so that a model which points to itself needs no second name.
fn pointed_at<M: Model, A: Model, F: Field>(
    column: Column<M, F>,
    condition: impl IntoFilter<M>,
) -> Filter<A> {
    let mut targets = Objects::new().filter(column.is_not_null()).filter(condition).select(column);
    let (list, fault) = targets.nested();
    let key = Node::column(A::SCHEMA, A::SCHEMA.key());
    Filter::new(key.map(|key| key.infix("IN", Rank::Equal, list)).with_fault(fault))
}
