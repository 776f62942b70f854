//! [`Objects`]: which rows of a model, in which order, and what of them; a value until it is run on a [`Source`].

use super::filter::IntoFilter;
use super::node::{Join, Node, Rest};
use super::order::{IntoGroups, IntoOrder, Order};
use super::selection::{Selection, Whole};
use super::source::{All, First, Source, Then};
use super::sql::{Rank, Sql, Text};
use super::statement::Statement;
use crate::error::{Error, Kind, Result};
use crate::model::Model;
use crate::row::Row;
use crate::value::{MAX_SAFE_INTEGER, Value};

/// The rows of a model, from [`Model::objects`].
///
/// ```
/// # use domicile::prelude::*;
/// # #[derive(Model)] struct Post { id: u32, title: String, pub_date: Timestamp }
/// # fn f(cx: &Cx) -> Result<()> {
/// let newest = Post::objects().filter(Post::title.contains("boat")).order_by(-Post::pub_date).limit(10);
/// let posts: Vec<Post> = newest.all(cx)?;
/// # Ok(()) }
/// ```
pub struct Objects<M, S = Whole<M>> {
    pub(super) selection: S,
    pub(super) filter: Option<Node>,
    pub(super) orders: Vec<Order<M>>,
    pub(super) groups: Option<Vec<Node>>,
    pub(super) having: Option<Node>,
    pub(super) limit: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) distinct: bool,
    /// There is at most one row, by its key.
    pub(super) keyed: bool,
    /// What is searched for, in the form of FTS5.
    pub(super) search: Option<String>,
}

impl<M: Model> Objects<M> {
    pub(crate) fn new() -> Self {
        Self {
            selection: Whole::new(),
            filter: None,
            orders: Vec::new(),
            groups: None,
            having: None,
            limit: None,
            offset: None,
            distinct: false,
            search: None,
            keyed: false,
        }
    }
}

impl<M, S: Clone> Clone for Objects<M, S> {
    fn clone(&self) -> Self {
        Self {
            selection: self.selection.clone(),
            filter: self.filter.clone(),
            orders: self.orders.clone(),
            groups: self.groups.clone(),
            having: self.having.clone(),
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            search: self.search.clone(),
            keyed: self.keyed,
        }
    }
}

impl<M: Model, S> Objects<M, S> {
    /// The same rows, of which only this is read, whatever its type.
    pub(super) fn select_node(self, node: Node) -> Objects<M, Raw> {
        Objects {
            selection: Raw(node),
            filter: self.filter,
            orders: self.orders,
            groups: self.groups,
            having: self.having,
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            search: self.search,
            keyed: self.keyed,
        }
    }
}

/// One value of a row, as it is.
#[derive(Clone)]
pub(super) struct Raw(Node);

impl<M> Selection<M> for Raw {
    type Row = Value;

    fn nodes(&self, out: &mut Vec<Node>) {
        out.push(self.0.clone());
    }

    fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<Self::Row> {
        *at += 1;
        row.get(*at - 1)
    }
}

impl<M: Model, S: Selection<M>> Objects<M, S> {
    /// Only the rows that meet the condition, besides those of earlier filters.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoFilter<M>) -> Self {
        self.add(condition.into_filter().node);
        self
    }

    /// Only the rows that do not meet the condition; a row where it is NULL does not meet it.
    #[must_use]
    pub fn exclude(self, condition: impl IntoFilter<M>) -> Self {
        let condition = !condition.into_filter();
        self.filter(condition)
    }

    /// Orders the rows by a column, by `-` a column for the largest first, by a term, or by a tuple of these. It takes the
    /// place of an earlier order. Without one the model's own `ordering` counts.
    #[must_use]
    pub fn order_by(mut self, order: impl IntoOrder<M>) -> Self {
        self.orders.clear();
        order.add_to(&mut self.orders);
        self
    }

    /// At most `rows`.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Without the first `rows`. SQLite walks over them all the same: [`page_after`](Objects::page_after) does not.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = Some(rows);
        self
    }

    /// Without rows that are the same as others in all that is selected.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// Gives this of each row: columns, paths, expressions, aggregates, `whole()`, `row(Model::key)`, or tuples of these.
    #[must_use]
    pub fn select<T: Selection<M>>(self, selection: T) -> Objects<M, T> {
        Objects {
            selection,
            filter: self.filter,
            orders: self.orders,
            groups: self.groups,
            having: self.having,
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            search: self.search,
            keyed: self.keyed,
        }
    }

    /// Gives one row for all rows with the same values in these terms. Aggregates are over each group then.
    #[must_use]
    pub fn group_by(mut self, terms: impl IntoGroups<M>) -> Self {
        terms.add_to(self.groups.get_or_insert_default());
        self
    }

    /// Only the groups that meet the condition, which may ask aggregates: `having(count().gt(1))`.
    #[must_use]
    pub fn having(mut self, condition: impl IntoFilter<M>) -> Self {
        let condition = condition.into_filter().node;
        self.having = Some(match self.having {
            None => condition,
            Some(having) => having.and(condition),
        });
        self
    }

    /// The rows, in order.
    ///
    /// # Errors
    /// The statement's, or a column that does not hold what the model says.
    pub fn all<On: Source>(mut self, on: On) -> On::Output<Vec<S::Row>>
    where
        S: 'static,
    {
        let statement = self.taken();
        on.read(statement, All::new(reader(self.selection)))
    }

    /// The first row, or `None`. Where neither the query nor the model says an order, it is the first by key.
    ///
    /// # Errors
    /// As [`all`](Objects::all).
    pub fn first<On: Source>(mut self, on: On) -> On::Output<Option<S::Row>>
    where
        S: 'static,
    {
        self.limit = Some(self.limit.map_or(1, |limit| limit.min(1)));
        let free = self.orders.is_empty() && M::SCHEMA.ordering.is_empty() && !self.keyed;
        if free && self.groups.is_none() && self.search.is_none() && !self.distinct {
            let key = M::SCHEMA.key();
            self.orders.push(Order::new(Node::column(M::SCHEMA, key), key.kind, false));
        }
        let statement = self.taken();
        on.read(statement, First::new(reader(self.selection)))
    }

    /// The only row.
    ///
    /// # Errors
    /// [`Kind::NotFound`], which a route answers with 404, when there is none; [`Kind::Conflict`] when there are more.
    pub fn get<On: Source>(mut self, on: On) -> On::Output<S::Row>
    where
        S: 'static,
    {
        self.limit = Some(self.limit.map_or(2, |limit| limit.min(2)));
        let statement = self.taken();
        let rows = All::new(reader(self.selection));
        on.read(
            statement,
            Then {
                rows,
                then: |mut rows: Vec<S::Row>| match (rows.pop(), rows.is_empty()) {
                    (Some(row), true) => Ok(row),
                    (None, _) => Err(Error::not_found(M::SCHEMA.verbose_name)),
                    (Some(_), false) => Err(Error::new(
                        Kind::Conflict,
                        format!("more than one {} was found where one was asked for", M::SCHEMA.verbose_name),
                    )),
                },
            },
        )
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// The statement's.
    pub fn count<On: Source>(mut self, on: On) -> On::Output<u64> {
        on.read(self.counted(), Then { rows: First::new(|row: &Row<'_>| row.get(0)), then: found })
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// The statement's.
    pub fn exists<On: Source>(mut self, on: On) -> On::Output<bool> {
        on.read(self.asked(), Then { rows: First::new(|row: &Row<'_>| row.get(0)), then: found })
    }

    /// The statement, as [`all`](Objects::all) runs it.
    ///
    /// # Errors
    /// A value that cannot be bound, or more parameters than a statement may have.
    pub fn statement(&self) -> Result<Statement>
    where
        S: Clone,
    {
        self.clone().taken()
    }

    /// The statement, for which everything but the selection is taken out of the query.
    pub(super) fn taken(&mut self) -> Result<Statement> {
        let (text, fault) = self.build(true);
        Statement::of(text, fault)
    }

    pub(super) fn counted(&mut self) -> Result<Statement> {
        let plain = self.groups.is_none()
            && self.having.is_none()
            && self.limit.is_none()
            && self.offset.is_none()
            && !self.distinct;
        if plain {
            let (text, fault) = self.build_with(false, Some("count(*)"), Vec::new());
            return Statement::of(text, fault);
        }
        let (nested, fault) = self.nested();
        let mut text = Text::new("SELECT count(*) FROM ");
        text.add(nested);
        Statement::of(text, fault)
    }

    pub(super) fn asked(&mut self) -> Result<Statement> {
        let (nested, fault) = self.nested();
        let mut text = Text::new("SELECT EXISTS ");
        text.add(nested);
        Statement::of(text, fault)
    }

    /// As part of another query: its order counts only where it decides which rows there are.
    pub(super) fn nested(&mut self) -> (Sql, Option<String>) {
        let (text, fault) = self.build(self.limit.is_some() || self.offset.is_some());
        (Sql::nested(&text.sql, text.params), fault)
    }

    /// With more nodes behind what is selected.
    pub(super) fn with_more(&mut self, more: Vec<Node>) -> (Text, Option<String>) {
        self.build_with(true, None, more)
    }

    fn build(&mut self, ordered: bool) -> (Text, Option<String>) {
        self.build_with(ordered, None, Vec::new())
    }

    fn build_with(
        &mut self,
        ordered: bool,
        selected: Option<&'static str>,
        more: Vec<Node>,
    ) -> (Text, Option<String>) {
        let mut rest = Rest::default();
        let mut text = Text::new(if self.distinct { "SELECT DISTINCT " } else { "SELECT " });
        let mut long = Vec::new();
        match selected {
            Some(selected) => {
                text.push(selected);
            }
            None => {
                let mut nodes = Vec::new();
                self.selection.nodes(&mut nodes);
                nodes.extend(more);
                for (at, node) in nodes.into_iter().enumerate() {
                    let sql = node.take(&mut rest);
                    if sql.text.len() > LONG {
                        long.push((at + 1, sql.clone()));
                    }
                    text.comma(at).add(sql);
                }
            }
        }
        // What the rest needs of joins is known before they are written, and their parameters come where they stand.
        let filter = self.filter.take().map(|node| node.take(&mut rest));
        let grouped = self.groups.is_some();
        let groups: Vec<Sql> =
            self.groups.take().into_iter().flatten().map(|node| node.take(&mut rest)).collect();
        let having = self.having.take().map(|node| node.take(&mut rest));
        let orders: Vec<(Sql, bool, Option<&str>)> = match ordered {
            true => std::mem::take(&mut self.orders)
                .into_iter()
                .map(|order| (by_place(order.node.take(&mut rest), &long), order.descending, order.nulls))
                .collect(),
            false => Vec::new(),
        };
        text.push(" FROM ").name(M::SCHEMA.table);
        for join in &rest.joins {
            joined(&mut text, join);
        }
        let mut searched = None;
        if let Some(words) = &self.search {
            match super::search::join(&mut text, M::SCHEMA, words) {
                Ok(condition) => searched = Some(condition),
                Err(fault) => rest.fault = rest.fault.take().or(Some(fault)),
            }
        }
        if let Some(condition) = both(searched, filter) {
            text.push(" WHERE ").add(condition);
        }
        for (at, group) in groups.into_iter().enumerate() {
            text.push(if at == 0 { " GROUP BY " } else { ", " }).add(by_place(group, &long));
        }
        if let Some(having) = having {
            text.push(" HAVING ").add(having);
        }
        if ordered {
            self.ordered(&mut text, orders, grouped);
        }
        self.limited(&mut text);
        (text, rest.fault)
    }

    fn ordered(&self, text: &mut Text, orders: Vec<(Sql, bool, Option<&str>)>, grouped: bool) {
        let own = orders.is_empty() && !grouped;
        for (at, (sql, descending, nulls)) in orders.into_iter().enumerate() {
            text.push(if at == 0 { " ORDER BY " } else { ", " }).add(sql);
            if descending {
                text.push(" DESC");
            }
            if let Some(nulls) = nulls {
                text.push(" ").push(nulls);
            }
        }
        // The model's own order says nothing of groups, and one row has none.
        if !own || self.keyed {
            return;
        }
        if self.search.is_some() {
            super::search::by_rank(text, M::SCHEMA);
            return;
        }
        let own = if self.distinct { &[][..] } else { M::SCHEMA.ordering };
        for (at, order) in own.iter().enumerate() {
            text.push(if at == 0 { " ORDER BY " } else { ", " })
                .add(Sql::column(M::SCHEMA.table, order.column));
            if order.descending {
                text.push(" DESC");
            }
        }
    }

    /// LIMIT stands in the text: where it is a parameter, SQLite plans by its value and compiles the statement again each
    /// time, which makes a point read four times as slow.
    fn limited(&self, text: &mut Text) {
        match (self.limit, self.offset) {
            (None, None) => return,
            (Some(limit), _) => text.push(" LIMIT ").number(i64::try_from(limit).unwrap_or(i64::MAX)),
            // SQLite knows OFFSET only behind LIMIT, and -1 for none.
            (None, Some(_)) => text.push(" LIMIT -1"),
        };
        if let Some(offset) = self.offset {
            #[allow(clippy::cast_precision_loss, reason = "nobody skips so many that it matters")]
            let rows = offset.min(MAX_SAFE_INTEGER.unsigned_abs()) as f64;
            text.push(" OFFSET ").add(Sql::param(Value::Number(rows)));
        }
    }
}

impl<M, S> Objects<M, S> {
    /// Adds a condition.
    pub(super) fn add(&mut self, condition: Node) {
        self.filter = Some(match self.filter.take() {
            None => condition,
            Some(filter) => filter.and(condition),
        });
    }
}

fn both(a: Option<Sql>, b: Option<Sql>) -> Option<Sql> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.infix("AND", Rank::And, b)),
        (a, b) => a.or(b),
    }
}

/// The longest text that is written again. A moment of a time zone is about ten thousand bytes, of the 100,000 that a
/// statement may have.
const LONG: usize = 256;

/// A long text that is selected too, by its place there.
fn by_place(sql: Sql, selected: &[(usize, Sql)]) -> Sql {
    let same = |known: &&(usize, Sql)| known.1.text == sql.text && known.1.params == sql.params;
    match selected.iter().find(same) {
        Some((place, _)) => Sql::number(i64::try_from(*place).unwrap_or(i64::MAX)),
        None => sql,
    }
}

fn joined(text: &mut Text, join: &Join) {
    text.push(if join.outer { " LEFT JOIN " } else { " JOIN " }).name(join.target.table).push(" AS ");
    text.name(&join.alias).push(" ON ");
    text.add(Sql::column(&join.from, join.column)).push(" = ");
    text.add(Sql::column(&join.alias, join.target.key().name));
}

fn reader<M, S: Selection<M>>(selection: S) -> impl FnMut(&Row<'_>) -> Result<S::Row> {
    move |row| selection.read(row, &mut 0)
}

pub(super) fn found<T>(row: Option<T>) -> Result<T> {
    row.ok_or_else(|| Error::internal("a statement that gives one row gave none"))
}

/// The row with this key.
pub(crate) fn by_key<M: Model>(key: &M::Key) -> Objects<M> {
    let node = Node::column(M::SCHEMA, M::SCHEMA.key()).infix("=", Rank::Equal, Node::value(key));
    Objects { keyed: true, filter: Some(node), ..Objects::new() }
}
