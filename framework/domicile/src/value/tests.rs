//! What each Rust type becomes, and what it refuses.

use super::*;

#[track_caller]
fn refused<T: FromValue + std::fmt::Debug>(value: ValueRef<'_>, says: &str) {
    let error = T::from_value(value).expect_err("should be refused").to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn integers_are_exact_up_to_two_to_the_fifty_third() {
    assert_eq!(MAX_SAFE_INTEGER.to_value().unwrap(), Param::Number(9_007_199_254_740_991.0));
    assert!((MAX_SAFE_INTEGER + 1).to_value().is_err());
    assert!((-MAX_SAFE_INTEGER - 1).to_value().is_err());
    assert!(u64::MAX.to_value().is_err());
    assert_eq!(i64::from_value(ValueRef::Number(-9_007_199_254_740_991.0)).unwrap(), -MAX_SAFE_INTEGER);
    refused::<i64>(ValueRef::Number(9_007_199_254_740_992.0), "CAST");
}

#[test]
fn a_column_that_does_not_fit_says_why() {
    refused::<i64>(ValueRef::Number(1.5), "expected an integer, got 1.5");
    refused::<u8>(ValueRef::Number(256.0), "256 does not fit u8");
    refused::<u32>(ValueRef::Number(-1.0), "does not fit u32");
    refused::<bool>(ValueRef::Number(2.0), "expected 0 or 1");
    refused::<String>(ValueRef::Null, "expected text, got NULL");
    refused::<Vec<u8>>(ValueRef::Text("x"), "expected a blob, got text");
    refused::<Option<i64>>(ValueRef::Text("x"), "got text");
}

#[test]
fn options_booleans_and_nan() {
    assert_eq!(None::<i64>.to_value().unwrap(), Param::Null);
    assert_eq!(Some(true).to_value().unwrap(), Param::Number(1.0));
    assert_eq!(f64::NAN.to_value().unwrap(), Param::Null);
    assert_eq!(Option::<bool>::from_value(ValueRef::Number(0.0)).unwrap(), Some(false));
    assert_eq!(Option::<bool>::from_value(ValueRef::Null).unwrap(), None);
}

#[test]
fn exact_integers_are_bound_as_their_digits() {
    for number in [0, 7, -7, 10, MAX_SAFE_INTEGER + 1, i64::MAX, i64::MIN] {
        let exact = Exact64::new(number);
        assert_eq!(exact.to_value().unwrap(), Param::text(&number.to_string()));
        assert_eq!(exact.to_string(), number.to_string());
        assert_eq!(Exact64::from_value(exact.to_value().unwrap().as_ref()).unwrap().get(), number);
    }
    assert!(Exact64::new(-10) < Exact64::new(9) && Exact64::new(9) < Exact64::new(10));
}

#[test]
fn exact_integers_are_read_from_digits_or_safe_numbers() {
    assert_eq!(Exact64::from_value(ValueRef::Number(-3.0)).unwrap(), Exact64::new(-3));
    refused::<Exact64>(ValueRef::Number(9_007_199_254_740_992.0), "select CAST(… AS TEXT)");
    refused::<Exact64>(ValueRef::Number(1.5), "expected an integer, got 1.5");
    refused::<Exact64>(ValueRef::Text("9223372036854775808"), "64 bits in digits");
    refused::<Exact64>(ValueRef::Text("12x"), "got \"12x\"");
    refused::<Exact64>(ValueRef::Text(&"9".repeat(500)), "got \"99999999999999999999\"");
    refused::<Exact64>(ValueRef::Blob(b"1"), "got a blob");
    assert_eq!(Option::<Exact64>::from_value(ValueRef::Null).unwrap(), None);
}

#[test]
fn exact_integers_travel_as_digits_for_people_and_as_numbers_between_actors() {
    let most = Exact64::new(i64::MAX);
    assert_eq!(serde_json::to_string(&most).unwrap(), "\"9223372036854775807\"");
    for json in ["\"9223372036854775807\"", "9223372036854775807"] {
        assert_eq!(serde_json::from_str::<Exact64>(json).unwrap(), most);
    }
    assert!(serde_json::from_str::<Exact64>("9223372036854775808").is_err());
    assert!(serde_json::from_str::<Exact64>("1.5").is_err());
    let packed = postcard::to_stdvec(&most).unwrap();
    assert_eq!(packed, postcard::to_stdvec(&i64::MAX).unwrap());
    assert_eq!(postcard::from_bytes::<Exact64>(&packed).unwrap(), most);
}
