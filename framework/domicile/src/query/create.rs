//! [`Create`]: a new row, by what its columns are set to; the rest are defaults.

use std::marker::PhantomData;

use super::column::Column;
use super::node::{Node, Rest};
use super::selection::{Selection as _, Whole, returned};
use super::source::{First, Source, Then};
use super::sql::{Sql, Text};
use super::statement::Statement;
use super::term::{IntoExpr, literal};
use crate::error::{Error, Result};
use crate::model::schema::{self, Default, Kind, Schema};
use crate::model::{Field, Model, moment, valid};
use crate::row::Row;
use crate::timestamp::Timestamp;
use crate::value::Value;

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
    pub(super) random: [u8; 10],
}

impl Event {
    pub(super) fn of(now: Timestamp, random: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = [0; 10];
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
            params.into_iter().map(|param| Some(Node::new(Sql::param(param.into_value())))).collect();
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
        if update.is_empty() {
            // Something must be updated, or the row that is there would not be given back.
            update.extend(target.first());
        }
        let conflict = Conflict::Update { target, update };
        on.read(self.insert(&event, Some(conflict)), Then { rows: First::new(whole::<M>), then: stored })
    }

    /// Stores the row and gives it, or `None` where a unique value of it is there already.
    ///
    /// # Errors
    /// As [`run`](Create::run), but for the UNIQUE.
    pub fn run_or_ignore<On: Source>(self, on: On) -> On::Output<Option<M>> {
        let event = Event::of(on.now(), |bytes| on.random(bytes));
        on.read(self.insert(&event, Some(Conflict::Ignore)), First::new(whole::<M>))
    }

    pub(super) fn insert(self, event: &Event, conflict: Option<Conflict>) -> Result<Statement> {
        let mut insert = Insert::into(M::SCHEMA);
        insert.row(self.row(event)?);
        insert.end(conflict, true)
    }

    /// The columns that are given and their values, checked.
    pub(super) fn row(self, event: &Event) -> Result<NewRow> {
        let mut new =
            NewRow { columns: Vec::with_capacity(self.values.len()), values: Vec::new(), fault: None };
        let mut problems = Vec::new();
        for (at, (value, column)) in self.values.into_iter().zip(M::SCHEMA.columns).enumerate() {
            let node = match value {
                Some(node) => node,
                None if at == M::SCHEMA.key && column.default == Default::None && is_counted(column) => {
                    continue;
                }
                None => match default(column, event)? {
                    Some(value) => Node::new(Sql::param(value)),
                    None => Node::new(Sql::param(Value::Null)),
                },
            };
            problems.extend(problem(column, &node));
            let mut rest = Rest::default();
            new.values.push(node.take(&mut rest));
            new.fault = new.fault.or(rest.fault);
            new.columns.push(column.name);
        }
        if new.columns.is_empty() && problems.is_empty() {
            // SQLite gives the next number for NULL too, and `DEFAULT VALUES` would be one row and no conflict.
            new.columns.push(M::SCHEMA.key().name);
            new.values.push(Sql::raw("NULL"));
        }
        if problems.is_empty() { Ok(new) } else { Err(Error::invalid(problems)) }
    }
}

/// The columns of a new row and their values, checked.
pub(super) struct NewRow {
    pub(super) columns: Vec<&'static str>,
    pub(super) values: Vec<Sql>,
    fault: Option<String>,
}

/// What is done where a unique value is there already.
pub(super) enum Conflict {
    Ignore,
    Update { target: Vec<&'static str>, update: Vec<&'static str> },
}

/// An INSERT that rows are added to.
pub(super) struct Insert {
    schema: &'static Schema,
    text: Text,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: usize,
    fault: Option<String>,
}

impl Insert {
    pub(super) fn into(schema: &'static Schema) -> Self {
        Self { schema, text: Text::new("INSERT INTO "), columns: Vec::new(), rows: 0, fault: None }
    }

    /// Adds a row, which has the same columns as those before it.
    pub(super) fn row(&mut self, row: NewRow) {
        if self.rows == 0 {
            self.text.name(self.schema.table);
            self.text.push(" (");
            for (at, column) in row.columns.iter().enumerate() {
                self.text.comma(at).name(column);
            }
            self.text.push(") VALUES ");
        }
        self.text.comma(self.rows).push("(");
        for (at, value) in row.values.into_iter().enumerate() {
            self.text.comma(at).add(value);
        }
        self.text.push(")");
        self.columns = row.columns;
        self.rows += 1;
        self.fault = self.fault.take().or(row.fault);
    }

    pub(super) fn end(mut self, conflict: Option<Conflict>, returning: bool) -> Result<Statement> {
        match conflict {
            None => {}
            Some(Conflict::Ignore) => {
                self.text.push(" ON CONFLICT DO NOTHING");
            }
            Some(Conflict::Update { target, update }) => {
                self.text.push(" ON CONFLICT (");
                for (at, column) in target.iter().enumerate() {
                    self.text.comma(at).name(column);
                }
                self.text.push(") DO UPDATE SET ");
                for (at, column) in update.iter().enumerate() {
                    self.text.comma(at).name(column).push(" = excluded.").name(column);
                }
            }
        }
        if returning {
            for (at, column) in returned(self.schema).enumerate() {
                self.text.push(if at == 0 { " RETURNING " } else { ", " }).add(column);
            }
        }
        Statement::of(self.text, self.fault)
    }
}

/// What is wrong with a value that is to be stored; expressions are left to the store.
pub(super) fn problem(column: &schema::Column, node: &Node) -> Option<crate::error::Problem> {
    valid::problem(column, node.sql.value()?.as_ref())
}

/// Whether SQLite gives the next number: the column is `INTEGER PRIMARY KEY`.
fn is_counted(column: &schema::Column) -> bool {
    matches!(column.kind, Kind::Integer { .. } | Kind::Exact64)
}

/// What a column gets that is not set; `None` where there is no default.
fn default(column: &schema::Column, event: &Event) -> Result<Option<Value>> {
    Ok(match column.default {
        Default::Value(value) => Some(literal(value)),
        Default::Now => Some(moment(column.kind, event.now)?),
        Default::Uuid => Some(Value::Text(crate::model::v7(event.now, event.random).to_string())),
        Default::None if column.updated.is_some() => Some(moment(column.kind, event.now)?),
        Default::None => None,
    })
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
