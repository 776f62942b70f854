//! Values at edges, as parameters and as literals.

use domicile_conformance::program::{Bound, Special};

use super::dice::Dice;

const NUMBERS: &[f64] = &[
    0.0,
    1.0,
    -1.0,
    2.0,
    3.0,
    7.0,
    10.0,
    100.0,
    255.0,
    256.0,
    0.5,
    -0.5,
    0.1,
    1.5,
    2.5,
    -2.5,
    99.99,
    1e15,
    123_456_789.123,
    0.1 + 0.2,
    2_147_483_647.0,
    -2_147_483_648.0,
    4_294_967_296.0,
    9_007_199_254_740_991.0,
    -9_007_199_254_740_991.0,
    4_503_599_627_370_497.5,
    1e100,
    1e-100,
    1.797_693_134_862_315_7e308,
    5e-324,
    2.225_073_858_507_201_4e-308,
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "b",
    "abc",
    "ABC",
    "aBc",
    "0",
    "1",
    "1.0",
    " 12 ",
    "1e5",
    "-3",
    "+4",
    "0x10",
    "12abc",
    "nan",
    "inf",
    "true",
    "null",
    "ä",
    "Ä",
    "ß",
    "日本語",
    "😀",
    "e\u{301}",
    "\u{feff}x",
    "it's",
    "say \"so\"",
    "a%b",
    "a_b",
    "*",
    "[a]",
    "line\nline",
    "tab\t",
    "\u{7f}",
    "a,b",
    "2001-02-03",
    "2001-02-03 04:05:06",
    "12:34",
    "2451545.5",
    "{\"a\":1}",
    "[1,2,{\"b\":null}]",
    "{bad",
    "x y z",
    "the quick brown fox",
    "zzz",
];

/// A parameter.
pub fn bound(dice: &mut Dice) -> Bound {
    match dice.below(20) {
        0 | 1 => Bound::Null,
        2 => Bound::Bool(dice.one_in(2)),
        3 => Bound::Special(Special::Blob(bytes(dice))),
        4 => Bound::Special(Special::Number((dice.pick(&["-0.0", "inf", "-inf", "NaN"])).to_owned())),
        5 => Bound::Special(Special::Integer(dice.pick(&[0, 1, -1, 42, 9_007_199_254_740_991]))),
        6 => Bound::Special(Special::Times(dice.pick(&['a', 'ä', '😀']), 1 + dice.below(3000))),
        7 => Bound::Text("a\0b".to_owned()),
        8..=12 => Bound::Number(small(dice)),
        13 | 14 => Bound::Number(dice.pick(NUMBERS)),
        _ => Bound::Text((dice.pick(TEXTS)).to_owned()),
    }
}

/// A literal.
pub fn literal(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 | 1 => "NULL".to_owned(),
        2 => (dice.pick(&["TRUE", "FALSE"])).to_owned(),
        3 => blob(&bytes(dice)),
        4 => (dice.pick(&["9e999", "-9e999", "-0.0", "0x7f", "1_000", "1e3", ".5", "5."])).to_owned(),
        5..=11 => format!("{}", small(dice)),
        12 | 13 => number(dice.pick(NUMBERS)),
        _ => text(dice.pick(TEXTS)),
    }
}

/// A short text literal.
pub fn text_literal(dice: &mut Dice) -> String {
    text(dice.pick(TEXTS))
}

/// A small whole number, so that values meet.
pub fn small(dice: &mut Dice) -> f64 {
    f64::from(dice.byte() % 12) - 3.0
}

/// A number as SQL takes it: with all digits, and real where it has a fraction or an exponent.
fn number(number: f64) -> String {
    format!("{number:?}").trim_end_matches(".0").to_owned()
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn blob(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{hex}'")
}

fn bytes(dice: &mut Dice) -> Vec<u8> {
    match dice.below(4) {
        0 => Vec::new(),
        1 => vec![0, 255, 128, 0],
        2 => "ä1".as_bytes().to_vec(),
        _ => (0..dice.below(40)).map(|_| dice.byte()).collect(),
    }
}
