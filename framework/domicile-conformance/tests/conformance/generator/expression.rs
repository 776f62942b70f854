//! Expressions: operators, functions of the list that workerd allows, casts, patterns, CASE.

use super::dice::Dice;
use super::value::{literal, small, text_literal};

/// What an expression may name.
pub struct Scope {
    pub columns: Vec<String>,
}

const BINARY: &[&str] = &[
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "=",
    "==",
    "<>",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "AND",
    "OR",
    "IS",
    "IS NOT",
    "&",
    "|",
    "<<",
    ">>",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
];

/// Functions and how many arguments they take.
const FUNCTIONS: &[(&str, usize)] = &[
    ("abs", 1),
    ("char", 2),
    ("coalesce", 3),
    ("concat", 2),
    ("concat_ws", 3),
    ("hex", 1),
    ("ifnull", 2),
    ("iif", 3),
    ("instr", 2),
    ("length", 1),
    ("likely", 1),
    ("unlikely", 1),
    ("lower", 1),
    ("ltrim", 1),
    ("ltrim", 2),
    ("max", 2),
    ("min", 3),
    ("nullif", 2),
    ("octet_length", 1),
    ("quote", 1),
    ("replace", 3),
    ("round", 1),
    ("round", 2),
    ("rtrim", 2),
    ("sign", 1),
    ("substr", 2),
    ("substr", 3),
    ("substring", 3),
    ("trim", 1),
    ("typeof", 1),
    ("unhex", 1),
    ("unicode", 1),
    ("upper", 1),
    ("ceil", 1),
    ("floor", 1),
    ("trunc", 1),
    ("sqrt", 1),
    ("mod", 2),
    ("degrees", 1),
    ("json_quote", 1),
    ("json_array", 2),
    ("json_valid", 1),
    ("json_type", 1),
    ("json_array_length", 1),
    ("glob", 2),
    ("like", 2),
];

/// Functions whose last digit is the platform's own affair.
const ROUNDED: &[(&str, usize)] = &[
    ("exp", 1),
    ("ln", 1),
    ("log", 1),
    ("log2", 1),
    ("pow", 2),
    ("sin", 1),
    ("cos", 1),
    ("tan", 1),
    ("atan", 1),
    ("atan2", 2),
    ("radians", 1),
    ("tanh", 1),
    ("asinh", 1),
];

/// An expression over the columns of `scope`.
pub fn expression(dice: &mut Dice, scope: &Scope, depth: usize) -> String {
    if depth == 0 {
        return leaf(dice, scope);
    }
    let inner = |dice: &mut Dice| expression(dice, scope, depth - 1);
    match dice.below(16) {
        0..=4 => format!("({} {} {})", inner(dice), dice.pick(BINARY), inner(dice)),
        5..=7 => call(dice, FUNCTIONS, &inner),
        8 => format!("round({}, 6)", call(dice, ROUNDED, &inner)),
        9 => {
            format!("CAST({} AS {})", inner(dice), dice.pick(&["INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB"]))
        }
        10 => format!("CASE WHEN {} THEN {} ELSE {} END", inner(dice), inner(dice), inner(dice)),
        11 => format!("({}{})", dice.pick(&["-", "+", "~", "NOT "]), inner(dice)),
        12 => {
            format!("({} {} {})", inner(dice), dice.pick(&["LIKE", "GLOB", "NOT LIKE"]), text_literal(dice))
        }
        13 => format!(
            "({} {}BETWEEN {} AND {})",
            inner(dice),
            dice.pick(&["", "NOT "]),
            inner(dice),
            literal(dice)
        ),
        14 => {
            format!("({} {}IN ({}, {}))", inner(dice), dice.pick(&["", "NOT "]), literal(dice), inner(dice))
        }
        _ => special(dice, &inner),
    }
}

/// An expression without columns.
pub fn constant(dice: &mut Dice, depth: usize) -> String {
    expression(dice, &Scope { columns: Vec::new() }, depth)
}

fn leaf(dice: &mut Dice, scope: &Scope) -> String {
    if scope.columns.is_empty() || dice.one_in(3) { literal(dice) } else { dice.pick(&scope.columns).clone() }
}

fn call(dice: &mut Dice, list: &[(&str, usize)], inner: &dyn Fn(&mut Dice) -> String) -> String {
    let (name, arguments) = dice.pick(list);
    let arguments: Vec<String> = (0..arguments).map(|_| inner(dice)).collect();
    format!("{name}({})", arguments.join(", "))
}

/// Functions whose arguments make sense only in a form of their own.
fn special(dice: &mut Dice, inner: &dyn Fn(&mut Dice) -> String) -> String {
    let json =
        dice.pick(&["'{\"a\":[1,2.5,\"x\"],\"b\":null}'", "'[1,[2,3],{\"k\":true}]'", "'\"text\"'", "'{'"]);
    let path = dice.pick(&["'$'", "'$.a'", "'$.a[1]'", "'$[0]'", "'$[#-1].k'", "'bad'"]);
    let time = dice.pick(&[
        "'2001-02-03 04:05:06.789'",
        "2451910.5",
        "981173106",
        "'2024-02-29'",
        "'nonsense'",
        "'12:00'",
    ]);
    let change = dice.pick(&[
        "'+1 month'",
        "'start of year'",
        "'-90 minutes'",
        "'weekday 0'",
        "'unixepoch'",
        "'ceiling'",
    ]);
    let format = dice.pick(&[
        "'%5d|%-5s'",
        "'%08.3f %s'",
        "'%x %c'",
        "'%q %Q'",
        "'%,d %%'",
        "'%!.20g %e'",
        "'%Y-%m-%d %j'",
    ]);
    match dice.below(14) {
        0 => format!("json_extract({json}, {path})"),
        1 => format!("({json} -> {path})"),
        2 => format!("({json} ->> {path})"),
        3 => format!("json_set({json}, {path}, {})", inner(dice)),
        4 => format!("json_remove({json}, {path})"),
        5 => format!("hex(jsonb_insert({json}, {path}, {}))", small(dice)),
        6 => format!("json_object('k', {})", inner(dice)),
        7 => format!("json_patch({json}, '{{\"a\":9}}')"),
        8 => format!("datetime({time}, {change})"),
        9 => format!(
            "strftime({}, {time}, {change})",
            dice.pick(&["'%Y-%m-%d'", "'%s'", "'%J'", "'%f'", "'%W %u %p'"])
        ),
        10 => format!("julianday({time})"),
        11 => format!("timediff({time}, '2000-01-01')"),
        12 => format!("printf({format}, {}, {})", inner(dice), inner(dice)),
        _ => format!("format({format}, {}, {})", inner(dice), inner(dice)),
    }
}
