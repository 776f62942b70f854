//! Which descriptions are refused.

use super::{Class, D1, Description};

fn check(classes: &[(&str, &str)], vars: &[&str], expect: Option<&str>) {
    let classes = classes
        .iter()
        .map(|(class, binding)| Class {
            class: (*class).to_owned(),
            binding: (*binding).to_owned(),
            actor: "Blog".to_owned(),
        })
        .collect();
    let vars = vars.iter().map(|var| (*var).to_owned()).collect();
    let refused = Description { classes, vars, d1: Vec::new(), mistakes: Vec::new() }
        .check()
        .err()
        .map(|error| error.to_string());
    match expect {
        Some(part) => assert!(refused.as_ref().is_some_and(|text| text.contains(part)), "{refused:?}"),
        None => assert_eq!(refused, None),
    }
}

#[test]
fn names_must_be_identifiers() {
    check(&[("BlogDO", "DO_STORAGE")], &["TENANTS"], None);
    check(&[("Blog-DO", "B")], &[], Some("`Blog-DO` must be made of"));
    check(&[("BlogDO", "1B")], &[], Some("`1B` must be made of"));
    check(&[("BlogDO", "")], &[], Some("`` must be made of"));
    check(&[], &["a b"], Some("the var `a b`"));
}

#[test]
fn names_must_differ() {
    check(&[("A", "X"), ("A", "Y")], &[], Some("two actors have the class `A`"));
    check(&[("A", "X"), ("B", "X")], &[], Some("two actors have the binding `X`"));
    check(&[("A", "X")], &["X"], Some("`X` names two things"));
}

#[test]
fn an_app_that_cannot_start_is_not_built() {
    let mistakes = vec!["Blog: route `GET /` is there twice".to_owned()];
    let refused = Description { classes: vec![], vars: vec![], d1: vec![], mistakes }
        .check()
        .map_err(|e| e.to_string());
    assert_eq!(refused, Err("the app cannot start: Blog: route `GET /` is there twice".to_owned()));
}

#[test]
fn d1_bindings_are_identifiers_that_differ() {
    let d1 = |bindings: &[&str]| {
        let d1 = bindings
            .iter()
            .map(|name| D1 { binding: (*name).to_owned(), local: None, migrations: vec![] })
            .collect();
        let app = Description { classes: vec![], vars: vec!["V".to_owned()], d1, mistakes: vec![] };
        app.check().map_err(|error| error.to_string())
    };
    assert_eq!(d1(&["DB", "OTHER"]), Ok(()));
    assert!(d1(&["D-B"]).is_err_and(|error| error.contains("`D-B` must be made of")));
    assert!(d1(&["V"]).is_err_and(|error| error.contains("`V` names two things")));
}
