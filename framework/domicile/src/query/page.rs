//! Pages: by number, for people who want to go to the end, and by key, which stays fast however far one goes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json, json};

use super::node::Node;
use super::objects::Objects;
use super::order::Order;
use super::selection::Selection;
use super::source::{All, Executor, LocalFuture, Source, Then};
use super::sql::{Rank, Sql};
use super::statement::Statement;
use crate::error::{Error, Kind, Result};
use crate::model::{Model, schema};
use crate::row::Row;
use crate::value::Value;

/// A page of rows, by its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The number of the page, from 1.
    pub number: u64,
    /// The most rows that a page has.
    pub size: u64,
    /// The rows of all pages.
    pub total: u64,
}

impl<T> Page<T> {
    /// How many pages there are; at least one, which may be empty.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size.max(1)).max(1)
    }

    /// The number of the next page.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        (self.number < self.pages()).then_some(self.number + 1)
    }

    /// The number of the page before.
    #[must_use]
    pub fn previous(&self) -> Option<u64> {
        (self.number > 1).then_some(self.number - 1)
    }
}

/// Rows after a place, and the place after them.
#[derive(Debug, Clone, PartialEq)]
pub struct Window<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the rows after these begin; `None` where there are no more.
    pub next: Option<Cursor>,
}

/// A place among ordered rows: the values that the last one before it is ordered by. As text it is fit for a URL.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor(Vec<Value>);

impl<M: Model, S: Selection<M> + 'static> Objects<M, S> {
    /// The page with this number, from 1, of `size` rows. The first one may be empty.
    ///
    /// Rows that are equal in what they are ordered by are ordered by key, in the direction of the last order, and groups by
    /// what they are grouped by. Rows that are `distinct` are not: order them by all that is selected.
    ///
    /// # Errors
    /// [`Kind::NotFound`], a 404, where there is no such page; those of [`all`](Objects::all).
    pub fn page<On: Source>(self, number: u64, size: u64, on: On) -> On::Output<Page<S::Row>>
    where
        S: Clone,
    {
        on.run(move |on| {
            Box::pin(async move {
                let size = size.max(1);
                let total = self.clone().count_all(on).await?;
                let first = number.checked_sub(1).and_then(|before| before.checked_mul(size));
                let Some(first) = first.filter(|first| *first < total || number == 1) else {
                    return Err(Error::not_found("page"));
                };
                let mut rows = self;
                // What is found by words has its own order, and different rows have no key.
                let ranked = rows.search.is_some() && rows.orders.is_empty();
                if rows.groups.is_some() {
                    rows.order_groups_to_the_end();
                } else if !rows.distinct && !ranked {
                    rows.order_to_the_end();
                }
                // Within the limit and behind the offset that the query itself has.
                let offset = rows.offset.unwrap_or_default().saturating_add(first);
                let items = rows.limit(size.min(total - first)).offset(offset).all(on).await?;
                Ok(Page { items, number, size, total })
            })
        })
    }

    /// Orders groups that are equal in all that they are ordered by.
    fn order_groups_to_the_end(&mut self) {
        for group in self.groups.clone().unwrap_or_default() {
            if !self.orders.iter().any(|order| order.node.sql.text == group.sql.text) {
                self.orders.push(Order::new(group, M::SCHEMA.key().kind, false));
            }
        }
    }

    /// Orders rows that are equal in all that they are ordered by, so that none changes its place from page to page: by key.
    fn order_to_the_end(&mut self) {
        if self.orders.is_empty() {
            for ordering in M::SCHEMA.ordering {
                if let Some(column) = M::SCHEMA.column(ordering.column) {
                    let node = Node::column(M::SCHEMA, column);
                    self.orders.push(Order::new(node, column.kind, ordering.descending));
                }
            }
        }
        let key = Node::column(M::SCHEMA, M::SCHEMA.key());
        if !self.orders.iter().any(|order| order.node.sql.text == key.sql.text) {
            let descending = self.orders.last().is_some_and(|order| order.descending);
            self.orders.push(Order::new(key, M::SCHEMA.key().kind, descending));
        }
    }

    fn count_all(mut self, on: &dyn Executor) -> LocalFuture<'_, u64> {
        on.read(
            self.counted(),
            Then { rows: super::source::First::new(|row: &Row<'_>| row.get(0)), then: super::objects::found },
        )
    }

    /// At most `size` rows, after the place where an earlier window ended; from the beginning without one.
    ///
    /// The rows are found by the columns that they are ordered by, with an index at once, and rows that come or go
    /// meanwhile neither repeat nor hide others. Rows that are equal in those columns are ordered by key.
    ///
    /// # Errors
    /// [`Kind::BadRequest`] where the cursor belongs to another order; [`Kind::Invalid`] where the rows are groups or
    /// distinct, or have a limit or an offset already; those of [`all`](Objects::all).
    pub fn page_after<On: Source>(
        mut self,
        cursor: Option<&Cursor>,
        size: u64,
        on: On,
    ) -> On::Output<Window<S::Row>> {
        let size = size.max(1);
        let statement = self.window(cursor, size);
        let selection = self.selection;
        let read = move |row: &Row<'_>| {
            let mut at = 0;
            let item = selection.read(row, &mut at)?;
            let place = (at..row.len()).map(|at| row.get::<Value>(at)).collect::<Result<Vec<_>>>()?;
            Ok((item, place))
        };
        on.read(
            statement,
            Then {
                rows: All::new(read),
                then: move |mut rows: Vec<(S::Row, Vec<Value>)>| {
                    let more = u64::try_from(rows.len()).is_ok_and(|count| count > size);
                    if more {
                        rows.pop();
                    }
                    let next = rows.last().filter(|_| more).map(|(_, place)| Cursor(place.clone()));
                    Ok(Window { items: rows.into_iter().map(|(item, _)| item).collect(), next })
                },
            },
        )
    }

    /// Asks for one row more than is wanted, with what it is ordered by behind what is selected.
    fn window(&mut self, cursor: Option<&Cursor>, size: u64) -> Result<Statement> {
        if self.groups.is_some() || self.distinct {
            let why = "groups and distinct rows have no key to go on from: page by number, with `page`";
            return Err(Error::new(Kind::Invalid, why));
        }
        if self.limit.is_some() || self.offset.is_some() {
            let why = "rows that are paged by key have no limit or offset of their own: take it away";
            return Err(Error::new(Kind::Invalid, why));
        }
        if self.search.is_some() && self.orders.is_empty() {
            let why = "the best of a search have no place to go on from: page by number, with `page`, or say an order";
            return Err(Error::new(Kind::Invalid, why));
        }
        self.order_to_the_end();
        if self.orders.iter().any(|order| order.nulls.is_some()) {
            return Err(Error::new(
                Kind::Invalid,
                "rows that are paged by key keep SQLite's own place for NULL",
            ));
        }
        if let Some(Cursor(place)) = cursor {
            let fits = place.iter().zip(&self.orders).all(|(value, order)| is_of(value, order.kind));
            if place.len() != self.orders.len() || !fits {
                return Err(Error::bad_request("the cursor belongs to another list"));
            }
            let condition = after(&self.orders, place);
            self.add(condition);
        }
        self.limit = Some(size.saturating_add(1));
        let orders = self.orders.iter().map(|order| order.node.clone().selected(order.kind)).collect();
        let (text, fault) = self.with_more(orders);
        Statement::of(text, fault)
    }
}

/// `a >= x AND (a > x OR (a = x AND (b > y OR …)))`. An index is entered by the first part, which SQLite does not find
/// behind an OR: it would walk over all rows before the place.
fn after<M: Model>(orders: &[Order<M>], place: &[Value]) -> Node {
    let mut condition: Option<Node> = None;
    for (order, value) in orders.iter().zip(place).rev() {
        let term = order.node.clone();
        let param = Sql::param(value.clone()).numbered(order.kind);
        let beyond = term.clone().map(|term| beyond(term, value, &param, order.descending, is_set(order)));
        condition = Some(match condition {
            None => beyond,
            Some(rest) => {
                let same = term.map(|term| match value {
                    Value::Null => term.behind("IS NULL"),
                    _ => term.infix("=", Rank::Equal, param),
                });
                beyond.or(same.and(rest))
            }
        });
    }
    let condition = condition.unwrap_or_else(|| Node::new(Sql::raw("TRUE")));
    match (orders.first(), place.first()) {
        // NULL comes after all in descending order, so there the values have no end that an index could be entered by.
        (Some(order), Some(value)) if *value != Value::Null && (!order.descending || is_set(order)) => {
            let param = Sql::param(value.clone()).numbered(order.kind);
            let operator = if order.descending { "<=" } else { ">=" };
            order.node.clone().map(|term| term.infix(operator, Rank::Order, param)).and(condition)
        }
        _ => condition,
    }
}

/// Whether it is a column that is never NULL.
fn is_set<M: Model>(order: &Order<M>) -> bool {
    let is = |column| Node::column(M::SCHEMA, column).sql.text == order.node.sql.text;
    M::SCHEMA.columns.iter().any(|column| !column.nullable && is(column))
}

/// Whether a value can be one of what a column of this kind holds, as it leaves SQLite.
fn is_of(value: &Value, kind: schema::Kind) -> bool {
    match (value, kind) {
        (Value::Null, _) => true,
        (Value::Text(text), schema::Kind::Exact64) => text.parse::<i64>().is_ok(),
        (Value::Text(_), kind) => kind.sql() == "TEXT",
        (Value::Number(_), kind) => kind != schema::Kind::Exact64 && matches!(kind.sql(), "INTEGER" | "REAL"),
        (Value::Blob(_), kind) => kind.sql() == "BLOB",
    }
}

/// SQLite takes NULL for the smallest of all.
fn beyond(term: Sql, value: &Value, param: &Sql, descending: bool, is_set: bool) -> Sql {
    let than = |term: Sql, operator| term.infix(operator, Rank::Order, param.clone());
    match (value, descending) {
        (Value::Null, false) => term.behind("IS NOT NULL"),
        (Value::Null, true) => Sql::raw("FALSE"),
        (_, false) => than(term, ">"),
        (_, true) if is_set => than(term, "<"),
        (_, true) => than(term.clone(), "<").infix("OR", Rank::Or, term.behind("IS NULL")),
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.0.iter().map(|value| match value {
            Value::Null => Json::Null,
            Value::Number(n) => match super::list::number(*n) {
                // A parser of JSON may miss the nearest number by a bit, and Rust's does not.
                Json::Number(whole) if whole.is_i64() => Json::Number(whole),
                _ => json!({ "number": n.to_string() }),
            },
            Value::Blob(bytes) => json!({ "bytes": URL_SAFE_NO_PAD.encode(bytes) }),
            Value::Text(text) => Json::String(text.clone()),
        });
        let json = Json::Array(values.collect()).to_string();
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unreadable = || Error::bad_request("the cursor is none that this app has made");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
        let json: Vec<Json> = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
        let values = json.into_iter().map(|json| match json {
            Json::Null => Ok(Value::Null),
            Json::Number(n) => n.as_f64().map(Value::Number).ok_or_else(unreadable),
            Json::String(text) => Ok(Value::Text(text)),
            Json::Object(fields) => one_of(&fields).ok_or_else(unreadable),
            Json::Bool(_) | Json::Array(_) => Err(unreadable()),
        });
        Ok(Self(values.collect::<Result<_>>()?))
    }
}

/// What JSON itself has no exact form for.
fn one_of(fields: &Map<String, Json>) -> Option<Value> {
    match fields.iter().next()? {
        (name, Json::String(text)) if name == "number" => text.parse().ok().map(Value::Number),
        (name, Json::String(text)) if name == "bytes" => URL_SAFE_NO_PAD.decode(text).ok().map(Value::Blob),
        _ => None,
    }
}
