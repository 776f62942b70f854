//! Random models and rows that they could have.

use std::collections::BTreeMap;

use domicile::model::schema::Kind;
use domicile::value::MAX_SAFE_INTEGER;
use fastrand::Rng;
use rusqlite::types::Value;

use crate::migrate::state::{Column, Index, Reference, Search, Snapshot, Table};
use crate::migrate::text;

/// A row by its columns; `#rowid` is the number of a row whose key is no number.
pub(super) type Row = BTreeMap<String, Value>;

/// The rows of each table.
pub(super) type Rows = BTreeMap<String, Vec<Row>>;

pub(super) const ROWID: &str = "#rowid";

pub(super) const I64: Kind = Kind::Integer { min: -MAX_SAFE_INTEGER, max: MAX_SAFE_INTEGER };

/// Names of every sort that SQLite has trouble with.
const ODD: [&str; 8] = ["order", "group", "Select", "a_b", "a", "b_c", "it's", "with space"];

/// Gives names that nothing else has.
#[derive(Default)]
pub(super) struct Names(usize);

impl Names {
    pub(super) fn next(&mut self, rng: &mut Rng, start: &str) -> String {
        self.0 += 1;
        if rng.u8(..) < 60 {
            format!("{}{}", ODD[rng.usize(..ODD.len())], self.0)
        } else {
            format!("{start}{}", self.0)
        }
    }
}

pub(super) fn key_kind(rng: &mut Rng) -> Kind {
    [I64, I64, I64, Kind::Text, Kind::Uuid, Kind::Integer { min: 0, max: u32::MAX.into() }][rng.usize(..6)]
}

pub(super) fn kind(rng: &mut Rng) -> Kind {
    match rng.u8(..18) {
        0..=2 => Kind::Text,
        3 => I64,
        4 => Kind::Integer { min: 0, max: 255 },
        5 => Kind::Integer { min: -32768, max: 32767 },
        6 => Kind::Exact64,
        7 => Kind::Float,
        8 => Kind::Bool,
        9 => Kind::Bytes,
        10 => Kind::Date,
        11 => Kind::Timestamp,
        12 => Kind::Json,
        13 => Kind::Uuid,
        14 => Kind::Decimal { digits: 20, places: 2 },
        _ => {
            let places = rng.u8(0..4);
            Kind::Decimal { digits: rng.u8(places + 3..12), places }
        }
    }
}

/// A value that a column may have by default.
pub(super) fn default(rng: &mut Rng, kind: Kind) -> Option<String> {
    rng.bool().then(|| sql(&value(rng, kind)))
}

pub(super) fn sql(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => text::real(*number),
        Value::Text(value) => text::text(value),
        Value::Blob(bytes) => text::blob(bytes),
    }
}

/// Any value of a kind.
pub(super) fn value(rng: &mut Rng, kind: Kind) -> Value {
    let number = rng.u16(..);
    let small = i64::from(number % 7);
    match kind {
        Kind::Integer { min, max } => Value::Integer(match rng.u8(..6) {
            0 => min,
            1 => max,
            _ => small.clamp(min, max),
        }),
        Kind::Exact64 => Value::Integer(if rng.u8(..5) == 0 { i64::MAX - small } else { small }),
        Kind::Float => Value::Real([0.0, -1.5, 3.0, 1e300, 2.5, 7.0, 12.0][usize::try_from(small).unwrap()]),
        Kind::Bool => Value::Integer(small % 2),
        Kind::Bytes => Value::Blob(number.to_be_bytes().to_vec()),
        Kind::Timestamp => Value::Integer(1_767_268_800_000 + i64::from(number)),
        Kind::Decimal { digits, .. } if digits > 15 => Value::Text(format!("+{number:020}")),
        Kind::Decimal { digits, places } => Value::Integer(match rng.u8(..5) {
            0 => 10_i64.pow(digits.into()) - 1,
            1 => -i64::from(number % 900),
            _ => i64::from(number % 900) * 10_i64.pow(places.into()).min(100) % 10_i64.pow(digits.into()),
        }),
        Kind::Date => Value::Text(format!("2026-{:02}-{:02}", number % 12 + 1, number % 28 + 1)),
        Kind::Uuid => Value::Text(format!("67e55044-10b1-426f-9247-bb680e5f{number:04x}")),
        Kind::Json => {
            Value::Text(["{}", "[1, \"x\"]", "\"it's\"", "null"][usize::from(number % 4)].to_owned())
        }
        _ => Value::Text(match number % 9 {
            0 => String::new(),
            1 => "it's; -- \"quoted\"".to_owned(),
            2 => "{\"a\": 1}".to_owned(),
            3 => "2026-02-28".to_owned(),
            4 => "2026-02-31".to_owned(),
            5 => format!("0{number}"),
            6 => format!("-{}", number % 50 + 1),
            _ => (number % 200).to_string(),
        }),
    }
}

/// The value with this number, of which each has another.
fn distinct(kind: Kind, number: i64) -> Value {
    match kind {
        Kind::Bool => Value::Integer(number % 2),
        Kind::Float => Value::Real(2.0f64.powi(i32::try_from(number % 500).unwrap())),
        Kind::Bytes => Value::Blob(number.to_be_bytes().to_vec()),
        Kind::Uuid => Value::Text(format!("67e55044-10b1-426f-9247-bb680e{number:06x}")),
        Kind::Date => Value::Text(format!("{}-01-01", 1900 + number)),
        Kind::Decimal { digits, .. } if digits > 15 => Value::Text(format!("+{number:020}")),
        kind if kind.sql() == "TEXT" => Value::Text((number * 11).to_string()),
        _ => Value::Integer(number % 1000),
    }
}

/// Models of up to four tables that may point to each other.
pub(super) fn models(rng: &mut Rng, names: &mut Names) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for _ in 0..rng.usize(1..5) {
        snapshot.tables.push(table(rng, names));
    }
    let targets: Vec<_> =
        snapshot.tables.iter().map(|table| (table.name.clone(), key(table).clone())).collect();
    for at in 0..snapshot.tables.len() {
        for _ in 0..rng.usize(..3) {
            let to = rng.usize(..targets.len());
            let column = reference(rng, names, &targets[to]);
            let table = &mut snapshot.tables[at];
            if rng.u8(..5) > 0 {
                let unique = rng.u8(..5) == 0;
                table.indexes.push(Index { name: String::new(), columns: vec![column.name.clone()], unique });
            }
            table.columns.push(column);
        }
    }
    snapshot.name_indexes();
    snapshot
}

pub(super) fn key(table: &Table) -> &Column {
    table.column(&table.key).unwrap()
}

/// A table without foreign keys.
pub(super) fn table(rng: &mut Rng, names: &mut Names) -> Table {
    let key = Column {
        name: if rng.bool() { "id".to_owned() } else { names.next(rng, "k") },
        kind: key_kind(rng),
        nullable: false,
        default: None,
        references: None,
    };
    let mut table = Table {
        name: names.next(rng, "t"),
        key: key.name.clone(),
        columns: vec![key],
        indexes: Vec::new(),
        search: None,
    };
    for _ in 0..rng.usize(..6) {
        let column = column(rng, names);
        table.columns.push(column);
    }
    for _ in 0..rng.usize(..3) {
        index(rng, &mut table);
    }
    if rng.u8(..4) == 0 {
        search(rng, &mut table);
    }
    table
}

pub(super) fn column(rng: &mut Rng, names: &mut Names) -> Column {
    let kind = kind(rng);
    Column {
        name: names.next(rng, "c"),
        kind,
        nullable: rng.bool(),
        default: default(rng, kind),
        references: None,
    }
}

pub(super) fn reference(rng: &mut Rng, names: &mut Names, (table, key): &(String, Column)) -> Column {
    Column {
        name: names.next(rng, "f"),
        kind: key.kind,
        nullable: rng.u8(..3) > 0,
        default: None,
        references: Some(Reference { table: table.clone(), column: key.name.clone() }),
    }
}

pub(super) fn index(rng: &mut Rng, table: &mut Table) {
    let mut columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.name != table.key)
        .map(|column| column.name.clone())
        .collect();
    rng.shuffle(&mut columns);
    columns.truncate(rng.usize(1..3));
    if !columns.is_empty() && !table.indexes.iter().any(|index| index.columns == columns) {
        table.indexes.push(Index { name: String::new(), columns, unique: rng.u8(..3) == 0 });
    }
}

pub(super) fn search(rng: &mut Rng, table: &mut Table) {
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.kind == Kind::Text)
        .map(|column| column.name.clone())
        .collect();
    if columns.is_empty() {
        return;
    }
    let tokenizer = if rng.bool() { "unicode61" } else { "porter unicode61" }.to_owned();
    table.search = Some(Search { columns: columns[..rng.usize(1..=columns.len())].to_vec(), tokenizer });
}

/// Rows that these models allow.
pub(super) fn rows(rng: &mut Rng, snapshot: &Snapshot) -> Rows {
    let mut counts: BTreeMap<&str, i64> =
        snapshot.tables.iter().map(|table| (table.name.as_str(), rng.i64(0..6))).collect();
    // A key that must point somewhere needs a row there, and one that nobody else has one for each.
    for _ in 0..snapshot.tables.len() {
        for table in &snapshot.tables {
            for column in &table.columns {
                let Some(to) = column.references.as_ref().filter(|_| !column.nullable) else { continue };
                let there = counts[to.table.as_str()];
                let own = counts.get_mut(table.name.as_str()).unwrap();
                let most = if is_unique(table, &column.name) { there } else { there * 9 };
                *own = (*own).min(most);
            }
        }
    }
    let keys = |table: &str| -> Vec<Value> {
        let kind = key(snapshot.table(table).unwrap()).kind;
        (1..=counts[table]).map(|number| distinct(kind, number * 3)).collect()
    };
    let mut all = Rows::new();
    for table in &snapshot.tables {
        let own = keys(&table.name);
        let made = own.iter().enumerate().map(|(at, own)| {
            let number = i64::try_from(at).unwrap() + 1;
            let mut row = Row::new();
            for column in &table.columns {
                let unique = is_unique(table, &column.name);
                let value = if column.name == table.key {
                    own.clone()
                } else if column.nullable && rng.u8(..3) == 0 {
                    Value::Null
                } else if let Some(to) = &column.references {
                    let there = keys(&to.table);
                    let place = if unique { at } else { rng.usize(..there.len().max(1)) };
                    there.get(place).cloned().unwrap_or(Value::Null)
                } else if unique {
                    distinct(column.kind, number)
                } else {
                    value(rng, column.kind)
                };
                row.insert(column.name.clone(), value);
            }
            if !table.key_is_rowid() {
                row.insert(ROWID.to_owned(), Value::Integer(number * 5));
            }
            row
        });
        let mut made: Vec<Row> = made.collect();
        // What two columns or 0 and 1 cannot keep apart.
        while !super::expect::is_unique(table, &made) {
            made.pop();
            // Nobody may point to a row that is gone.
            if snapshot.tables.iter().any(|t| {
                t.columns.iter().any(|c| c.references.as_ref().is_some_and(|r| r.table == table.name))
            }) {
                return Rows::from_iter(snapshot.tables.iter().map(|table| (table.name.clone(), Vec::new())));
            }
        }
        all.insert(table.name.clone(), made);
    }
    all
}

fn is_unique(table: &Table, column: &str) -> bool {
    table.indexes.iter().any(|index| index.unique && index.columns.iter().any(|other| other == column))
}
