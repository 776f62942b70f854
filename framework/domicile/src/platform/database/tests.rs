//! What a statement may be, and how results are read.

use super::{Meta, ResultSet, Statement};
use crate::error::Kind;
use crate::sql::SqlKind;
use crate::value::Value;

fn refused(sql: &str) -> Option<Kind> {
    Statement::new(sql, ()).err().map(|error| error.kind())
}

fn numbers(columns: &[&str], cells: &[f64], meta: Option<Meta>) -> ResultSet {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    ResultSet::new(columns, cells.iter().map(|n| Value::Number(*n)).collect(), meta)
}

#[test]
fn a_statement_is_one_and_no_transaction() {
    assert_eq!(refused("SELECT 1;\n"), None);
    assert_eq!(refused("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END"), None);
    for sql in
        ["SELECT 1; SELECT 2", "BEGIN", "ROLLBACK", "", "-- nothing", "INSERT OR ROLLBACK INTO a VALUES (1)"]
    {
        assert_eq!(refused(sql), Some(Kind::Sql(SqlKind::Refused)), "{sql}");
    }
}

#[test]
fn numbers_are_those_of_json() {
    let bound = |n: f64| Statement::new("SELECT ?", (n,)).map(|s| format!("{:?}", s.params()));
    assert_eq!(bound(-0.0).unwrap(), "[Number(0.0)]");
    assert_eq!(bound(f64::NAN).unwrap(), "[Null]");
    assert_eq!(bound(f64::INFINITY).unwrap_err().kind(), Kind::Invalid);
    assert_eq!(Statement::new("SELECT ?", (i64::MAX,)).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn rows_are_read_by_position_and_by_number() {
    let two = numbers(&["a", "b"], &[1.0, 2.0, 3.0, 4.0], None);
    assert_eq!(two.all::<(i64, i64)>().unwrap(), [(1, 2), (3, 4)]);
    assert_eq!(two.one::<(i64, i64)>().unwrap_err().kind(), Kind::Sql(SqlKind::ManyRows));
    let none = numbers(&[], &[], Some(Meta::default()));
    assert_eq!(none.opt::<i64>().unwrap(), None);
    assert_eq!(none.one::<i64>().unwrap_err().kind(), Kind::Sql(SqlKind::NoRow));
}

#[test]
fn a_place_that_is_lost_is_told() {
    let meta = Some(Meta::default());
    assert_eq!(numbers(&["1", "a"], &[1.0, 2.0], None).one::<(i64, i64)>().unwrap(), (1, 2));
    assert_eq!(numbers(&["1", "a"], &[1.0, 2.0], meta).one::<(i64, i64)>().unwrap_err().kind(), Kind::Decode);
    assert_eq!(numbers(&["1"], &[1.0], meta).one::<i64>().unwrap(), 1);
}
