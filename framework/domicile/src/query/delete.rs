//! Deleting rows, and what on_delete says of the rows that point to them. As in Django it is carried out here and not by
//! SQL, whose own actions would run unseen when a migration rebuilds a table.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::failure;
use super::list;
use super::node::{Node, Rest};
use super::objects::Objects;
use super::selection::Selection;
use super::source::{Executor, LocalFuture, Source};
use super::sql::{Rank, Sql, Text};
use super::statement::Statement;
use super::term::literal;
use crate::error::{Error, Kind, Result};
use crate::model::Model;
use crate::model::schema::{self, Column, OnDelete, Schema};
use crate::value::Value;

/// How many rows of each model were deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The models by name and the rows of each, those of the model that was asked for first.
    pub rows: Vec<(&'static str, u64)>,
}

impl Deleted {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.rows.iter().map(|(_, rows)| rows).sum()
    }

    /// Those of a model.
    #[must_use]
    pub fn of<M: Model>(&self) -> u64 {
        self.rows.iter().filter(|(name, _)| *name == M::SCHEMA.name).map(|(_, rows)| rows).sum()
    }
}

impl<M: Model, S: Selection<M>> Objects<M, S> {
    /// Deletes the rows, and does with the rows that point to them what their `on_delete` says.
    ///
    /// # Errors
    /// [`Kind::Conflict`], which names them, where rows that are protected point to one. On D1 also where somebody changes one
    /// of the rows while they are looked for, and [`SqlKind::ForeignKey`](crate::SqlKind::ForeignKey) where somebody adds one
    /// that points to them: try again. [`Kind::Invalid`] for groups. Nothing is deleted then.
    pub fn delete<On: Source>(self, on: On) -> On::Output<Deleted> {
        let rows = self.select(super::selection::Whole::new());
        on.run(move |on| {
            Box::pin(async move {
                let Deletion { holds, statements, models, .. } =
                    deletion(rows, Before::default(), on).await?;
                let start = holds.len();
                let applied = super::many::run([holds, statements].concat(), on).await?;
                let counts = models
                    .into_iter()
                    .filter_map(|(at, name)| Some((name, applied.get(start + at)?.changes)));
                // Parents are deleted after their children and told before them.
                let mut rows: Vec<(&'static str, u64)> = counts.rev().collect();
                rows.sort_by_key(|(name, _)| *name != M::SCHEMA.name);
                Ok(Deleted { rows })
            })
        })
    }
}

/// What deletes rows.
pub(super) struct Deletion {
    /// What fails unless the rows are still as they were read: to be asked before anything is changed.
    pub(super) holds: Vec<Statement>,
    pub(super) statements: Vec<Statement>,
    /// Which of the statements delete rows of which model.
    models: Vec<(usize, &'static str)>,
    /// The keys of the rows that go, where they were read.
    pub(super) keys: Vec<(&'static Schema, Vec<Value>)>,
}

impl Deletion {
    /// Which of the statements deletes the rows of `M` itself; `None` where there are none.
    pub(super) fn own<M: Model>(&self) -> Option<usize> {
        self.models.iter().find(|(_, name)| *name == M::SCHEMA.name).map(|(at, _)| *at)
    }
}

/// What is done before rows are deleted, by the same [`Changes`](super::Changes).
#[derive(Clone, Copy, Default)]
pub(super) struct Before<'a> {
    /// Whether anything is.
    pub(super) changed: bool,
    /// The rows that are deleted by then: a new one may have such a key.
    pub(super) gone: &'a [(&'static Schema, Vec<Value>)],
}

/// What deletes these rows. Where nothing points to them, one statement finds them by itself; else they are read now.
pub(super) fn deletion<'a, M: Model>(
    rows: Objects<M>,
    before: Before<'a>,
    on: &'a dyn Executor,
) -> LocalFuture<'a, Deletion> {
    Box::pin(async move {
        if pointing_to(on.models(), M::SCHEMA)?.is_empty() {
            let mut rest = Rest::default();
            let mut text = Text::new("DELETE FROM ");
            text.name(M::SCHEMA.table);
            if let Some(condition) = rows.which(&mut rest)? {
                text.push(" WHERE ").add(condition);
            }
            let statements = vec![Statement::of(text, rest.fault)?];
            let models = vec![(0, M::SCHEMA.name)];
            return Ok(Deletion { holds: Vec::new(), statements, models, keys: Vec::new() });
        }
        // Groups are refused here.
        let mut rest = Rest::default();
        let condition = rows.clone().without_limits().which(&mut rest)?;
        let key = Node::column(M::SCHEMA, M::SCHEMA.key()).selected(M::SCHEMA.key().kind);
        let mut keys = keys(on, rows.select_node(key).taken()?).await?;
        let gone = before.gone.iter().filter(|(schema, _)| *schema == M::SCHEMA);
        let gone: HashSet<String> = gone.flat_map(|(_, keys)| keys).map(text).collect();
        keys.retain(|key| !gone.contains(&text(key)));
        let roots = Some((M::SCHEMA, keys.clone())).filter(|_| before.changed);
        let mut plan = Plan { checked: !on.reads_hold(), roots, ..Plan::default() };
        plan.hold(M::SCHEMA, &keys, condition)?;
        plan.collect(on, M::SCHEMA, keys).await?;
        plan.deletion()
    })
}

/// The columns of all models that point to `schema`.
fn pointing_to(
    models: &[&'static Schema],
    schema: &'static Schema,
) -> Result<Vec<(&'static Schema, &'static Column, OnDelete)>> {
    if !models.contains(&schema) {
        return Err(Error::internal(format!(
            "`{name}` is none of the models of this database, so nobody knows what points to it: list it under \
             `#[actor(models(…, {name}))]`, or with the models of the D1 database",
            name = schema.name
        )));
    }
    let columns = models.iter().flat_map(|model| model.columns.iter().map(move |column| (*model, column)));
    Ok(columns
        .filter_map(|(model, column)| {
            let reference = column.references?;
            ((reference.model)() == schema).then_some((model, column, reference.on_delete))
        })
        .collect())
}

async fn keys(on: &dyn Executor, statement: Statement) -> Result<Vec<Value>> {
    Ok(on.rows(statement).await?.into_iter().filter_map(|mut row| row.pop()).collect())
}

/// What is to be deleted, and what is to be updated before.
#[derive(Default)]
struct Plan {
    /// Whether what was read is asked again, in the same transaction as the deletion.
    checked: bool,
    /// The rows that it is about, where the others may have been moved away by then from what they point to.
    roots: Option<(&'static Schema, Vec<Value>)>,
    /// Along which columns rows were found, and to what.
    along: Vec<(&'static Schema, &'static Column, &'static Schema)>,
    holds: Vec<Statement>,
    delete: Vec<(&'static Schema, Vec<Value>)>,
    update: Vec<Statement>,
    protected: Vec<String>,
}

impl Plan {
    /// Walks from the rows with these keys along all that points to them.
    async fn collect(&mut self, on: &dyn Executor, schema: &'static Schema, keys: Vec<Value>) -> Result<()> {
        let mut queue = vec![(schema, self.take(schema, keys))];
        while let Some((schema, keys)) = queue.pop() {
            if keys.is_empty() {
                continue;
            }
            for (model, column, on_delete) in pointing_to(on.models(), schema)? {
                match on_delete {
                    OnDelete::Cascade => {
                        let found = self::keys(on, select_keys(model, column, &keys)?).await?;
                        self.hold(model, &found, Some(among(column, &keys)))?;
                        self.along.push((model, column, schema));
                        queue.push((model, self.take(model, found)));
                    }
                    OnDelete::Protect => {
                        let found = self::keys(on, select_keys(model, column, &keys)?).await?;
                        if !found.is_empty() {
                            self.protected.push(format!(
                                "{} {} {} it by `{}`",
                                found.len(),
                                if found.len() == 1 { model.verbose_name } else { model.verbose_name_plural },
                                if found.len() == 1 { "points to" } else { "point to" },
                                column.verbose_name
                            ));
                        }
                    }
                    OnDelete::SetNull => self.update.push(set(model, column, None, &keys)?),
                    OnDelete::SetDefault => {
                        let schema::Default::Value(value) = column.default else {
                            return Err(Error::internal(format!(
                                "`{}.{}` is set to its default and has none",
                                model.name, column.name
                            )));
                        };
                        self.update.push(set(model, column, Some(literal(value)), &keys)?);
                    }
                }
            }
        }
        if self.protected.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            Kind::Conflict,
            format!("the {} cannot be deleted: {}", schema.verbose_name, self.protected.join("; ")),
        ))
    }

    /// Lets all of it fail where one of these rows no longer meets the condition by which it was found: somebody may have
    /// changed it in between. One that is gone is no harm.
    fn hold(&mut self, model: &'static Schema, keys: &[Value], condition: Option<Sql>) -> Result<()> {
        let (Some(condition), true) = (condition, self.checked && !keys.is_empty()) else { return Ok(()) };
        let mut text = Text::new("SELECT ");
        text.fails(&[failure::MEANWHILE], &[]).push(" FROM ").name(model.table);
        text.push(" WHERE ").add(among(model.key(), keys)).push(" AND (").add(condition);
        text.push(") IS NOT TRUE LIMIT 1");
        self.holds.push(Statement::of(text, None)?);
        Ok(())
    }

    /// Notes those of the keys that are new, and gives them.
    fn take(&mut self, schema: &'static Schema, keys: Vec<Value>) -> Vec<Value> {
        let at = match self.delete.iter().position(|(known, _)| *known == schema) {
            Some(at) => at,
            None => {
                self.delete.push((schema, Vec::new()));
                self.delete.len() - 1
            }
        };
        let Some((_, known)) = self.delete.get_mut(at) else { return Vec::new() };
        let mut seen: HashSet<String> = known.iter().map(text).collect();
        let new: Vec<Value> = keys.into_iter().filter(|key| seen.insert(text(key))).collect();
        known.extend(new.iter().cloned());
        new
    }

    /// Lets all of it fail where an earlier change has pointed a row elsewhere that was to go with another.
    fn still(&self) -> Result<Vec<Statement>> {
        let Some((root, roots)) = &self.roots else { return Ok(Vec::new()) };
        let keys = |of: &Schema| self.delete.iter().find(|(schema, _)| *schema == of).map(|(_, keys)| keys);
        let mut statements = Vec::new();
        for (schema, all) in self.delete.iter().filter(|(_, keys)| !keys.is_empty()) {
            let along = self.along.iter().filter(|(of, ..)| of == schema);
            let along = along.filter_map(|(_, column, to)| Some(among(column, keys(to)?)));
            let own = (root == schema).then(|| among(schema.key(), roots));
            let mut text = Text::new("SELECT ");
            text.fails(&[failure::MOVED], &[]).push(" FROM ").name(schema.table);
            text.push(" WHERE ").add(among(schema.key(), all)).push(" AND (");
            for (at, condition) in own.into_iter().chain(along).enumerate() {
                text.push(if at == 0 { "" } else { " OR " }).add(condition);
            }
            text.push(") IS NOT TRUE LIMIT 1");
            statements.push(Statement::of(text, None)?);
        }
        Ok(statements)
    }

    fn deletion(self) -> Result<Deletion> {
        let mut statements = self.still()?;
        statements.extend(self.update);
        let tables: Vec<&'static Schema> = self.delete.iter().map(|(schema, _)| *schema).collect();
        let (order, cut) = children_first(&tables);
        let mut all: HashMap<&'static str, Vec<Value>> =
            self.delete.iter().map(|(schema, keys)| (schema.table, keys.clone())).collect();
        for (schema, column) in cut {
            if let Some(keys) = all.get(schema.table).filter(|keys| !keys.is_empty()) {
                let mut text = Text::new("UPDATE ");
                text.name(schema.table).push(" SET ").name(column.name).push(" = NULL WHERE ");
                text.add(among(schema.key(), keys));
                statements.push(Statement::of(text, None)?);
            }
        }
        let mut models = Vec::new();
        for schema in order {
            let Some(keys) = all.remove(schema.table).filter(|keys| !keys.is_empty()) else { continue };
            let mut text = Text::new("DELETE FROM ");
            text.name(schema.table).push(" WHERE ").add(among(schema.key(), &keys));
            models.push((statements.len(), schema.name));
            statements.push(Statement::of(text, None)?);
        }
        Ok(Deletion { holds: self.holds, statements, models, keys: self.delete })
    }
}

fn select_keys(model: &'static Schema, column: &'static Column, targets: &[Value]) -> Result<Statement> {
    let mut text = Text::new("SELECT ");
    text.add(Node::new(Sql::name(model.key().name)).selected(model.key().kind).sql);
    text.push(" FROM ").name(model.table).push(" WHERE ").add(among(column, targets));
    Statement::of(text, None)
}

fn set(
    model: &'static Schema,
    column: &'static Column,
    value: Option<Value>,
    targets: &[Value],
) -> Result<Statement> {
    let mut text = Text::new("UPDATE ");
    text.name(model.table).push(" SET ").name(column.name).push(" = ");
    text.add(value.map_or_else(|| Sql::raw("NULL"), Sql::param));
    text.push(" WHERE ").add(among(column, targets));
    Statement::of(text, None)
}

/// That a column has one of these keys, however many they are.
fn among(column: &Column, keys: &[Value]) -> Sql {
    let json: Vec<Json> = keys
        .iter()
        .map(|key| match key {
            Value::Number(n) => list::number(*n),
            // A number that left SQLite as text goes back as one.
            Value::Text(text) if column.kind.sql() == "INTEGER" => {
                text.parse::<i64>().map_or_else(|_| Json::String(text.clone()), Json::from)
            }
            Value::Text(text) => Json::String(text.clone()),
            Value::Null | Value::Blob(_) => Json::Null,
        })
        .collect();
    Sql::name(column.name).infix("IN", Rank::Equal, list::from_json(json, column.kind))
}

fn text(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone(),
        Value::Number(n) => n.to_string(),
        Value::Null | Value::Blob(_) => String::new(),
    }
}

/// A column of a table.
type Place = (&'static Schema, &'static Column);

/// The tables so that each comes before those it points to. Where they point round, no order of whole tables suits them, and
/// keys that may be NULL become it before: to defer the keys would leave them deferred for the rest of the event, and what
/// another statement violates would be found when it is too late to answer.
fn children_first(tables: &[&'static Schema]) -> (Vec<&'static Schema>, Vec<Place>) {
    let mut left = tables.to_vec();
    let (mut order, mut cut) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        // A table that points to itself is deleted from by one statement, which is checked at its end.
        let pointing = |to: &'static Schema| {
            let others = left.iter().filter(move |other| **other != to);
            others.flat_map(move |other| pointers(other, to)).collect::<Vec<Place>>()
        };
        let free = left.iter().position(|schema| pointing(schema).is_empty());
        let at = free.unwrap_or_else(|| {
            let all_nullable =
                |schema: &&'static Schema| pointing(schema).iter().all(|(_, column)| column.nullable);
            left.iter().position(all_nullable).unwrap_or_default()
        });
        if free.is_none() {
            cut.extend(
                left.get(at).into_iter().flat_map(|schema| pointing(schema)).filter(|(_, c)| c.nullable),
            );
        }
        order.push(left.remove(at));
    }
    (order, cut)
}

fn pointers(from: &'static Schema, to: &'static Schema) -> impl Iterator<Item = Place> {
    let points = move |column: &&'static Column| column.references.is_some_and(|key| (key.model)() == to);
    from.columns.iter().filter(points).map(move |column| (from, column))
}
