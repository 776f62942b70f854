//! Each limit at the last size that passes and the first that does not.

use super::{Database, check, memory, vfs};
use crate::sqlite::{Limits, Param};

/// `count` copies with a separator between them.
fn list(item: &str, separator: &str, count: usize) -> String {
    vec![item; count].join(separator)
}

#[track_caller]
fn passes(database: &Database, sql: &str) {
    let head: String = sql.chars().take(80).collect();
    assert_eq!(database.run(sql, &[], &mut ()).err(), None, "{head}");
}

#[track_caller]
fn fails(database: &Database, sql: &str, message: &str) {
    assert_eq!(database.fail(sql).message(), message);
}

#[test]
fn values_have_two_million_bytes() {
    let database = memory();
    let too_big = "error: string or blob too big: SQLITE_TOOBIG";
    let text = "x".repeat(2_000_001);
    let (whole, over) = (&text[..2_000_000], text.as_str());
    assert_eq!(database.show("SELECT length(?)", &[Param::Text(whole)]), "2000000");
    assert_eq!(database.show("SELECT length(?)", &[Param::Text(over)]), too_big);
    assert_eq!(database.show("SELECT length(?)", &[Param::Blob(whole.as_bytes())]), "2000000");
    assert_eq!(database.show("SELECT length(?)", &[Param::Blob(over.as_bytes())]), too_big);
    check(&database, "SELECT length(randomblob(2000000))", "2000000");
    check(&database, "SELECT length(randomblob(2000001))", too_big);
    check(&database, "SELECT length(randomblob(9e18))", too_big);
    check(&database, "SELECT octet_length(zeroblob(1999999) || 'x')", "2000000");
    check(&database, "SELECT octet_length(zeroblob(2000000) || 'x')", too_big);
}

#[test]
fn a_row_is_its_values_and_a_header() {
    let database = memory();
    database.go("CREATE TABLE t (a, b)");
    let insert = |bytes: usize| format!("INSERT INTO t VALUES (zeroblob({bytes}), 1)");
    passes(&database, &insert(1_999_994));
    fails(&database, &insert(1_999_995), "string or blob too big: SQLITE_TOOBIG");
}

#[test]
fn workerd_s_own_profile_allows_more() {
    let database = Database::memory(&vfs(), Limits::WORKERD).unwrap();
    let too_big = "error: string or blob too big: SQLITE_TOOBIG";
    check(&database, "SELECT length(zeroblob(8388642))", "8388642");
    check(&database, "SELECT length(zeroblob(8388643))", too_big);
    check(&database, "SELECT length(randomblob(8388642))", "8388642");
    check(&database, "SELECT length(randomblob(8388643))", too_big);
    passes(&database, &format!("SELECT max({})", list("1", ",", 127)));
    let message = "too many arguments on function max at offset 7: SQLITE_ERROR";
    fails(&database, &format!("SELECT max({})", list("1", ",", 128)), message);
    assert_eq!(Limits::default(), Limits::PRODUCTION);
}

#[test]
fn texts_have_a_hundred_thousand_bytes() {
    let database = memory();
    let sql = |length: usize| format!("SELECT 1 /*{}*/", "x".repeat(length - 13));
    assert_eq!(sql(100_000).len(), 100_000);
    passes(&database, &sql(100_000));
    fails(&database, &sql(100_001), "statement too long: SQLITE_TOOBIG");
    // The limit is on the text, not on each of its statements.
    let two = format!("SELECT 1; {}", sql(100_000));
    fails(&database, &two, "statement too long: SQLITE_TOOBIG");
}

#[test]
fn statements_have_a_hundred_columns_and_parameters() {
    let database = memory();
    passes(&database, &format!("SELECT {}", list("1", ",", 100)));
    fails(
        &database,
        &format!("SELECT {}", list("1", ",", 101)),
        "too many columns in result set: SQLITE_ERROR",
    );
    let columns = |count: usize| (0..count).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    passes(&database, &format!("CREATE TABLE a ({})", columns(100)));
    fails(&database, &format!("CREATE TABLE b ({})", columns(101)), "too many columns on b: SQLITE_ERROR");

    let select = |count: usize| format!("SELECT {}", list("?", ",", count));
    let params = [Param::Number(1.0); 101];
    assert_eq!(database.show(&select(100), &params[..100]), list("1", ",", 100));
    assert_eq!(
        database.show(&select(101), &params),
        "error: too many SQL variables at offset 207: SQLITE_ERROR"
    );
}

#[test]
fn expressions_are_a_hundred_deep() {
    let database = memory();
    passes(&database, &format!("SELECT {}", list("1", "+", 100)));
    let message = "Expression tree is too large (maximum depth 100): SQLITE_ERROR";
    fails(&database, &format!("SELECT {}", list("1", "+", 101)), message);
}

#[test]
fn a_compound_has_five_terms_and_values_many_rows() {
    let database = memory();
    passes(&database, &list("SELECT 1", " UNION ALL ", 5));
    let message = "too many terms in compound SELECT: SQLITE_ERROR";
    fails(&database, &list("SELECT 1", " UNION ALL ", 6), message);
    passes(&database, &format!("VALUES {}", list("(1)", ",", 500)));
}

#[test]
fn a_program_may_be_as_long_as_its_text_makes_it() {
    // 48,010 instructions, which workerd 1.20261117.1 runs although its source sets a limit of 25,000.
    passes(&memory(), &format!("VALUES {}", list("(1)", ",", 24_000)));
}

#[test]
fn functions_take_thirty_two_arguments() {
    let database = memory();
    passes(&database, &format!("SELECT max({})", list("1", ",", 32)));
    let message = "too many arguments on function max at offset 7: SQLITE_ERROR";
    fails(&database, &format!("SELECT max({})", list("1", ",", 33)), message);
}

#[test]
fn patterns_have_fifty_bytes() {
    let database = memory();
    for operator in ["LIKE", "GLOB"] {
        passes(&database, &format!("SELECT 'a' {operator} '{}'", "a".repeat(50)));
        let message = "LIKE or GLOB pattern too complex: SQLITE_ERROR";
        fails(&database, &format!("SELECT 'a' {operator} '{}'", "a".repeat(51)), message);
    }
}

#[test]
fn triggers_are_ten_deep() {
    let database = memory();
    let chain = |length: usize| {
        for n in 0..=length {
            database.go(&format!("CREATE TABLE t{length}_{n} (x)"));
        }
        for n in 0..length {
            let next = n + 1;
            database.go(&format!(
                "CREATE TRIGGER g{length}_{n} AFTER INSERT ON t{length}_{n} BEGIN
                 INSERT INTO t{length}_{next} VALUES (1); END"
            ));
        }
        format!("INSERT INTO t{length}_0 VALUES (1)")
    };
    passes(&database, &chain(10));
    fails(&database, &chain(11), "triggers nested too deep: SQLITE_ERROR");
}

#[test]
fn nothing_is_attached_even_by_the_host() {
    let database = memory();
    let error = database.privileged(|host| host.batch("ATTACH ':memory:' AS other")).unwrap_err();
    assert_eq!(error.message(), "too many attached databases - max 0: SQLITE_ERROR");
}
