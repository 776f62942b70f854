//! JSON in which no object has a key twice: readers disagree on which of the two counts.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The object that `bytes` are; `None` where they are none, or where it or an object in it has a key twice.
pub(super) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    // The values are read apart from the check, so that numbers are read by serde_json's own rules.
    serde_json::from_slice::<EachOnce>(bytes).ok()?;
    serde_json::from_slice(bytes).ok()
}

/// Any JSON value; its reading fails at a key that is there twice.
struct EachOnce;

impl<'de> Deserialize<'de> for EachOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for EachOnce {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in which each key is there once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value::<Self>()?;
            if !seen.insert(key) {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn a_key_is_there_once() {
        for good in [r#"{}"#, r#"{"a":1,"b":[{"a":null},{"a":-1.5e3}],"c":{"a":true,"é":"x"}}"#] {
            assert_eq!(object(good.as_bytes()), serde_json::from_str(good).unwrap(), "{good}");
        }
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"a":{"b":1,"c":2,"b":3}}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
            "[]",
            "1",
            "",
            "{} {}",
            r#"{"a":1e999}"#,
        ] {
            assert_eq!(object(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(object(b"{\"\xff\":1}"), None);
        assert_eq!(object(format!("{{\"a\":{}{}}}", "[".repeat(9_000), "]".repeat(9_000)).as_bytes()), None);
    }
}
