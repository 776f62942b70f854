//! [`Update`]: new values for the rows that a query finds, and for rows that were read.

use std::marker::PhantomData;

use super::column::Column;
use super::create::problem;
use super::failure;
use super::node::{Node, Rest};
use super::objects::Objects;
use super::selection::Selection;
use super::source::Source;
use super::sql::{Rank, Sql, Text, push_name};
use super::statement::Statement;
use super::term::IntoExpr;
use crate::error::{Error, Kind, Result};
use crate::model::schema::DECIMAL_INTEGER_DIGITS;
use crate::model::{Field, Model, moment, schema};
use crate::timestamp::Timestamp;

/// New values for rows, from [`Objects::update`].
///
/// A value may be an expression over the row: `.set(Post::views, Post::views + 1)`.
pub struct Update<M> {
    rows: Objects<M>,
    set: Vec<(usize, Node)>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, S: Selection<M>> Objects<M, S> {
    /// Sets columns of these rows.
    #[must_use]
    pub fn update(self) -> Update<M> {
        Update { rows: self.select(super::selection::Whole::new()), set: Vec::new(), model: PhantomData }
    }
}

impl<M: Model> Update<M> {
    /// Sets a column to a value or an expression over the row's own columns, as they were before.
    #[must_use]
    pub fn set<T: Field>(mut self, column: Column<M, T>, value: impl IntoExpr<M, T>) -> Self {
        let node = value.into_node();
        self.set.retain(|(at, _)| *at != column.at());
        self.set.push((column.at(), node));
        self
    }

    /// Updates the rows and tells how many there were.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with a problem for each value that does not hold, and for groups; the statement's.
    pub fn run<On: Source>(self, on: On) -> On::Output<u64> {
        let statement = self.statement(on.now());
        on.write(statement)
    }

    /// The statement.
    ///
    /// # Errors
    /// As [`run`](Update::run).
    pub(super) fn statement(mut self, time: Timestamp) -> Result<Statement> {
        if self.set.is_empty() {
            return Err(Error::new(Kind::Invalid, "an update sets nothing: say `.set(column, value)`"));
        }
        let mut rest = Rest::default();
        let mut problems = Vec::new();
        let mut text = Text::new("UPDATE ");
        text.name(M::SCHEMA.table).push(" SET ");
        let mut before = 0;
        for (at, column) in M::SCHEMA.columns.iter().enumerate() {
            let given = self.set.iter().position(|(set, _)| *set == at);
            let node = match (given, column.updated) {
                (Some(given), _) => self.set.swap_remove(given).1,
                (None, Some(_)) => Node::new(Sql::param(moment(column.kind, time)?)),
                (None, None) => continue,
            };
            problems.extend(problem(column, &node));
            let node = within(column, node);
            text.comma(before).name(column.name).push(" = ").add(node.take(&mut rest));
            before += 1;
        }
        if !problems.is_empty() {
            return Err(Error::invalid(problems));
        }
        if !rest.joins.is_empty() {
            return Err(Error::new(
                Kind::Invalid,
                "an update sets columns from the row's own columns: read what another model has first",
            ));
        }
        if let Some(condition) = self.rows.which(&mut rest)? {
            text.push(" WHERE ").add(condition);
        }
        Statement::of(text, rest.fault)
    }
}

/// An expression that fails where its value is not one of the column's. A row with another could not be read again.
fn within(column: &schema::Column, node: Node) -> Node {
    let (min, max, mark) = match (column.kind, node.sql.value()) {
        (schema::Kind::Integer { min, max }, None) => (min, max, failure::WHOLE),
        (schema::Kind::Decimal { digits, .. }, None) if digits <= DECIMAL_INTEGER_DIGITS => {
            let most = 10_i64.pow(digits.into()) - 1;
            (-most, most, failure::DECIMAL)
        }
        _ => return node,
    };
    node.map(|sql| sql.within(column.name, min, max, mark))
}

impl<M: Model, S> Objects<M, S> {
    /// All that the filter finds.
    pub(super) fn without_limits(self) -> Self {
        Self { limit: None, offset: None, orders: Vec::new(), ..self }
    }

    /// The condition of a statement that writes these rows: as it is, or by key where the rows are found over joins, by
    /// an order or by a limit.
    ///
    /// # Errors
    /// Groups are no rows that could be written.
    pub(super) fn which(self, rest: &mut Rest) -> Result<Option<Sql>> {
        if self.groups.is_some() || self.having.is_some() {
            let why =
                "groups are no rows that can be updated or deleted: select their keys, and say `is_in_query`";
            return Err(Error::new(Kind::Invalid, why));
        }
        let own = self.filter.as_ref().is_none_or(|node| !node.has_joins());
        if own && self.limit.is_none() && self.offset.is_none() && self.search.is_none() {
            return Ok(self.filter.map(|node| node.take(rest)));
        }
        let key = Node::column(M::SCHEMA, M::SCHEMA.key());
        let (list, fault) = self.select_node(key.clone()).nested();
        Ok(Some(key.map(|key| key.infix("IN", Rank::Equal, list)).with_fault(fault).take(rest)))
    }
}

fn quoted(name: &str) -> String {
    let mut text = String::new();
    push_name(&mut text, name);
    text
}

/// Rows that were read and changed, stored in as few statements as their parameters allow.
pub(super) fn save_all<M: Model>(rows: &[M], names: &[&'static str]) -> Result<Vec<Statement>> {
    let columns: Vec<usize> = names
        .iter()
        .filter_map(|name| M::SCHEMA.columns.iter().position(|column| column.name == *name))
        .collect();
    let width = columns.len() + 1;
    let most = crate::params::MAX_PARAMETERS.saturating_sub(stamps::<M>(names).count()) / width;
    let mut statements = Vec::new();
    for chunk in rows.chunks(most.max(1)) {
        statements.push(save_chunk::<M>(chunk, &columns, names)?);
    }
    Ok(statements)
}

/// The columns that every update sets, but those that are named.
fn stamps<M: Model>(names: &[&'static str]) -> impl Iterator<Item = &'static schema::Column> {
    let columns = M::SCHEMA.columns.iter();
    columns.filter(|column| column.updated.is_some() && !names.contains(&column.name))
}

/// The statements of [`save_all`] with the time of the event, which is known later.
///
/// # Errors
/// The time is beyond what a column holds.
pub(super) fn stamped<M: Model>(
    mut statements: Vec<Statement>,
    names: &[&'static str],
    time: Timestamp,
) -> Result<Vec<Statement>> {
    for statement in &mut statements {
        for column in stamps::<M>(names) {
            statement.params.push(moment(column.kind, time)?);
        }
    }
    Ok(statements)
}

/// `WITH new (k, c0, …) AS (VALUES (?, …), …) UPDATE t SET a = new.c0 … FROM new WHERE t.key = new.k`. The
/// parameters of what every update sets come last, from [`stamped`].
fn save_chunk<M: Model>(rows: &[M], columns: &[usize], names: &[&'static str]) -> Result<Statement> {
    let mut problems = Vec::new();
    let mut params = Vec::new();
    for row in rows {
        let mut bound = Vec::new();
        row.bind(&mut bound)?;
        for at in std::iter::once(&M::SCHEMA.key).chain(columns) {
            let (Some(param), Some(column)) = (bound.get(*at), M::SCHEMA.columns.get(*at)) else { continue };
            problems.extend(crate::model::valid::problem(column, param.as_ref()));
            params.push(param.as_ref().to_owned());
        }
    }
    if !problems.is_empty() {
        return Err(Error::invalid(problems));
    }
    let one = format!("({})", vec!["?"; columns.len() + 1].join(", "));
    let key = quoted(M::SCHEMA.key().name);
    let given: String = (0..columns.len()).map(|at| format!(", c{at}")).collect();
    let mut set: Vec<String> = columns
        .iter()
        .filter_map(|at| M::SCHEMA.columns.get(*at))
        .enumerate()
        .map(|(at, column)| format!("{} = new.c{at}", quoted(column.name)))
        .collect();
    set.extend(stamps::<M>(names).map(|column| format!("{} = ?", quoted(column.name))));
    if set.is_empty() {
        // Of a model with a key only: whether it is there is told by the count.
        set.push(format!("{key} = new.k"));
    }
    let sql = format!(
        "WITH new (k{given}) AS (VALUES {}) UPDATE {table} SET {} FROM new WHERE {table}.{key} = new.k",
        vec![one.as_str(); rows.len()].join(", "),
        set.join(", "),
        table = quoted(M::SCHEMA.table),
    );
    Ok(Statement::new(sql, params))
}
