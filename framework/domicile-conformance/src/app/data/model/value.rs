//! Models whose columns are of every type.

use domicile::model::{Decimal, Json};
use domicile::prelude::{Choices, Exact64, Model, Timestamp};
use jiff::civil::{Date, Time};
use uuid::Uuid;

/// Each type that a number of the platform holds, where NULL is allowed.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Everything {
    pub id: i64,
    pub small: Option<i8>,
    pub exact: Option<Exact64>,
    pub float: Option<f64>,
    pub yes: Option<bool>,
    #[model(blank)]
    pub text: Option<String>,
    pub bytes: Option<Vec<u8>>,
    pub moment: Option<Timestamp>,
}

/// Integers of each width.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Number {
    pub id: u32,
    pub i8: i8,
    pub i16: i16,
    pub i32: i32,
    pub i64: i64,
    pub u8: u8,
    pub u16: u16,
    pub u32: u32,
    pub u64: u64,
}

/// A number beyond 2⁵³.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Exact {
    pub id: u32,
    pub n: Exact64,
}

/// A text that may be empty.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Note {
    pub id: u32,
    #[model(blank)]
    pub text: String,
}

/// A moment and a number.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Instant {
    pub id: u32,
    pub at: Timestamp,
    pub n: i64,
}

/// Two numbers, and a name that is a word of SQL.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "order", unique(group, select))]
pub(crate) struct Pair {
    pub id: u32,
    pub group: i64,
    pub select: i64,
}

/// One of a few, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choices)]
pub(crate) enum State {
    Draft,
    InReview,
    #[choice(value = "live", label = "On the site")]
    Published,
}

/// The types that are stored in another form.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Typed {
    pub id: u32,
    pub day: Date,
    pub time: Time,
    #[model(index)]
    pub uuid: Uuid,
    pub money: Decimal<9, 2>,
    pub large: Decimal<24, 4>,
    pub json: Json<serde_json::Value>,
    pub maybe: Option<Decimal<9, 2>>,
    pub state: Option<State>,
}

/// What the event and the schema give.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Stamp {
    pub id: u32,
    #[model(max_length = 5)]
    pub code: String,
    #[model(default = now)]
    pub made: Timestamp,
    #[model(updated = now)]
    pub changed: Timestamp,
    #[model(default = uuid)]
    pub token: Uuid,
    #[model(default = today)]
    pub day: Date,
    #[model(default = 1, choices(1 = "Low", 2 = "High"))]
    pub level: i8,
}

/// A key and nothing else.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Bare {
    pub id: u32,
}
