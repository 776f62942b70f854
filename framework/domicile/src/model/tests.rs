//! What `#[derive(Model)]` makes of rows.

use crate::model::Model;
use crate::row::Row;
use crate::value::ValueRef;

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
