//! What forms and fixtures give and get, kind by kind.

use serde_json::{Value as Tree, json};

use super::*;
use crate::model::{Decimal, Field};

/// A column of the type `T`, of which nothing else is said.
fn column<T: Field>() -> Column {
    Column { blank: true, references: None, ..T::SLOT.plain("c", "c") }
}

#[track_caller]
fn parses<T: Field>(text: &str, expect: Value) {
    assert_eq!(parse(&column::<T>(), text), Ok(expect), "{text:?}");
}

#[track_caller]
fn refuses<T: Field>(texts: &[&str], says: &str) {
    for text in texts {
        assert_eq!(parse(&column::<T>(), text), Err(says.to_owned()), "{text:?}");
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

type Price = Decimal<5, 2>;
type Wide = Decimal<20, 2>;
type Tags = crate::model::Json<Vec<i64>>;

#[test]
fn numbers_are_read_as_people_write_them() {
    parses::<u8>(" 255 ", Value::Number(255.0));
    parses::<i64>("+5", Value::Number(5.0));
    refuses::<u8>(&["256", "-1", "1.0", "x"], "Write a whole number from 0 to 255.");
    refuses::<u8>(&["", "  "], "This field is required.");
    parses::<crate::Exact64>("9223372036854775807", text("9223372036854775807"));
    parses::<crate::Exact64>("007", text("7"));
    parses::<f64>("-0.5e3", Value::Number(-500.0));
    refuses::<f64>(&["inf", "NaN", "1,5"], "Write a number, such as 0.5.");
    parses::<Price>("1.5", Value::Number(150.0));
    parses::<Wide>("-1.50", text("-999999999999999998.49"));
    refuses::<Price>(
        &["1000", "1.505", "1e2"],
        "Write a number with at most 3 digits before the point and 2 behind it.",
    );
}

#[test]
fn a_box_that_is_ticked_is_true() {
    for yes in ["on", "true", "1", "YES"] {
        parses::<bool>(yes, Value::Number(1.0));
    }
    for no in ["off", "False", "0", "no"] {
        parses::<bool>(no, Value::Number(0.0));
    }
    refuses::<bool>(&["2", "y"], "Write true or false.");
}

#[test]
fn nothing_is_null_where_it_may_be() {
    parses::<Option<u8>>(" ", Value::Null);
    parses::<Option<String>>("", Value::Null);
    parses::<Option<String>>(" ", text(" "));
    parses::<String>("", text(""));
    let required = Column { blank: false, ..column::<String>() };
    assert_eq!(parse(&required, ""), Err("This field is required.".to_owned()));
    let short = Column { max_length: Some(2), ..column::<String>() };
    assert_eq!(parse(&short, "abc"), Err("Write at most 2 characters; these are 3.".to_owned()));
}

#[test]
fn days_and_times_are_those_of_forms() {
    parses::<jiff::civil::Date>("2026-11-03", text("2026-11-03"));
    refuses::<jiff::civil::Date>(&["2026-11-31", "03.11.2026"], "Write a day, such as 2026-11-03.");
    parses::<jiff::civil::Time>("09:30", text("09:30:00"));
    parses::<jiff::civil::Time>("09:30:05.250", text("09:30:05.25"));
    refuses::<jiff::civil::Time>(
        &["9:30", "24:00", "0930", "09:30:60", "09:3", "é:30"],
        "Write a time of day, such as 09:30.",
    );
    parses::<jiff::civil::DateTime>("2026-11-03 09:30", text("2026-11-03T09:30:00"));
    let half_past = Value::Number(1_793_698_200_000.0);
    for moment in [
        "2026-11-03T09:30",
        "2026-11-03 09:30",
        "2026-11-03T09:30:00",
        "2026-11-03T09:30:00.000Z",
        "2026-11-03T10:30:00+01:00",
    ] {
        parses::<crate::Timestamp>(moment, half_past.clone());
    }
    let says = "Write a day and a time, such as 2026-11-03T09:30.";
    refuses::<crate::Timestamp>(&["2026-11-03", "2026", "0", "2026-11-03T", "T09:30"], says);
}

#[test]
fn other_kinds_are_read_in_their_form() {
    let id = "67E55044-10b1-426f-9247-bb680e5fe0c8";
    parses::<::uuid::Uuid>(id, text(&id.to_lowercase()));
    parses::<Tags>(" [1, 2] ", text("[1, 2]"));
    refuses::<Tags>(&["[1", "nul"], "Write JSON.");
    parses::<Vec<u8>>("AP8=", Value::Blob(vec![0, 255]));
    refuses::<Vec<u8>>(&["AP8", "é"], "Write bytes in Base64.");
}

/// Values of every kind, with the text and the JSON of each.
fn table() -> Vec<(Column, Value, &'static str, Tree)> {
    fn row<T: Field>(value: Value, text: &'static str, json: Tree) -> (Column, Value, &'static str, Tree) {
        (column::<T>(), value, text, json)
    }
    let number = Value::Number;
    vec![
        row::<i64>(number(-9_007_199_254_740_991.0), "-9007199254740991", json!(-9_007_199_254_740_991_i64)),
        row::<u8>(number(7.0), "7", json!(7)),
        row::<crate::Exact64>(
            text("-9223372036854775808"),
            "-9223372036854775808",
            json!("-9223372036854775808"),
        ),
        row::<f64>(number(0.1), "0.1", json!(0.1)),
        row::<f64>(number(-0.0), "-0", json!(-0.0)),
        row::<f64>(
            number(5e-324),
            "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005",
            json!(5e-324),
        ),
        row::<bool>(number(1.0), "true", json!(true)),
        row::<String>(text(" a\n"), " a\n", json!(" a\n")),
        row::<Vec<u8>>(Value::Blob(vec![0, 255]), "AP8=", json!("AP8=")),
        row::<jiff::civil::Date>(text("0001-01-01"), "0001-01-01", json!("0001-01-01")),
        row::<jiff::civil::Time>(text("09:30:00.25"), "09:30:00.25", json!("09:30:00.25")),
        row::<jiff::civil::DateTime>(
            text("2026-11-03T09:30:00.5"),
            "2026-11-03T09:30:00.5",
            json!("2026-11-03T09:30:00.5"),
        ),
        row::<crate::Timestamp>(number(-1.0), "1969-12-31T23:59:59.999Z", json!("1969-12-31T23:59:59.999Z")),
        row::<crate::Timestamp>(number(9e15), "9000000000000000", json!(9_000_000_000_000_000_i64)),
        row::<Price>(number(-5.0), "-0.05", json!("-0.05")),
        row::<Wide>(text("-999999999999999998.49"), "-1.50", json!("-1.50")),
        row::<::uuid::Uuid>(
            text("67e55044-10b1-426f-9247-bb680e5fe0c8"),
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        ),
        row::<Tags>(text("[1,2]"), "[1,2]", json!([1, 2])),
        row::<Tags>(text("null"), "null", json!(null)),
        row::<Option<u8>>(Value::Null, "", json!(null)),
        row::<Option<Tags>>(Value::Null, "", json!(null)),
    ]
}

#[test]
fn every_value_comes_back_from_its_text_and_from_its_json() {
    for (column, value, as_text, as_json) in table() {
        assert_eq!(format(&column, value.as_ref()), as_text);
        assert_eq!(parse(&column, as_text), Ok(value.clone()), "{as_text}");
        assert_eq!(to_json(&column, value.as_ref()), as_json);
        // A fixture is a file, so it is written and read in between.
        let written = serde_json::from_str(&as_json.to_string()).unwrap();
        let back = from_json(&column, &written).unwrap();
        assert_eq!(back, value, "{written}");
        if let (Value::Number(a), Value::Number(b)) = (&back, &value) {
            assert_eq!(a.to_bits(), b.to_bits(), "{written}");
        }
    }
}

#[test]
fn floats_come_back_to_the_bit() {
    let (float, mut random) = (column::<f64>(), fastrand::Rng::with_seed(4));
    for _ in 0..5000 {
        let number = f64::from_bits(random.u64(..));
        if number.is_nan() {
            continue;
        }
        let value = Value::Number(number);
        let written = to_json(&float, value.as_ref()).to_string();
        let back = from_json(&float, &serde_json::from_str(&written).unwrap());
        assert_eq!(back, Ok(value.clone()), "{written}");
        if number.is_finite() {
            assert_eq!(parse(&float, &format(&float, value.as_ref())), Ok(value));
        }
    }
    assert_eq!(to_json(&float, ValueRef::Number(f64::NEG_INFINITY)), json!("-inf"));
}

#[test]
fn json_of_another_kind_is_refused() {
    #[track_caller]
    fn refused<T: Field>(values: &[Tree], says: &str) {
        for value in values {
            assert_eq!(from_json(&column::<T>(), value), Err(says.to_owned()), "{value}");
        }
    }
    refused::<u8>(&[json!(256), json!(1.5), json!("1"), json!(true)], "Write a whole number from 0 to 255.");
    refused::<u8>(&[json!(null)], "This field is required.");
    refused::<bool>(&[json!(1), json!("true")], "Write true or false.");
    refused::<String>(&[json!(1), json!(["x"])], "Write text.");
    refused::<jiff::civil::Date>(&[json!("2026-02-29"), json!(1)], "Write a day, such as 2026-11-03.");
    refused::<f64>(&[json!("1"), json!("infinity")], "Write a number, such as 0.5.");
    refused::<crate::Timestamp>(
        &[json!(1.5), json!("now"), json!(u64::MAX)],
        "Write a day and a time, such as 2026-11-03T09:30.",
    );
    assert_eq!(from_json(&column::<Price>(), &json!(1.5)), Ok(Value::Number(150.0)));
    assert!(from_json(&column::<Price>(), &json!(1.505)).is_err());
}

#[test]
fn rules_of_the_model_do_not_keep_rows_from_being_loaded() {
    let strict = Column { blank: false, max_length: Some(1), ..column::<String>() };
    for text in ["", "ab"] {
        assert_eq!(from_json(&strict, &json!(text)), Ok(Value::Text(text.to_owned())));
    }
}

#[test]
fn what_is_not_of_its_kind_is_shown_as_it_is() {
    let day = column::<jiff::civil::Date>();
    assert_eq!(format(&day, ValueRef::Text("junk")), "junk");
    assert_eq!(to_json(&day, ValueRef::Text("junk")), json!("junk"));
    assert_eq!(format(&column::<bool>(), ValueRef::Number(2.0)), "2");
    assert_eq!(format(&column::<Price>(), ValueRef::Blob(b"\0")), "AA==");
    assert_eq!(to_json(&column::<u8>(), ValueRef::Number(1.5)), json!(1.5));
}
