//! Decimals: their text, their bounds, and that both stored forms keep the number and the order.

use super::*;

type Price = Decimal<9, 2>;
type Whole = Decimal<4, 0>;
type Small = Decimal<3, 3>;
type Wide = Decimal<28, 10>;

#[track_caller]
fn check<const D: u8, const P: u8>(text: &str, expect: Result<&str, DecimalError>) {
    let read = text.parse::<Decimal<D, P>>().map(|number| number.to_string());
    assert_eq!(read.as_deref().map_err(|e| *e), expect, "{text}");
}

#[test]
fn text_is_read_exactly_or_refused() {
    check::<9, 2>("12.5", Ok("12.50"));
    check::<9, 2>("-0.05", Ok("-0.05"));
    check::<9, 2>("-0", Ok("0.00"));
    check::<9, 2>("+1", Ok("1.00"));
    check::<9, 2>(".5", Ok("0.50"));
    check::<9, 2>("5.", Ok("5.00"));
    check::<9, 2>("0001.1000", Ok("1.10"));
    check::<9, 2>("9999999.99", Ok("9999999.99"));
    check::<9, 2>("10000000", Err(DecimalError::Digits { before: 7 }));
    check::<9, 2>("0.001", Err(DecimalError::Places { places: 2 }));
    check::<4, 0>("9999", Ok("9999"));
    check::<4, 0>("0.5", Err(DecimalError::Places { places: 0 }));
    check::<3, 3>("0.125", Ok("0.125"));
    check::<3, 3>("1", Err(DecimalError::Digits { before: 0 }));
    for text in ["", "-", ".", "1e3", "1,5", " 1", "1 ", "--1", "0x1", "1.2.3", "٣", "NaN"] {
        check::<9, 2>(text, Err(DecimalError::NotANumber));
    }
    let longest = "123456789012345678.0123456789";
    check::<28, 10>(longest, Ok(longest));
    check::<28, 10>(&"9".repeat(400), Err(DecimalError::Digits { before: 18 }));
    check::<28, 10>(&format!("0.{}", "1".repeat(400)), Err(DecimalError::Places { places: 10 }));
}

#[test]
fn it_is_padded_and_signed_as_numbers_are() {
    let price = Price::from_units(-1250).unwrap();
    assert_eq!(format!("{price:>8}|{:+}|{price:?}", -price), "  -12.50|+12.50|Decimal(-12.50)");
    assert_eq!(Price::MIN.to_string(), "-9999999.99");
}

#[test]
fn sums_say_when_they_do_not_fit() {
    let cent = Price::from_units(1).unwrap();
    assert_eq!(Price::MAX.checked_add(cent), None);
    assert_eq!(Price::MIN.checked_sub(cent), None);
    assert_eq!(Price::MAX.checked_sub(cent).unwrap().to_string(), "9999999.98");
    assert_eq!(cent.checked_times(-3).unwrap().to_string(), "-0.03");
    assert_eq!(Price::MAX.checked_times(i64::MAX), None);
    assert_eq!(Wide::MAX.checked_times(i64::MIN), None);
    assert_eq!(Price::checked_sum([cent, cent, -cent]), Some(cent));
    assert_eq!(Price::checked_sum([Price::MAX, cent]), None);
    assert_eq!(Price::from_units(1_000_000_000), None);
}

#[test]
fn it_goes_to_rust_decimal_and_back_without_rounding() {
    for price in [Price::MIN, Price::ZERO, Price::MAX] {
        assert_eq!(Price::try_from(rust_decimal::Decimal::from(price)), Ok(price));
    }
    assert_eq!(Wide::try_from(rust_decimal::Decimal::from(Wide::MIN)), Ok(Wide::MIN));
    let third = rust_decimal::Decimal::ONE / rust_decimal::Decimal::from(3);
    assert_eq!(Price::try_from(third), Err(DecimalError::Places { places: 2 }));
    assert_eq!(Price::try_from(third.round_dp(2)).unwrap().to_string(), "0.33");
    assert_eq!(Price::try_from(rust_decimal::Decimal::MAX), Err(DecimalError::Digits { before: 7 }));
    assert_eq!(Wide::try_from(rust_decimal::Decimal::MAX), Err(DecimalError::Digits { before: 18 }));
    assert_eq!(Whole::try_from(-12_i64).unwrap().to_string(), "-12");
    assert!(Small::try_from(1_i64).is_err());
}

#[test]
fn up_to_fifteen_digits_it_is_stored_as_a_number() {
    let price: Price = "-12.5".parse().unwrap();
    assert_eq!(price.to_value().unwrap(), Param::Number(-1250.0));
    assert_eq!(Price::from_value(ValueRef::Number(-1250.0)).unwrap(), price);
    let most = Decimal::<15, 0>::MAX;
    assert_eq!(Decimal::<15, 0>::from_value(most.to_value().unwrap().as_ref()).unwrap(), most);
    let error = Price::from_value(ValueRef::Number(1e9)).unwrap_err().to_string();
    assert_eq!(error, "expected a decimal of 9 digits and 2 places, got 10000000.00");
    assert!(Price::from_value(ValueRef::Number(0.5)).is_err());
    assert!(Price::from_value(ValueRef::Text("1250")).is_err());
}

#[test]
fn above_that_as_text_that_sorts() {
    let number: Wide = "-1.5".parse().unwrap();
    assert_eq!(number.to_value().unwrap(), Param::text("-999999999999999998.4999999999"));
    let number: Wide = "1.5".parse().unwrap();
    assert_eq!(number.to_value().unwrap(), Param::text("0000000000000000001.5000000000"));
    assert_eq!(Decimal::<16, 0>::MAX.to_value().unwrap(), Param::text("09999999999999999"));
    for junk in [
        "",
        "1",
        "1.5",
        "00000000000000000001.500000000",
        "x000000000000000001.5000000000",
        "-000000000000000000.0000000000é",
    ] {
        assert!(Wide::from_value(ValueRef::Text(junk)).is_err(), "{junk}");
    }
    // Minus zero would be a second text for zero.
    assert!(Wide::from_value(ValueRef::Text("-999999999999999999.9999999999")).is_err());
    assert!(Wide::from_value(ValueRef::Number(1.0)).is_err());
}

#[test]
fn text_sorts_as_the_numbers_do() {
    fn stored<const D: u8, const P: u8>(number: Decimal<D, P>) -> String {
        match number.to_value().unwrap() {
            Param::Text(text) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }
    fn run<const D: u8, const P: u8>(random: &mut fastrand::Rng) {
        let mut draw = || {
            let digits = random.u32(0..=u32::from(D));
            let units = random.i128(-10_i128.pow(digits) + 1..10_i128.pow(digits));
            Decimal::<D, P>::from_units(units).unwrap()
        };
        let (a, b) = (draw(), draw());
        assert_eq!(stored(a).cmp(&stored(b)), a.cmp(&b), "{a} {b}");
        assert_eq!(Decimal::<D, P>::from_value(a.to_value().unwrap().as_ref()).unwrap(), a);
        assert_eq!(a.to_string().parse(), Ok(a));
    }
    let mut random = fastrand::Rng::with_seed(4);
    for _ in 0..3000 {
        run::<28, 10>(&mut random);
        run::<16, 16>(&mut random);
        run::<20, 0>(&mut random);
    }
}

#[test]
fn it_travels_as_its_text() {
    let price: Price = "12.5".parse().unwrap();
    assert_eq!(serde_json::to_string(&price).unwrap(), "\"12.50\"");
    assert_eq!(serde_json::from_str::<Price>("\"12.50\"").unwrap(), price);
    assert!(
        serde_json::from_str::<Price>("\"12.505\"").unwrap_err().to_string().contains("at most 2 places")
    );
    let packed = postcard::to_stdvec(&price).unwrap();
    assert_eq!(postcard::from_bytes::<Price>(&packed).unwrap(), price);
}
