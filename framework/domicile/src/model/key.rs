//! [`ForeignKey`]: the key of a row of another model, as a field.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Model;
use super::field::Field;
use super::schema::{Choice, Kind, Schema};
use crate::error::Result;
use crate::row::{self, FromRow, Row};
use crate::value::{FromValue, Param, ToValue, ValueRef};

/// The key of a row of `M`: `author: ForeignKey<Author>`.
///
/// It is the key and not the row; `Post::author.to(Author::name)` follows it in a query. On the wire and in JSON it is
/// the key alone.
pub struct ForeignKey<M: Model>(M::Key);

impl<M: Model> ForeignKey<M> {
    /// The row of `M` with this key. Whether there is one is checked when it is stored.
    pub const fn new(key: M::Key) -> Self {
        Self(key)
    }

    /// The key.
    pub const fn key(&self) -> &M::Key {
        &self.0
    }

    /// The key by itself.
    pub fn into_key(self) -> M::Key {
        self.0
    }
}

impl<M: Model> From<&M> for ForeignKey<M> {
    fn from(target: &M) -> Self {
        Self(target.key())
    }
}

impl<M: Model> Deref for ForeignKey<M> {
    type Target = M::Key;

    fn deref(&self) -> &M::Key {
        &self.0
    }
}

impl<M: Model> Field for ForeignKey<M> {
    const KIND: Kind = <M::Key as Field>::KIND;
    const REFERENCES: Option<fn() -> &'static Schema> = Some(|| M::SCHEMA);
    const CHOICES: &'static [Choice] = <M::Key as Field>::CHOICES;
    type Base = Self;
}

impl<M: Model> ToValue for ForeignKey<M> {
    fn to_value(&self) -> Result<Param<'_>> {
        self.0.to_value()
    }
}

impl<M: Model> FromValue for ForeignKey<M> {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        M::Key::from_value(value).map(Self)
    }
}

impl<M: Model> FromRow for ForeignKey<M> {
    const COLUMNS: Option<&'static [&'static str]> = None;

    fn from_row(row: &Row<'_>) -> Result<Self> {
        row::only(row)
    }
}

// Derives would ask the same of `M`, which is only a name here.
impl<M: Model> Clone for ForeignKey<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Model> Copy for ForeignKey<M> where M::Key: Copy {}

impl<M: Model> fmt::Debug for ForeignKey<M>
where
    M::Key: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<M: Model> fmt::Display for ForeignKey<M>
where
    M::Key: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<M: Model> PartialEq for ForeignKey<M>
where
    M::Key: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<M: Model> Eq for ForeignKey<M> where M::Key: Eq {}

impl<M: Model> Hash for ForeignKey<M>
where
    M::Key: Hash,
{
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<M: Model> Serialize for ForeignKey<M>
where
    M::Key: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, M: Model> Deserialize<'de> for ForeignKey<M>
where
    M::Key: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::Key::deserialize(deserializer).map(Self)
    }
}

impl<M: Model> postcard_schema::Schema for ForeignKey<M>
where
    M::Key: postcard_schema::Schema,
{
    const SCHEMA: &'static postcard_schema::schema::NamedType = <M::Key as postcard_schema::Schema>::SCHEMA;
}
