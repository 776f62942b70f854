//! What each kind of column takes, and what is said of the rest.

use super::*;
use crate::error;
use crate::model::Model;
use crate::value::{ToValue, ValueRef};

#[derive(domicile_macros::Choices, Debug, Clone, Copy)]
enum Status {
    Draft,
    Live,
}

#[derive(crate::Model)]
struct Everything {
    id: i64,
    small: u8,
    exact: crate::Exact64,
    float: f64,
    flag: bool,
    #[model(max_length = 3)]
    text: String,
    #[model(blank)]
    empty: String,
    bytes: Vec<u8>,
    date: jiff::civil::Date,
    time: jiff::civil::Time,
    local: jiff::civil::DateTime,
    at: crate::Timestamp,
    price: crate::model::Decimal<5, 2>,
    wide: crate::model::Decimal<20, 2>,
    uuid: ::uuid::Uuid,
    json: crate::model::Json<Vec<i64>>,
    maybe: Option<u8>,
    status: Status,
    #[model(choices(1 = "Low", 2 = "High"))]
    level: Option<i64>,
    #[model(blank)]
    open: Status,
}

fn column(name: &str) -> &'static Column {
    Everything::SCHEMA.column(name).unwrap_or_else(|| panic!("there is no {name}"))
}

#[track_caller]
fn fine<'a>(name: &str, values: impl IntoIterator<Item = ValueRef<'a>>) {
    for value in values {
        assert_eq!(check(column(name), value), None, "{name} {value:?}");
    }
}

#[track_caller]
fn refused<'a>(name: &str, values: impl IntoIterator<Item = ValueRef<'a>>, says: &str) {
    for value in values {
        assert_eq!(check(column(name), value).as_deref(), Some(says), "{name} {value:?}");
    }
}

use ValueRef::{Blob, Null, Number, Text};

#[test]
fn numbers_are_between_their_bounds() {
    fine("small", [Number(0.0), Number(255.0)]);
    let says = "Write a whole number from 0 to 255.";
    refused(
        "small",
        [Number(-1.0), Number(256.0), Number(1.5), Number(f64::NAN), Text("1"), Blob(b"1")],
        says,
    );
    fine("id", [Number(9_007_199_254_740_991.0)]);
    refused("id", [Number(9_007_199_254_740_992.0), Text("x")], "Write a whole number of at most 15 digits.");
    fine("exact", [Text("-9223372036854775808"), Number(5.0)]);
    refused("exact", [Text("9223372036854775808"), Text("")], "Write a whole number of at most 64 bits.");
    fine("float", [Number(-0.5)]);
    refused("float", [Number(f64::INFINITY), Text("1")], "Write a number, such as 0.5.");
    fine("flag", [Number(0.0), Number(1.0)]);
    refused("flag", [Number(2.0), Text("true")], "Write true or false.");
    fine("at", [Number(-1.0)]);
    refused("at", [Number(0.5), Text("2026")], "Write a day and a time, such as 2026-11-03T09:30.");
}

#[test]
fn text_has_a_length_and_is_not_empty_unless_it_may() {
    fine("text", [Text("äöü")]);
    refused("text", [Text("four")], "Write at most 3 characters; these are 4.");
    refused("text", [Text(""), Null], "This field is required.");
    refused("text", [Number(1.0)], "Write text.");
    fine("empty", [Text("")]);
    refused("empty", [Null], "This field is required.");
    fine("bytes", [Blob(b"")]);
    refused("bytes", [Text("")], "Write bytes in Base64.");
    fine("maybe", [Null]);
}

#[test]
fn what_is_stored_as_text_is_in_its_form() {
    fine("date", [Text("2026-11-03")]);
    refused("date", [Text("3.11.2026"), Text("2026-02-29"), Number(1.0)], "Write a day, such as 2026-11-03.");
    fine("time", [Text("09:30:00")]);
    refused("time", [Text("9:30")], "Write a time of day, such as 09:30.");
    fine("local", [Text("2026-11-03T09:30:00")]);
    refused("local", [Text("2026-11-03T09:30")], "Write a day and a time, such as 2026-11-03T09:30.");
    fine("uuid", [Text("67e55044-10b1-426f-9247-bb680e5fe0c8")]);
    refused("uuid", [Text("67e55044")], "Write a UUID, such as 67e55044-10b1-426f-9247-bb680e5fe0c8.");
    fine("json", [Text("[1]"), Text("{}")]);
    refused("json", [Text("[1"), Text(""), Number(1.0)], "Write JSON.");
}

#[test]
fn decimals_have_their_digits() {
    fine("price", [Number(99_999.0), Number(-99_999.0)]);
    let says = "Write a number with at most 3 digits before the point and 2 behind it.";
    refused("price", [Number(100_000.0), Number(0.5), Text("1.00")], says);
    fine("wide", [Text("0000000000000000001.50")]);
}

#[test]
fn choices_are_named_by_their_labels() {
    fine("status", [Text("live")]);
    refused("status", [Text("Live"), Text("gone")], "Choose one of: Draft, Live.");
    refused("status", [Text("")], "This field is required.");
    fine("level", [Number(1.0), Number(2.0), Null]);
    refused("level", [Number(3.0)], "Choose one of: Low, High.");
    fine("open", [Text("")]);
}

#[test]
fn a_row_tells_all_that_is_wrong_with_it() {
    let values = Everything::SCHEMA.columns.iter().map(|column| match column.name {
        "small" => Number(256.0),
        "text" => Text(""),
        "status" => Text("gone"),
        "float" => Number(1.0),
        _ if column.nullable => Null,
        _ if fits(column.kind, Number(1.0)).is_none() => Number(1.0),
        "json" => Text("[]"),
        "uuid" => Text("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        "wide" => Text("0000000000000000001.50"),
        "date" => Text("2026-11-03"),
        "time" => Text("09:30:00"),
        "local" => Text("2026-11-03T09:30:00"),
        "bytes" => Blob(b""),
        "open" => Text("draft"),
        _ => Text("x"),
    });
    let error = check_row(Everything::SCHEMA, values).unwrap_err();
    assert_eq!(error.kind(), error::Kind::Invalid);
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["small", "text", "status"]);
    let says = "small: Write a whole number from 0 to 255. text: This field is required. status: Choose one of: Draft, Live.";
    assert_eq!((error.to_string().as_str(), error.public_message().as_str()), (says, says));
}

#[derive(crate::Model)]
struct Named {
    #[model(key)]
    name: String,
}

#[derive(crate::Model)]
struct Numbered {
    id: i64,
    name: String,
}

#[test]
fn a_key_that_the_store_gives_may_be_missing() {
    assert!(check_row(Numbered::SCHEMA, [Null, Text("x")]).is_ok());
    assert!(check_row(Named::SCHEMA, [Null]).is_err());
    assert!(check_row(Numbered::SCHEMA, [Null, Null]).is_err());
}

#[test]
fn what_the_types_bind_is_fine() {
    for number in [i64::from(u8::MAX), 0] {
        let value = number.to_value().unwrap();
        fine("small", [value.as_ref()]);
    }
    let (exact, now) = (crate::Exact64::new(i64::MIN), crate::Timestamp::from_millis(1));
    fine("exact", [exact.to_value().unwrap().as_ref()]);
    fine("at", [now.to_value().unwrap().as_ref()]);
    fine("wide", [crate::model::Decimal::<20, 2>::MIN.to_value().unwrap().as_ref()]);
    fine("time", [jiff::civil::Time::MAX.to_value().unwrap().as_ref()]);
}
