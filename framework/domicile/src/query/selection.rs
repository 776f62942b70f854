//! [`Selection`]: what a query gives for each row: the model, a column, an aggregate, or a tuple of these.

use std::marker::PhantomData;

use super::column::Key;
use super::node::Node;
use super::sql::Sql;
use super::term::Term;
use crate::error::Result;
use crate::model::schema::Schema;
use crate::model::{Field, Model};
use crate::row::Row;

/// What is read of each row of a query over `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected from the rows of `{M}`",
    note = "select columns, paths and expressions of the model, `whole()`, `row(Model::key)`, or tuples of these"
)]
pub trait Selection<M> {
    /// What a row becomes.
    type Row: 'static;

    #[doc(hidden)]
    fn nodes(&self, out: &mut Vec<Node>);

    /// Reads the columns from `at` on, and moves it behind them.
    #[doc(hidden)]
    fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<Self::Row>;
}

impl<M: Model, T: Term<Model = M> + Clone> Selection<M> for T {
    type Row = T::Type;

    fn nodes(&self, out: &mut Vec<Node>) {
        out.push(self.clone().node().selected(T::Type::KIND));
    }

    fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<T::Type> {
        *at += 1;
        row.get(*at - 1)
    }
}

/// The model itself, which is what a query gives that selects nothing else.
pub struct Whole<M>(PhantomData<fn() -> M>);

impl<M> Whole<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M> Clone for Whole<M> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

/// The row as its model, for use in a tuple: `select((whole(), Comment::post.count()))`.
#[must_use]
pub fn whole<M: Model>() -> Whole<M> {
    Whole::new()
}

impl<M: Model> Selection<M> for Whole<M> {
    type Row = M;

    fn nodes(&self, out: &mut Vec<Node>) {
        columns(M::SCHEMA, M::SCHEMA.table, out);
    }

    fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<M> {
        let start = *at;
        *at += M::SCHEMA.columns.len();
        M::read(row, start)
    }
}

/// The row that a foreign key points to; from [`row`].
#[derive(Clone)]
pub struct Related<K>(K);

/// The row that `key` points to: `select((whole(), row(Post::author)))`.
///
/// It is an `Option` where the key may be NULL.
pub fn row<K: Key + Clone>(key: K) -> Related<K> {
    Related(key)
}

impl<K: Key + Clone> Selection<K::Model> for Related<K> {
    type Row = K::Row<K::Target>;

    fn nodes(&self, out: &mut Vec<Node>) {
        let (joins, alias) = self.0.clone().followed();
        let first = out.len();
        columns(K::Target::SCHEMA, &alias, out);
        // One of them is enough to bring the joins.
        if let Some(node) = out.get_mut(first) {
            *node = node.clone().with_joins(joins);
        }
    }

    fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<Self::Row> {
        let start = *at;
        *at += K::Target::SCHEMA.columns.len();
        // A key is never NULL, so where it is there is no row.
        let found = !row.is_null(start + K::Target::SCHEMA.key);
        K::row(found, || K::Target::read(row, start))
    }
}

fn columns(schema: &'static Schema, table: &str, out: &mut Vec<Node>) {
    for column in schema.columns {
        out.push(Node::new(Sql::column(table, column.name)).selected(column.kind));
    }
}

/// All columns of a model in its order, as a statement gives them back that writes.
pub(super) fn returned(schema: &'static Schema) -> impl Iterator<Item = Sql> {
    schema.columns.iter().map(|column| Node::new(Sql::name(column.name)).selected(column.kind).sql)
}

macro_rules! tuples {
    ($($t:ident $i:tt),*) => {
        impl<M, $($t: Selection<M>),*> Selection<M> for ($($t,)*) {
            type Row = ($($t::Row,)*);

            fn nodes(&self, out: &mut Vec<Node>) {
                $(self.$i.nodes(out);)*
            }

            fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<Self::Row> {
                Ok(($(self.$i.read(row, at)?,)*))
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
