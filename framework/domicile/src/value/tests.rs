//! What each Rust type becomes, and what it refuses.

use super::*;

#[track_caller]
fn refused<T: FromValue + std::fmt::Debug>(value: ValueRef<'_>, says: &str) {
    let error = T::from_value(value).expect_err("should be refused").to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn integers_are_exact_up_to_two_to_the_fifty_third() {
    assert_eq!(MAX_SAFE_INTEGER.to_value().unwrap(), ValueRef::Number(9_007_199_254_740_991.0));
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
    assert_eq!(None::<i64>.to_value().unwrap(), ValueRef::Null);
    assert_eq!(Some(true).to_value().unwrap(), ValueRef::Number(1.0));
    assert_eq!(f64::NAN.to_value().unwrap(), ValueRef::Null);
    assert_eq!(Option::<bool>::from_value(ValueRef::Number(0.0)).unwrap(), Some(false));
    assert_eq!(Option::<bool>::from_value(ValueRef::Null).unwrap(), None);
}
