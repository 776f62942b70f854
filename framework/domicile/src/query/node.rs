//! [`Node`]: an expression without its types, and the joins that it needs. What the typed side wraps.

use super::sql::{Rank, Sql};
use crate::model::schema::{Column, Kind, Schema};
use crate::value::{ToValue, Value};

/// An expression of SQL, where the joins along foreign keys that it walks are still to be made.
#[derive(Debug, Clone)]
pub struct Node {
    pub(super) sql: Sql,
    /// Most expressions have nothing of it.
    rest: Option<Box<Rest>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Rest {
    pub(super) joins: Vec<Join>,
    /// Why it cannot be, told when it is run: a value that cannot be bound.
    pub(super) fault: Option<String>,
}

/// A foreign key that is followed: the target's columns stand behind `alias`.
#[derive(Debug, Clone)]
pub struct Join {
    /// The path from the query's table, as in `post.author`. No table has a dot in its name.
    pub(super) alias: String,
    /// The table or the alias that has the key.
    pub(super) from: String,
    /// The column of the key.
    pub(super) column: &'static str,
    /// The model that it points to.
    pub(super) target: &'static Schema,
    /// Whether there may be no target: the row stays, with NULL for the target's columns.
    pub(super) outer: bool,
}

impl Node {
    pub(super) fn new(sql: Sql) -> Self {
        Self { sql, rest: None }
    }

    /// A column of the query's own table.
    pub(super) fn column(schema: &'static Schema, column: &'static Column) -> Self {
        Self::new(Sql::column(schema.table, column.name))
    }

    /// A value, bound as a parameter.
    pub(super) fn value(value: &(impl ToValue + ?Sized)) -> Self {
        match value.to_value() {
            Ok(value) => Self::new(Sql::param(value.into_value())),
            Err(error) => Self::new(Sql::raw("NULL")).with_fault(Some(error.to_string())),
        }
    }

    pub(super) fn with_joins(mut self, joins: Vec<Join>) -> Self {
        if !joins.is_empty() {
            merge(&mut self.rest.get_or_insert_default().joins, joins);
        }
        self
    }

    pub(super) fn with_fault(mut self, fault: Option<String>) -> Self {
        if let Some(fault) = fault {
            self.rest.get_or_insert_default().fault.get_or_insert(fault);
        }
        self
    }

    /// Whether it is the value NULL.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.sql.value(), Some(Value::Null))
    }

    pub(super) fn has_joins(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| !rest.joins.is_empty())
    }

    /// The same with other SQL around it.
    pub(super) fn map(self, with: impl FnOnce(Sql) -> Sql) -> Self {
        Self { sql: with(self.sql), rest: self.rest }
    }

    /// Both, put together.
    pub(super) fn with(self, other: Self, with: impl FnOnce(Sql, Sql) -> Sql) -> Self {
        let made = Self { sql: with(self.sql, other.sql), rest: self.rest };
        match other.rest {
            None => made,
            Some(rest) => made.with_joins(rest.joins).with_fault(rest.fault),
        }
    }

    pub(super) fn infix(self, operator: &'static str, rank: Rank, other: Self) -> Self {
        self.with(other, |a, b| a.infix(operator, rank, b))
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.infix("AND", Rank::And, other)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.infix("OR", Rank::Or, other)
    }

    /// As it is selected: whole numbers beyond 2⁵³ leave SQLite as text.
    pub(super) fn selected(self, kind: Kind) -> Self {
        match kind {
            Kind::Exact64 => self.map(|sql| sql.cast("TEXT")),
            _ => self,
        }
    }

    /// Its SQL, where the joins and what is wrong with it go into `rest`.
    pub(super) fn take(self, rest: &mut Rest) -> Sql {
        if let Some(own) = self.rest {
            merge(&mut rest.joins, own.joins);
            rest.fault = rest.fault.take().or(own.fault);
        }
        self.sql
    }
}

/// Adds the joins that are not there yet.
pub(super) fn merge(joins: &mut Vec<Join>, more: Vec<Join>) {
    for join in more {
        if !joins.iter().any(|known| known.alias == join.alias) {
            joins.push(join);
        }
    }
}
