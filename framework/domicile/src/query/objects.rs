//! [`Objects`]: which rows of a model, in which order, and what of them; a value until it is run on a [`Source`].

use sea_query::{Asterisk, Expr as Sql, ExprTrait as _, Func, Query, SelectStatement};

use super::filter::{Filter, IntoFilter};
use super::node::{Join, Node, merge};
use super::order::{IntoOrder, Order};
use super::selection::{Selection, Whole};
use super::source::{All, First, Source, Then};
use super::statement::Statement;
use super::term::{IntoExpr, Term};
use crate::error::{Error, Kind, Result};
use crate::model::{Field, Model};
use crate::row::Row;

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
    pub(super) filters: Vec<Node>,
    pub(super) orders: Vec<Order<M>>,
    pub(super) groups: Option<Vec<Node>>,
    pub(super) having: Vec<Node>,
    pub(super) limit: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) distinct: bool,
    /// What is searched for, in the form of FTS5.
    pub(super) search: Option<String>,
}

impl<M: Model> Objects<M> {
    pub(crate) fn new() -> Self {
        Self {
            selection: Whole::new(),
            filters: Vec::new(),
            orders: Vec::new(),
            groups: None,
            having: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
            search: None,
        }
    }
}

impl<M, S: Clone> Clone for Objects<M, S> {
    fn clone(&self) -> Self {
        Self {
            selection: self.selection.clone(),
            filters: self.filters.clone(),
            orders: self.orders.clone(),
            groups: self.groups.clone(),
            having: self.having.clone(),
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            search: self.search.clone(),
        }
    }
}

impl<M: Model, S> Objects<M, S> {
    /// The same rows, of which only this is read, whatever its type.
    pub(super) fn select_node(self, node: Node) -> Objects<M, Raw> {
        Objects {
            selection: Raw(node),
            filters: self.filters,
            orders: self.orders,
            groups: self.groups,
            having: self.having,
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            search: self.search,
        }
    }
}

/// One value of a row, as it is.
#[derive(Clone)]
pub(super) struct Raw(Node);

impl<M> Selection<M> for Raw {
    type Row = crate::value::Value;

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
        self.filters.push(condition.into_filter().node);
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
            filters: self.filters,
            orders: self.orders,
            groups: self.groups,
            having: self.having,
            limit: self.limit,
            offset: self.offset,
            distinct: self.distinct,
            search: self.search,
        }
    }

    /// Gives one row for all rows with the same values in these terms. Aggregates are over each group then.
    #[must_use]
    pub fn group_by(mut self, terms: impl IntoOrder<M>) -> Self {
        let mut orders = Vec::new();
        terms.add_to(&mut orders);
        self.groups.get_or_insert_default().extend(orders.into_iter().map(|order| order.node));
        self
    }

    /// Only the groups that meet the condition, which may ask aggregates: `having(count().gt(1))`.
    #[must_use]
    pub fn having(mut self, condition: impl IntoFilter<M>) -> Self {
        self.having.push(condition.into_filter().node);
        self
    }

    /// The rows, in order.
    ///
    /// # Errors
    /// The statement's, or a column that does not hold what the model says.
    pub fn all<On: Source>(self, on: On) -> On::Output<Vec<S::Row>>
    where
        S: 'static,
    {
        let statement = self.statement();
        on.read(statement, All::new(reader(self.selection)))
    }

    /// The first row, or `None`.
    ///
    /// # Errors
    /// As [`all`](Objects::all).
    pub fn first<On: Source>(mut self, on: On) -> On::Output<Option<S::Row>>
    where
        S: 'static,
    {
        self.limit = Some(self.limit.map_or(1, |limit| Ord::min(limit, 1)));
        let statement = self.statement();
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
        self.limit = Some(self.limit.map_or(2, |limit| Ord::min(limit, 2)));
        let statement = self.statement();
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
    pub fn count<On: Source>(self, on: On) -> On::Output<u64> {
        on.read(self.counted(), Then { rows: First::new(|row: &Row<'_>| row.get(0)), then: found })
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// The statement's.
    pub fn exists<On: Source>(self, on: On) -> On::Output<bool> {
        on.read(self.asked(), Then { rows: First::new(|row: &Row<'_>| row.get(0)), then: found })
    }

    /// The statement, as [`all`](Objects::all) runs it.
    ///
    /// # Errors
    /// A value that cannot be bound, or more parameters than a statement may have.
    pub fn statement(&self) -> Result<Statement> {
        let (select, fault) = self.build(true);
        Statement::build(&select, fault)
    }

    pub(super) fn counted(&self) -> Result<Statement> {
        let mut outer = Query::select();
        if self.groups.is_none() && self.limit.is_none() && self.offset.is_none() && !self.distinct {
            let (mut select, fault) = self.build(false);
            select.clear_selects().expr(Func::count(Sql::col(Asterisk)));
            return Statement::build(&select, fault);
        }
        let (select, fault) = self.build(false);
        outer.expr(Func::count(Sql::col(Asterisk))).from_subquery(select, "counted");
        Statement::build(&outer, fault)
    }

    pub(super) fn asked(self) -> Result<Statement> {
        let (select, fault) = self.subquery();
        let mut outer = Query::select();
        outer.expr(Sql::exists(select));
        Statement::build(&outer, fault)
    }

    /// As part of another query: its order counts only where it decides which rows there are.
    pub(crate) fn subquery(&self) -> (SelectStatement, Option<String>) {
        self.build(self.limit.is_some() || self.offset.is_some())
    }

    /// With more nodes behind what is selected.
    pub(super) fn with_more(&self, more: Vec<Node>) -> (SelectStatement, Option<String>) {
        self.build_with(true, more)
    }

    fn build(&self, ordered: bool) -> (SelectStatement, Option<String>) {
        self.build_with(ordered, Vec::new())
    }

    fn build_with(&self, ordered: bool, more: Vec<Node>) -> (SelectStatement, Option<String>) {
        let mut select = Query::select();
        let mut parts = Parts::default();
        let mut nodes = Vec::new();
        self.selection.nodes(&mut nodes);
        nodes.extend(more);
        for node in nodes {
            select.expr(parts.take(node));
        }
        select.from(M::SCHEMA.table);
        if self.distinct {
            select.distinct();
        }
        for node in &self.filters {
            select.and_where(parts.take(node.clone()));
        }
        for node in self.groups.iter().flatten() {
            select.add_group_by([parts.take(node.clone())]);
        }
        for node in &self.having {
            select.and_having(parts.take(node.clone()));
        }
        if ordered {
            self.ordered(&mut select, &mut parts);
        }
        if let Some(limit) = self.limit {
            select.limit(limit);
        } else if self.offset.is_some() {
            // SQLite knows OFFSET only behind LIMIT.
            select.limit(i64::MAX.unsigned_abs());
        }
        if let Some(offset) = self.offset {
            select.offset(offset);
        }
        let Parts { joins, mut fault } = parts;
        join(&mut select, joins);
        if let Some(words) = &self.search {
            fault = fault.or(super::search::join(&mut select, M::SCHEMA, words));
        }
        (select, fault)
    }

    fn ordered(&self, select: &mut SelectStatement, parts: &mut Parts) {
        for order in &self.orders {
            let sql = parts.take(order.node.clone());
            let direction = if order.descending { sea_query::Order::Desc } else { sea_query::Order::Asc };
            match order.nulls {
                None => select.order_by_expr(sql, direction),
                Some(nulls) => select.order_by_expr_with_nulls(sql, direction, nulls),
            };
        }
        if self.orders.is_empty() && self.groups.is_none() && self.search.is_some() {
            super::search::by_rank(select, M::SCHEMA);
            return;
        }
        // The model's own order says nothing of groups.
        if self.orders.is_empty() && self.groups.is_none() && !self.distinct {
            for order in M::SCHEMA.ordering {
                let direction = if order.descending { sea_query::Order::Desc } else { sea_query::Order::Asc };
                select.order_by((M::SCHEMA.table, order.column), direction);
            }
        }
    }
}

/// What the parts of a statement need together.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) joins: Vec<Join>,
    pub(super) fault: Option<String>,
}

impl Parts {
    pub(super) fn take(&mut self, node: Node) -> Sql {
        merge(&mut self.joins, node.joins);
        if self.fault.is_none() {
            self.fault = node.fault;
        }
        node.sql
    }
}

fn join(select: &mut SelectStatement, joins: Vec<Join>) {
    for join in joins {
        let key = join.target.key().name;
        let on = Sql::col((join.from, join.column)).eq(Sql::col((join.alias.clone(), key)));
        let kind = if join.outer { sea_query::JoinType::LeftJoin } else { sea_query::JoinType::InnerJoin };
        select.join_as(kind, join.target.table, join.alias, on);
    }
}

fn reader<M, S: Selection<M>>(selection: S) -> impl FnMut(&Row<'_>) -> Result<S::Row> {
    move |row| selection.read(row, &mut 0)
}

pub(super) fn found<T>(row: Option<T>) -> Result<T> {
    row.ok_or_else(|| Error::internal("a statement that gives one row gave none"))
}

/// The row with this key.
pub(crate) fn by_key<M: Model>(key: &M::Key) -> Objects<M> {
    let node = Node::column(M::SCHEMA, M::SCHEMA.key()).with(Node::value(key), |column, key| column.eq(key));
    Objects::new().filter(Filter::new(node))
}

/// The rows whose foreign key points to what `M` is: `Comment::post.of(&post)`.
impl<M: Model, F: Field> super::Column<M, F> {
    /// The rows of this column's model that have `value` in it: `Comment::post.of(&post)` are the comments of a post.
    pub fn of(self, value: impl IntoExpr<M, F>) -> Objects<M> {
        Objects::new().filter(self.eq(value))
    }
}

impl<M: Model, A: Model> super::Column<M, crate::model::ForeignKey<A>> {
    /// The rows of the target that some row found by `condition` points to: `Author::objects().filter(Post::author.any(…))`.
    #[must_use]
    pub fn any(self, condition: impl IntoFilter<M>) -> Filter<A> {
        pointed_at(self, condition)
    }
}

impl<M: Model, A: Model> super::Column<M, Option<crate::model::ForeignKey<A>>> {
    /// The rows of the target that some row found by `condition` points to.
    #[must_use]
    pub fn any(self, condition: impl IntoFilter<M>) -> Filter<A> {
        pointed_at(self, condition)
    }
}

/// An uncorrelated list, so that a model which points to itself needs no second name.
fn pointed_at<M: Model, A: Model, F: Field>(
    column: super::Column<M, F>,
    condition: impl IntoFilter<M>,
) -> Filter<A> {
    let targets = Objects::new().filter(column.is_not_null()).filter(condition).select(column);
    let (select, fault) = targets.subquery();
    let mut node = Node::column(A::SCHEMA, A::SCHEMA.key()).map(|key| key.in_subquery(select));
    node.fault = fault;
    Filter::new(node)
}
