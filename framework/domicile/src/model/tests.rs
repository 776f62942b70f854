//! What `#[derive(Model)]` makes of rows, and what SQLite makes of columns.

use crate::model::schema::Kind;
use crate::model::{Decimal, Field, Model, v7};
use crate::row::Row;
use crate::value::{ToValue, Value, ValueRef};

#[derive(crate::Model, Debug, PartialEq)]
struct Page {
    id: i64,
    title: Option<String>,
    done: bool,
}

const CELLS: &[ValueRef<'_>] =
    &[ValueRef::Null, ValueRef::Number(7.0), ValueRef::Text("Hello"), ValueRef::Number(1.0)];

#[test]
fn a_row_is_read_from_where_its_columns_begin() {
    let page = Page::read(&Row::new(CELLS, &[]), 1).unwrap();
    assert_eq!(page, Page { id: 7, title: Some("Hello".to_owned()), done: true });
}

#[test]
fn a_column_that_holds_something_else_is_named() {
    let error = Page::read(&Row::new(CELLS, &[]), 0).unwrap_err().to_string();
    assert_eq!(error, "page.id: column 0: expected an integer, got NULL");
    let error = Page::read(&Row::new(CELLS, &[]), 2).unwrap_err().to_string();
    assert!(error.starts_with("page.id"), "{error}");
}

/// What is bound, as a host binds it to SQLite.
fn bound(value: &impl ToValue) -> rusqlite::types::Value {
    match value.to_value().unwrap().into_value() {
        Value::Null => rusqlite::types::Value::Null,
        Value::Number(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Blob(bytes) => bytes.into(),
    }
}

/// Stores the values in a STRICT table with a column of their type and reads them in the order of the column.
#[track_caller]
fn sorted_by_sqlite<T: Field + Ord + Clone + std::fmt::Debug>(mut values: Vec<T>) -> rusqlite::Connection {
    let sqlite = rusqlite::Connection::open_in_memory().unwrap();
    sqlite.execute_batch(&format!("CREATE TABLE t (v {} NOT NULL) STRICT", T::KIND.sql())).unwrap();
    for value in &values {
        sqlite.execute("INSERT INTO t VALUES (?)", [bound(value)]).unwrap();
    }
    values.sort();
    let mut query = sqlite.prepare("SELECT v FROM t ORDER BY v").unwrap();
    let read = query.query_map((), |row| {
        Ok(match row.get_ref(0)? {
            rusqlite::types::ValueRef::Text(text) => {
                T::from_value(ValueRef::Text(std::str::from_utf8(text).unwrap())).unwrap()
            }
            #[allow(clippy::cast_precision_loss, reason = "the platform gives doubles")]
            rusqlite::types::ValueRef::Integer(number) => {
                T::from_value(ValueRef::Number(number as f64)).unwrap()
            }
            other => panic!("{other:?}"),
        })
    });
    assert_eq!(read.unwrap().collect::<Result<Vec<_>, _>>().unwrap(), values);
    drop(query);
    sqlite
}

#[test]
fn sqlite_sorts_columns_as_their_values_are_sorted() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut draw = |digits: u8| {
        let most = 10_i128.pow(random.u32(0..=u32::from(digits)));
        random.i128(1 - most..most)
    };
    let narrow: Vec<_> = (0..500).filter_map(|_| Decimal::<15, 4>::from_units(draw(15))).collect();
    let sum = Decimal::checked_sum(narrow.iter().copied());
    let sqlite = sorted_by_sqlite(narrow);
    let total: i64 = sqlite.query_row("SELECT SUM(v) FROM t", (), |row| row.get(0)).unwrap();
    assert_eq!(sum, Decimal::from_units(total.into()));
    sorted_by_sqlite((0..500).filter_map(|_| Decimal::<28, 3>::from_units(draw(28))).collect());
    let ids = (0..500_i64).map(|ms| v7(crate::Timestamp::from_millis(ms * 7 % 500), [7; 10]));
    sorted_by_sqlite(ids.collect());
    let days = (0..500)
        .map(|day| jiff::civil::date(1999, 12, 25).checked_add(jiff::Span::new().days(day * 7 % 500)));
    sorted_by_sqlite(days.map(Result::unwrap).collect());
    let times = (0..500).map(|i| jiff::civil::time(9, 30, i8::try_from(i % 3).unwrap(), i % 40 * 25_000_000));
    sorted_by_sqlite(times.collect());
    sorted_by_sqlite((-250..250).map(|ms| crate::Timestamp::from_millis(ms * 7 % 250)).collect());
}

#[test]
fn kinds_are_written_and_read_beside_migrations() {
    let kinds = [
        i8::KIND,
        i64::KIND,
        u64::KIND,
        Kind::Integer { min: -3, max: 12 },
        Kind::Exact64,
        Kind::Float,
        Kind::Bool,
        Kind::Text,
        Kind::Bytes,
        Kind::Date,
        Kind::Time,
        Kind::DateTime,
        Kind::Timestamp,
        Decimal::<20, 2>::KIND,
        Kind::Uuid,
        Kind::Json,
    ];
    for kind in kinds {
        assert_eq!(kind.to_string().parse::<Kind>().unwrap(), kind);
    }
    assert_eq!(Decimal::<20, 2>::KIND.to_string(), "decimal(20, 2)");
    for junk in
        ["", "int", "decimal", "decimal(29, 2)", "decimal(0, 0)", "decimal(2, 3)", "integer(1)", "text(1, 2)"]
    {
        assert!(junk.parse::<Kind>().is_err(), "{junk}");
    }
}
