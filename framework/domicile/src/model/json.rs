//! [`Json`]: a value that is JSON, as text in a column and as the body of a reply.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::field::Field;
use super::schema::Kind;
use crate::error::{self, Error, Result};
use crate::row::{self, FromRow, Row};
use crate::value::{FromValue, Param, ToValue, ValueRef};

/// A value as JSON: a field of a model that holds anything serde can write, and a reply.
///
/// In a column it is text, with the keys in the order in which `T` writes them. Inside other JSON it is itself; in
/// messages, which postcard writes, it is its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> ToValue for Json<T> {
    /// # Errors
    /// JSON cannot say it, such as a map whose keys are no text.
    fn to_value(&self) -> Result<Param<'_>> {
        let text = serde_json::to_string(&self.0).map_err(|error| {
            Error::new(error::Kind::Invalid, format!("it cannot be written as JSON: {error}"))
        })?;
        Ok(Param::Text(Cow::Owned(text)))
    }
}

impl<T: DeserializeOwned> FromValue for Json<T> {
    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let ValueRef::Text(text) = value else {
            return Err(Error::new(
                error::Kind::Decode,
                format!("expected JSON as text, got {}", value.class()),
            ));
        };
        Ok(Self(serde_json::from_str(text)?))
    }
}

impl<T: DeserializeOwned> FromRow for Json<T> {
    const COLUMNS: Option<&'static [&'static str]> = None;

    fn from_row(row: &Row<'_>) -> Result<Self> {
        row::only(row)
    }
}

impl<T: Serialize + DeserializeOwned + 'static> Field for Json<T> {
    const KIND: Kind = Kind::Json;
    type Base = Self;
}

impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.0.serialize(serializer);
        }
        serializer.serialize_str(&serde_json::to_string(&self.0).map_err(ser::Error::custom)?)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return T::deserialize(deserializer).map(Self);
        }
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        serde_json::from_str(&text).map(Self).map_err(de::Error::custom)
    }
}

impl<T> postcard_schema::Schema for Json<T> {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Json",
        ty: &postcard_schema::schema::DataModelType::String,
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_is_text_in_a_column() {
        let value = Json(vec![Some(1), None]);
        assert_eq!(value.to_value().unwrap(), Param::text("[1,null]"));
        assert_eq!(Json::from_value(ValueRef::Text("[1, null]")).unwrap(), value);
        let error = Json::<Vec<i64>>::from_value(ValueRef::Text("{}")).unwrap_err().to_string();
        assert!(error.starts_with("json: invalid type: map, expected a sequence"), "{error}");
        assert!(Json::<i64>::from_value(ValueRef::Number(1.0)).is_err());
        let keys = Json(BTreeMap::from([((1, 2), 3)]));
        assert!(keys.to_value().unwrap_err().to_string().contains("cannot be written as JSON"));
    }

    #[test]
    fn what_has_no_fixed_type_travels_too() {
        let value = Json(serde_json::json!({"a": [1, "x"]}));
        assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"a":[1,"x"]}"#);
        let packed = postcard::to_stdvec(&value).unwrap();
        assert_eq!(postcard::from_bytes::<Json<serde_json::Value>>(&packed).unwrap(), value);
    }
}
