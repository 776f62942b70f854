//! What the twin of D1 makes of rows, and which files are its own. What it answers to statements is compared with
//! Miniflare's in domicile-conformance.

use std::path::Path;

use domicile::value::Value;

use super::is_file;
use super::json::keyed;

#[track_caller]
fn check(columns: &[&str], values: &[f64], keys: &[&str], left: &[f64]) {
    let names = columns.iter().map(|name| (*name).to_owned()).collect();
    let (names, cells) = keyed(names, values.iter().map(|n| Value::Number(*n)).collect());
    assert_eq!(names, keys);
    assert_eq!(cells, left.iter().map(|n| Value::Number(*n)).collect::<Vec<_>>());
}

#[test]
fn rows_become_objects() {
    check(&["b", "a"], &[1.0, 2.0, 3.0, 4.0], &["b", "a"], &[1.0, 2.0, 3.0, 4.0]);
    check(&["b", "a", "b"], &[1.0, 2.0, 3.0], &["b", "a"], &[3.0, 2.0]);
    check(
        &["b", "7", "a", "2", "02"],
        &[1.0, 2.0, 3.0, 4.0, 5.0],
        &["2", "7", "b", "a", "02"],
        &[4.0, 2.0, 1.0, 3.0, 5.0],
    );
    check(&["a", "b"], &[], &[], &[]);
}

#[test]
fn files_of_d1_are_told_from_those_of_actors() {
    assert!(is_file(Path::new("data/d1/DB.sqlite")));
    assert!(!is_file(Path::new("data/d1/main-0123456789abcdef0123456789abcdef.sqlite")));
    assert!(!is_file(Path::new("data/blog/DB.sqlite")));
}
