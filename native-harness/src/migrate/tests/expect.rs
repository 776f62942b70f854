//! What must become of rows, told without SQL and without the planner: the second opinion of the property test.

use std::collections::BTreeSet;

use domicile::model::schema::Kind;
use domicile::value::MAX_SAFE_INTEGER;
use rusqlite::types::Value;

use super::edit::{Draft, Drafted};
use super::world::{ROWID, Row, Rows};
use crate::migrate::state::Table;

/// What must come of a step.
#[derive(Debug)]
pub(super) enum Expected {
    /// These rows.
    Rows(Rows),
    /// It fails when it is applied, for this reason, and leaves all as it was.
    Fails(String),
}

/// What must become of `before`.
pub(super) fn expect(before: &Rows, draft: &Draft) -> Expected {
    let mut after = Rows::new();
    for table in &draft.tables {
        let Some(origin) = &table.origin else {
            after.insert(table.table.name.clone(), Vec::new());
            continue;
        };
        let mut rows = Vec::new();
        for row in &before[origin] {
            match expect_row(row, table) {
                Ok(row) => rows.push(row),
                Err(why) => return Expected::Fails(why),
            }
        }
        if !is_unique(&table.table, &rows) {
            return Expected::Fails(format!("values of {} are there twice", table.table.name));
        }
        after.insert(table.table.name.clone(), rows);
    }
    for table in draft.tables.iter().map(|table| &table.table) {
        for column in &table.columns {
            let Some(to) = &column.references else { continue };
            let there: BTreeSet<String> =
                after[&to.table].iter().map(|row| format!("{:?}", row[&to.column])).collect();
            for row in &after[&table.name] {
                let value = &row[&column.name];
                if *value != Value::Null && !there.contains(&format!("{value:?}")) {
                    return Expected::Fails(format!("{}.{} points nowhere", table.name, column.name));
                }
            }
        }
    }
    Expected::Rows(after)
}

fn expect_row(before: &Row, drafted: &Drafted) -> Result<Row, String> {
    let table = &drafted.table;
    let mut after = Row::new();
    for (column, origin) in table.columns.iter().zip(&drafted.origins) {
        let name = &column.name;
        let fill = drafted.fills.get(name).map(|(value, _)| value.clone());
        let default = || column.default.as_deref().map(read);
        let value = match origin {
            None => fill.or_else(default).unwrap_or(Value::Null),
            Some((origin, kind)) => {
                let value = converted(before[origin].clone(), *kind, column.kind).ok_or_else(|| {
                    format!("{}.{name}: {:?} is no {}", table.name, before[origin], column.kind)
                })?;
                if value == Value::Null && !column.nullable {
                    fill.or_else(default).unwrap_or(Value::Null)
                } else {
                    value
                }
            }
        };
        after.insert(name.clone(), value);
    }
    if !table.key_is_rowid() {
        let number = before.get(ROWID).cloned().or_else(|| {
            let (origin, _) = drafted.origins[drafted.key()].clone()?;
            Some(before[&origin].clone())
        });
        after.insert(ROWID.to_owned(), number.unwrap());
    }
    Ok(after)
}

/// The value of a literal that `world::sql` wrote.
fn read(literal: &str) -> Value {
    if let Some(text) = literal.strip_prefix('\'') {
        return Value::Text(text.trim_end_matches('\'').replace("''", "'"));
    }
    if let Some(digits) = literal.strip_prefix("x'") {
        let digits = digits.trim_end_matches('\'');
        let bytes =
            (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
        return Value::Blob(bytes.collect());
    }
    literal.parse().map_or_else(|_| Value::Real(literal.parse().unwrap()), Value::Integer)
}

/// A value as one of another kind; nothing where it is none.
fn converted(value: Value, from: Kind, to: Kind) -> Option<Value> {
    if from == to || value == Value::Null {
        return Some(value);
    }
    let small = |kind| {
        if let Kind::Decimal { digits, places } = kind {
            (digits <= 15).then_some((digits, places))
        } else {
            None
        }
    };
    match (value, small(from), small(to)) {
        (Value::Integer(number), scaled, Some((digits, places))) => {
            let given = scaled.map_or(0, |(_, places)| places);
            let whole = i128::from(number) * 10_i128.pow(places.into());
            let unit = 10_i128.pow(given.into());
            let fits = whole % unit == 0 && (whole / unit).abs() < 10_i128.pow(digits.into());
            fits.then(|| Value::Integer(i64::try_from(whole / unit).unwrap()))
        }
        (Value::Integer(number), Some((_, places)), None) => {
            let unit = 10_i64.pow(places.into());
            if number % unit != 0 {
                return None;
            }
            whole(number / unit, to)
        }
        (Value::Integer(number), None, None) => match to {
            Kind::Text => Some(Value::Text(number.to_string())),
            #[allow(clippy::cast_precision_loss)]
            Kind::Float => Some(Value::Real(number as f64)),
            _ => whole(number, to),
        },
        #[allow(clippy::cast_possible_truncation)]
        (Value::Real(number), ..) if number.fract() == 0.0 && number.abs() < 9e18 => whole(number as i64, to),
        (Value::Text(text), ..) => match to {
            Kind::Bytes => Some(Value::Blob(text.into_bytes())),
            Kind::Json => {
                serde_json::from_str::<serde_json::Value>(&text).is_ok().then_some(Value::Text(text))
            }
            Kind::Date => is_date(&text).then_some(Value::Text(text)),
            _ if to.sql() == "TEXT" => Some(Value::Text(text)),
            _ => {
                let number: i64 = text.parse().ok()?;
                (number.to_string() == text).then(|| whole(number, to))?
            }
        },
        _ => None,
    }
}

fn whole(number: i64, to: Kind) -> Option<Value> {
    let range = match to {
        Kind::Integer { min, max } => min..=max,
        Kind::Bool => 0..=1,
        Kind::Timestamp => -MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER,
        _ => i64::MIN..=i64::MAX,
    };
    range.contains(&number).then_some(Value::Integer(number))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return false;
    }
    let (Ok(month), Ok(day)) = (month.parse::<u8>(), day.parse::<u8>()) else { return false };
    // The years that are drawn are none with a 29 February.
    let days = match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Whether the rows have what must be there once only once.
pub(super) fn is_unique(table: &Table, rows: &[Row]) -> bool {
    let key = vec![table.key.clone()];
    let indexes = table.indexes.iter().filter(|index| index.unique).map(|index| &index.columns);
    indexes.chain([&key]).all(|columns| {
        let mut seen = BTreeSet::new();
        rows.iter().all(|row| {
            let values: Vec<&Value> = columns.iter().map(|column| &row[column]).collect();
            values.contains(&&Value::Null) || seen.insert(format!("{values:?}"))
        })
    })
}
