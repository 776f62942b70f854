//! [`Schema`]: what a model is, as const data that queries, migrations, fixtures and the admin site read.

use std::fmt;

/// A model: its table, its columns, and what holds for several columns together.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The name of the type, as in `Post`.
    pub name: &'static str,
    /// The table: the type's name in snake case, or `table = "…"`.
    pub table: &'static str,
    /// What people call one: the type's name as words, or `verbose_name = "…"`.
    pub verbose_name: &'static str,
    /// What people call several: with an `s`, or `verbose_name_plural = "…"`.
    pub verbose_name_plural: &'static str,
    /// The columns, in the order of the fields.
    pub columns: &'static [Column],
    /// Where the primary key stands in `columns`.
    pub key: usize,
    /// Indexes over several columns, and those with a name.
    pub indexes: &'static [Index],
    /// How rows are ordered where a query does not say: `ordering(-pub_date, title)`.
    pub ordering: &'static [Ordering],
    /// The full-text index, where the model has one: `search(title, content)`.
    pub search: Option<Search>,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name: the field's, or `column = "…"`.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be NULL: the field is an `Option`.
    pub nullable: bool,
    /// What a new row gets where nothing is said.
    pub default: Default,
    /// What it is set to by every update that does not say: `updated = now`.
    pub updated: Option<Moment>,
    /// Whether no two rows may have the same value.
    pub unique: bool,
    /// Whether it has an index of its own. Foreign keys have one unless `index = false` says otherwise.
    pub index: bool,
    /// The model that it points to.
    pub references: Option<Reference>,
    /// The most characters that text may have.
    pub max_length: Option<u32>,
    /// The values that are allowed; empty when all are.
    pub choices: &'static [Choice],
    /// What people call it: the field's name as words, or `verbose_name = "…"`.
    pub verbose_name: &'static str,
    /// A sentence for the one who fills it in.
    pub help: &'static str,
    /// Whether text may be empty: `blank`.
    pub blank: bool,
}

/// What a column holds. It decides how the column is stored, checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A whole number between two bounds, stored as INTEGER.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A whole number of 64 bits, exact beyond 2⁵³: INTEGER, read as text.
    Exact64,
    /// A floating-point number: REAL.
    Float,
    /// 0 or 1: INTEGER.
    Bool,
    /// TEXT.
    Text,
    /// BLOB.
    Bytes,
    /// A day, `2026-11-03`: TEXT.
    Date,
    /// A time of day, `09:30:00` or `09:30:00.25`: TEXT.
    Time,
    /// A day and a time of day as the clocks of some place show them, `2026-11-03T09:30:00`: TEXT. A moment is a
    /// [`Timestamp`](Kind::Timestamp).
    DateTime,
    /// A moment in UTC, milliseconds since 1970: INTEGER.
    Timestamp,
    /// A decimal number. Up to 15 digits it is stored as an INTEGER of the smallest unit, so that it sorts, sums and
    /// indexes exactly; above that as text that sorts as the numbers do.
    Decimal {
        /// All digits.
        digits: u8,
        /// Those after the point.
        places: u8,
    },
    /// `67e55044-10b1-426f-9247-bb680e5fe0c8`: TEXT.
    Uuid,
    /// TEXT.
    Json,
}

impl Kind {
    /// The type of the column in a STRICT table.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Kind::Integer { .. } | Kind::Exact64 | Kind::Bool | Kind::Timestamp => "INTEGER",
            Kind::Float => "REAL",
            Kind::Bytes => "BLOB",
            Kind::Decimal { digits, .. } if digits <= DECIMAL_INTEGER_DIGITS => "INTEGER",
            Kind::Text
            | Kind::Date
            | Kind::Time
            | Kind::DateTime
            | Kind::Decimal { .. }
            | Kind::Uuid
            | Kind::Json => "TEXT",
        }
    }
}

impl Kind {
    /// Whether values of both can be the same: all whole numbers can, and decimals of as many places in the same form.
    #[must_use]
    pub const fn compares_with(self, other: Self) -> bool {
        use Kind::{
            Bool, Bytes, Date, DateTime, Decimal, Exact64, Float, Integer, Json, Text, Time, Timestamp, Uuid,
        };
        match (self, other) {
            (Decimal { digits, places }, Decimal { digits: others, places: other_places }) => {
                let integer = digits <= DECIMAL_INTEGER_DIGITS;
                places == other_places
                    && integer == (others <= DECIMAL_INTEGER_DIGITS)
                    && (integer || digits == others)
            }
            (Integer { .. } | Exact64, Integer { .. } | Exact64)
            | (Float, Float)
            | (Bool, Bool)
            | (Text, Text)
            | (Bytes, Bytes)
            | (Date, Date)
            | (Time, Time)
            | (DateTime, DateTime)
            | (Timestamp, Timestamp)
            | (Uuid, Uuid)
            | (Json, Json) => true,
            _ => false,
        }
    }
}

/// The most digits of a decimal that is stored as an INTEGER: 15, so that every value is below 2⁵³.
pub const DECIMAL_INTEGER_DIGITS: u8 = 15;

/// The most digits of a decimal.
pub const DECIMAL_DIGITS: u8 = 28;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Integer { min, max } => {
                match INTEGERS.iter().find(|known| (known.1, known.2) == (*min, *max)) {
                    Some((name, ..)) => f.write_str(name),
                    None => write!(f, "integer({min}, {max})"),
                }
            }
            Kind::Exact64 => f.write_str("exact64"),
            Kind::Float => f.write_str("float"),
            Kind::Bool => f.write_str("bool"),
            Kind::Text => f.write_str("text"),
            Kind::Bytes => f.write_str("bytes"),
            Kind::Date => f.write_str("date"),
            Kind::Time => f.write_str("time"),
            Kind::DateTime => f.write_str("datetime"),
            Kind::Timestamp => f.write_str("timestamp"),
            Kind::Decimal { digits, places } => write!(f, "decimal({digits}, {places})"),
            Kind::Uuid => f.write_str("uuid"),
            Kind::Json => f.write_str("json"),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes, as it stands beside migrations.
impl std::str::FromStr for Kind {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown =
            || crate::Error::new(crate::Kind::Decode, format!("there is no kind of column `{text}`"));
        if let Some((_, min, max)) = INTEGERS.iter().find(|known| known.0 == text) {
            return Ok(Kind::Integer { min: *min, max: *max });
        }
        let (name, arguments) = match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            Some((name, arguments)) => (name, arguments.split_once(", ")),
            None => (text, None),
        };
        Ok(match (name, arguments) {
            ("exact64", None) => Kind::Exact64,
            ("float", None) => Kind::Float,
            ("bool", None) => Kind::Bool,
            ("text", None) => Kind::Text,
            ("bytes", None) => Kind::Bytes,
            ("date", None) => Kind::Date,
            ("time", None) => Kind::Time,
            ("datetime", None) => Kind::DateTime,
            ("timestamp", None) => Kind::Timestamp,
            ("uuid", None) => Kind::Uuid,
            ("json", None) => Kind::Json,
            ("decimal", Some((digits, places))) => {
                let digits: u8 = digits.parse().map_err(|_| unknown())?;
                let places: u8 = places.parse().map_err(|_| unknown())?;
                if digits == 0 || digits > DECIMAL_DIGITS || places > digits {
                    return Err(unknown());
                }
                Kind::Decimal { digits, places }
            }
            ("integer", Some((min, max))) => Kind::Integer {
                min: min.parse().map_err(|_| unknown())?,
                max: max.parse().map_err(|_| unknown())?,
            },
            _ => return Err(unknown()),
        })
    }
}

/// The integers of Rust that a number of a Durable Object holds, which is exact up to ±(2⁵³−1).
const INTEGERS: &[(&str, i64, i64)] = &[
    ("i8", i8::MIN as i64, i8::MAX as i64),
    ("i16", i16::MIN as i64, i16::MAX as i64),
    ("i32", i32::MIN as i64, i32::MAX as i64),
    ("i64", -crate::value::MAX_SAFE_INTEGER, crate::value::MAX_SAFE_INTEGER),
    ("u8", 0, u8::MAX as i64),
    ("u16", 0, u16::MAX as i64),
    ("u32", 0, u32::MAX as i64),
    ("u64", 0, crate::value::MAX_SAFE_INTEGER),
];

/// What a new row gets in a column that is not set.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Default {
    /// Nothing: it must be set, or is NULL where that is allowed. The key of an INTEGER is the next free one.
    None,
    /// A value that is the same for all rows. It stands in the table's definition too, so that rows that are there get
    /// it when the column is added.
    Value(Literal),
    /// The time or the day of the event that creates the row.
    Now,
    /// A random UUID of version 7, in whose order rows were created; from the event's time and randomness.
    Uuid,
}

/// A moment that a column is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// The time of the event.
    Now,
}

/// A value in const data, in the form in which it is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// INTEGER.
    Integer(i64),
    /// REAL.
    Real(f64),
    /// TEXT.
    Text(&'static str),
    /// BLOB.
    Blob(&'static [u8]),
}

/// What a foreign key points to.
#[derive(Clone, Copy)]
pub struct Reference {
    /// The model, by a function, since models may point to each other.
    pub model: fn() -> &'static Schema,
    /// What becomes of a row whose target is deleted.
    pub on_delete: OnDelete,
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference")
            .field("model", &(self.model)().name)
            .field("on_delete", &self.on_delete)
            .finish()
    }
}

/// What becomes of a row whose foreign key's target is deleted. The data layer carries it out; in SQL every key is
/// immediate and NO ACTION.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnDelete {
    /// The target cannot be deleted while the row is there.
    Protect,
    /// It is deleted too.
    Cascade,
    /// Its key becomes NULL.
    SetNull,
    /// Its key becomes the column's default.
    SetDefault,
}

/// A value that is allowed, and what people call it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The value as stored.
    pub value: Literal,
    /// What people call it.
    pub label: &'static str,
}

/// An index over columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// The columns by name, in order.
    pub columns: &'static [&'static str],
    /// Whether no two rows may have the same values in them.
    pub unique: bool,
}

/// A column to order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordering {
    /// The column by name.
    pub column: &'static str,
    /// Largest first.
    pub descending: bool,
}

/// A full-text index (FTS5) over columns of a model, kept by triggers. The table is `<table>_search`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// The columns by name.
    pub columns: &'static [&'static str],
    /// How FTS5 makes words of text: `unicode61` unless `tokenizer = "…"` says otherwise.
    pub tokenizer: &'static str,
}

impl Schema {
    /// The column of the primary key.
    #[must_use]
    pub const fn key(&self) -> &'static Column {
        &self.columns[self.key]
    }

    /// The column called `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Two names of one model: only one of them may have the table.
impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
    }
}
