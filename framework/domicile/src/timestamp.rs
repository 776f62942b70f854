//! [`Timestamp`]: milliseconds since 1970 in UTC, the resolution of the platform's own clock and alarms.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment in UTC, in whole milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `ms` milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment `time` later; the last one there is where the sum does not fit.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl crate::value::ToValue for Timestamp {
    fn to_value(&self) -> crate::Result<crate::value::Param<'_>> {
        self.0.to_value()
    }
}

impl crate::value::FromValue for Timestamp {
    fn from_value(value: crate::value::ValueRef<'_>) -> crate::Result<Self> {
        i64::from_value(value).map(Self)
    }
}

impl postcard_schema::Schema for Timestamp {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Timestamp",
        ty: &postcard_schema::schema::DataModelType::NewtypeStruct(<i64 as postcard_schema::Schema>::SCHEMA),
    };
}
