//! [`Create`]: a new row, by what its columns are set to; the rest are defaults.

use std::marker::PhantomData;

use sea_query::{Expr as Sql, OnConflict, Query};

use super::column::Column;
use super::node::Node;
use super::selection::{Selection as _, Whole, returned};
use super::source::{First, Source, Then};
use super::statement::Statement;
use super::term::{IntoExpr, literal};
use crate::error::{Error, Result};
use crate::model::schema::{self, Default, Kind, Moment};
use crate::model::{Field, Model};
use crate::row::Row;
use crate::timestamp::Timestamp;
use crate::value::{Param, Value};

/// A row that is to be, from [`Model::create`].
///
/// What is not set gets the column's default, or NULL where that is allowed; a key of an integer becomes the next free one.
/// Everything is checked against the schema before it is stored.
///
/// ```
/// # use domicile::prelude::*;
/// # #[derive(Model)] struct Post { id: u32, title: String, #[model(default = now)] pub_date: Timestamp }
/// # fn f(cx: &Cx) -> Result<()> {
/// let post: Post = Post::create().set(Post::title, "Hello").run(cx)?;
/// # Ok(()) }
/// ```
pub struct Create<M> {
    values: Vec<Option<Node>>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Create<M> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), model: PhantomData }
    }
}

/// What defaults are made of.
pub(super) struct Event {
    pub(super) now: Timestamp,
    pub(super) random: [u8; 16],
}

impl Event {
    pub(super) fn of(now: Timestamp, random: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = [0; 16];
        random(&mut bytes);
        Self { now, random: bytes }
    }
}

impl<M: Model> Create<M> {
    pub(crate) fn new() -> Self {
        Self { values: vec![None; M::SCHEMA.columns.len()], model: PhantomData }
    }

    /// All columns as this value has them, the key too.
    pub(crate) fn of(row: &M) -> Result<Self> {
        let mut params = Vec::with_capacity(M::SCHEMA.columns.len());
        row.bind(&mut params)?;
        let values =
            params.into_iter().map(|param| Some(Node::new(Sql::val(super::node::bound(param))))).collect();
        Ok(Self { values, model: PhantomData })
    }

    /// Sets a column.
    #[must_use]
    pub fn set<T: Field>(mut self, column: Column<M, T>, value: impl IntoExpr<M, T>) -> Self {
        if let Some(slot) = self.values.get_mut(column.at()) {
            *slot = Some(value.into_node());
        }
        self
    }

    /// Stores the row and gives it as it is stored.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) with a problem for each field that does not hold, before anything is
    /// stored; the statement's, such as a violated UNIQUE or a foreign key to nothing.
    pub fn run<On: Source>(self, on: On) -> On::Output<M> {
        let event = Event::of(on.now(), |bytes| on.random(bytes));
        on.read(self.insert(&event, None), Then { rows: First::new(whole::<M>), then: stored })
    }

    /// Stores the row, or updates the row that has the same values in `unique`, which a unique index covers, to what is set.
    /// It gives the row as it is stored.
    ///
    /// # Errors
    /// As [`run`](Create::run).
    pub fn upsert<On: Source>(self, unique: impl Columns<M>, on: On) -> On::Output<M> {
        let event = Event::of(on.now(), |bytes| on.random(bytes));
        let mut target = Vec::new();
        unique.names(&mut target);
        let set = self.values.iter().zip(M::SCHEMA.columns).enumerate();
        let mut update: Vec<&'static str> = set
            .filter(|(at, (value, column))| {
                *at != M::SCHEMA.key && value.is_some() && !target.contains(&column.name)
            })
            .map(|(_, (_, column))| column.name)
            .collect();
        update.extend(
            M::SCHEMA
                .columns
                .iter()
                .filter(|c| c.updated.is_some() && !update.contains(&c.name))
                .map(|c| c.name)
                .collect::<Vec<_>>(),
        );
        let mut conflict = OnConflict::columns(target.iter().copied());
        if update.is_empty() {
            // Something must be updated, or the row that is there would not be given back.
            update.extend(target.first());
        }
        conflict.update_columns(update);
        on.read(self.insert(&event, Some(conflict)), Then { rows: First::new(whole::<M>), then: stored })
    }

    /// Stores the row and gives it, or `None` where a unique value of it is there already.
    ///
    /// # Errors
    /// As [`run`](Create::run), but for the UNIQUE.
    pub fn run_or_ignore<On: Source>(self, on: On) -> On::Output<Option<M>> {
        let event = Event::of(on.now(), |bytes| on.random(bytes));
        on.read(self.insert(&event, Some(ignore())), First::new(whole::<M>))
    }

    pub(super) fn insert(self, event: &Event, conflict: Option<OnConflict>) -> Result<Statement> {
        let (columns, row, fault) = self.row(event)?;
        let mut insert = Query::insert();
        insert.into_table(M::SCHEMA.table).columns(columns);
        insert.values(row).map_err(|e| Error::internal(e.to_string()))?;
        if let Some(conflict) = conflict {
            insert.on_conflict(conflict);
        }
        insert.returning(Query::returning().exprs(returned(M::SCHEMA)));
        Statement::build(&insert, fault)
    }

    /// The columns that are given and their values, checked.
    pub(super) fn row(self, event: &Event) -> Result<(Vec<&'static str>, Vec<Sql>, Option<String>)> {
        let mut columns = Vec::with_capacity(self.values.len());
        let mut row = Vec::with_capacity(self.values.len());
        let mut fault = None;
        let mut problems = Vec::new();
        for (at, (value, column)) in self.values.into_iter().zip(M::SCHEMA.columns).enumerate() {
            let node = match value {
                Some(node) => node,
                None if at == M::SCHEMA.key && column.default == Default::None && is_counted(column) => {
                    continue;
                }
                None => match default(column, event) {
                    Some(value) => Node::new(Sql::val(super::node::bound(Param::from(value.as_ref())))),
                    None => continue_with_null(column, &mut problems),
                },
            };
            if let Some(problem) = problem(column, &node.sql) {
                problems.push(problem);
            }
            fault = fault.or(node.fault);
            columns.push(column.name);
            row.push(node.sql);
        }
        if problems.is_empty() { Ok((columns, row, fault)) } else { Err(super::pending::invalid(problems)) }
    }
}

fn continue_with_null(column: &schema::Column, problems: &mut Vec<super::pending::Problem>) -> Node {
    if !column.nullable {
        problems.push(super::pending::Problem::new(column.name, "a value is needed"));
    }
    Node::new(Sql::null())
}

/// What is wrong with a value that is to be stored; expressions are left to the store.
pub(super) fn problem(column: &schema::Column, sql: &Sql) -> Option<super::pending::Problem> {
    let Sql::Value(value) = sql else { return None };
    let value = super::node::unbound(value.clone()).ok()?;
    super::pending::check(column, value.as_ref())
}

/// Whether SQLite gives the next number: the column is `INTEGER PRIMARY KEY`.
fn is_counted(column: &schema::Column) -> bool {
    matches!(column.kind, Kind::Integer { .. } | Kind::Exact64)
}

/// What a column gets that is not set; `None` where there is no default.
fn default(column: &schema::Column, event: &Event) -> Option<Value> {
    match column.default {
        Default::Value(value) => Some(literal(value)),
        Default::Now => Some(now(column.kind, event.now)),
        Default::Uuid => Some(Value::Text(super::pending::uuid_v7(event.now, event.random).to_string())),
        Default::None => match column.updated {
            Some(Moment::Now) => Some(now(column.kind, event.now)),
            None => None,
        },
    }
}

/// The time of the event in a column's form.
pub(super) fn now(kind: Kind, now: Timestamp) -> Value {
    super::pending::moment(kind, now)
}

pub(super) fn ignore() -> OnConflict {
    let mut conflict = OnConflict::new();
    conflict.do_nothing();
    conflict
}

pub(super) fn whole<M: Model>(row: &Row<'_>) -> Result<M> {
    Whole::<M>::new().read(row, &mut 0)
}

fn stored<M>(row: Option<M>) -> Result<M> {
    row.ok_or_else(|| Error::internal("INSERT … RETURNING gave no row"))
}

/// Columns of a model, one or a tuple of them.
pub trait Columns<M> {
    #[doc(hidden)]
    fn names(&self, out: &mut Vec<&'static str>);
}

impl<M: Model, T> Columns<M> for Column<M, T> {
    fn names(&self, out: &mut Vec<&'static str>) {
        out.push(self.schema().name);
    }
}

macro_rules! tuples {
    ($($t:ident $i:tt),*) => {
        impl<M, $($t: Columns<M>),*> Columns<M> for ($($t,)*) {
            fn names(&self, out: &mut Vec<&'static str>) {
                $(self.$i.names(out);)*
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
