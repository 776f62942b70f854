//! [`Node`]: an expression without its types, and the joins that it needs. What the typed side wraps.

use sea_query::Expr as Sql;

use crate::error::Result;
use crate::model::schema::{Column, Kind, Schema};
use crate::value::{Param, ToValue, Value};

/// An expression of SQL, where the joins along foreign keys that it walks are still to be made.
#[derive(Debug, Clone)]
pub struct Node {
    pub(crate) sql: Sql,
    pub(crate) joins: Vec<Join>,
    /// Why it cannot be, told when it is run: a value that cannot be bound.
    pub(crate) fault: Option<String>,
}

/// A foreign key that is followed: the target's columns stand behind `alias`.
#[derive(Debug, Clone)]
pub struct Join {
    /// The path from the query's table, as in `post.author`. No table has a dot in its name.
    pub(crate) alias: String,
    /// The table or the alias that has the key.
    pub(crate) from: String,
    /// The column of the key.
    pub(crate) column: &'static str,
    /// The model that it points to.
    pub(crate) target: &'static Schema,
    /// Whether there may be no target: the row stays, with NULL for the target's columns.
    pub(crate) outer: bool,
}

impl Node {
    pub(crate) fn new(sql: Sql) -> Self {
        Self { sql, joins: Vec::new(), fault: None }
    }

    /// A column of the query's own table.
    pub(crate) fn column(schema: &'static Schema, column: &'static Column) -> Self {
        Self::new(Sql::col((schema.table, column.name)))
    }

    /// A value, bound as a parameter.
    pub(crate) fn value(value: &(impl ToValue + ?Sized)) -> Self {
        match value.to_value() {
            Ok(value) => Self::new(Sql::val(bound(value))),
            Err(error) => Self { sql: Sql::null(), joins: Vec::new(), fault: Some(error.to_string()) },
        }
    }

    /// Whether it is the value NULL.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.sql, Sql::Value(sea_query::Value::String(None)))
    }

    /// The same with other SQL around it.
    pub(crate) fn map(self, with: impl FnOnce(Sql) -> Sql) -> Self {
        Self { sql: with(self.sql), joins: self.joins, fault: self.fault }
    }

    /// Both, put together.
    pub(crate) fn with(self, other: Self, with: impl FnOnce(Sql, Sql) -> Sql) -> Self {
        let mut joins = self.joins;
        merge(&mut joins, other.joins);
        Self { sql: with(self.sql, other.sql), joins, fault: self.fault.or(other.fault) }
    }

    /// As it is selected: whole numbers beyond 2⁵³ leave SQLite as text.
    pub(crate) fn selected(self, kind: Kind) -> Self {
        match kind {
            Kind::Exact64 => self.map(|sql| sea_query::ExprTrait::cast_as(sql, "TEXT")),
            _ => self,
        }
    }
}

/// Adds the joins that are not there yet.
pub(crate) fn merge(joins: &mut Vec<Join>, more: Vec<Join>) {
    for join in more {
        if !joins.iter().any(|known| known.alias == join.alias) {
            joins.push(join);
        }
    }
}

/// A parameter in sea-query's form. Numbers are doubles there too.
pub(crate) fn bound(param: Param<'_>) -> sea_query::Value {
    match param {
        Param::Null => sea_query::Value::String(None),
        Param::Number(n) => sea_query::Value::Double(Some(n)),
        Param::Text(text) => sea_query::Value::String(Some(text.into_owned())),
        Param::Blob(bytes) => sea_query::Value::Bytes(Some(bytes.into_owned())),
    }
}

/// What [`bound`] made, and the counts that sea-query binds by itself.
pub(crate) fn unbound(value: sea_query::Value) -> Result<Value> {
    use sea_query::Value as Sea;
    #[allow(clippy::cast_precision_loss, reason = "LIMIT and OFFSET, which are checked before they get here")]
    Ok(match value {
        Sea::Double(Some(n)) => Value::Number(n),
        Sea::String(Some(text)) => Value::Text(text),
        Sea::Bytes(Some(bytes)) => Value::Blob(bytes),
        Sea::String(None) | Sea::Double(None) | Sea::Bytes(None) => Value::Null,
        Sea::BigUnsigned(Some(n)) => Value::Number(n as f64),
        Sea::BigInt(Some(n)) => Value::Number(n as f64),
        Sea::Int(Some(n)) => Value::Number(f64::from(n)),
        other => return Err(crate::Error::internal(format!("the data layer does not bind {other:?}"))),
    })
}
