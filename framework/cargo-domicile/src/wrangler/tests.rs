//! Which configurations fit, and the lines printed for those that do not.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::{Config, faults_of};
use crate::describe::{Class, D1, Description};

const GOOD: &str = r#"{
    // The blog.
    "main": "./target/domicile/blog/entry.js",
    "compatibility_date": "2026-08-03",
    "durable_objects": { "bindings": [
        { "name": "DO_STORAGE", "class_name": "BlogDO" },
        { "name": "OTHER", "class_name": "X", "script_name": "another-worker" },
    ] },
    "migrations": [{ "tag": "v1", "new_sqlite_classes": ["BlogDO"] }],
}"#;

fn app(classes: &[(&str, &str)]) -> Description {
    let classes = classes
        .iter()
        .map(|(class, binding)| Class {
            class: (*class).to_owned(),
            binding: (*binding).to_owned(),
            actor: "Blog".to_owned(),
        })
        .collect();
    Description { classes, vars: Vec::new(), d1: Vec::new(), mistakes: Vec::new() }
}

fn config(text: &str) -> Result<Config> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("wrangler.jsonc");
    std::fs::write(&path, text)?;
    let value = Config::read(&path)?.value;
    Ok(Config { path: "/w/wrangler.jsonc".into(), value })
}

/// Checks the faults of the good file after one replacement.
fn check(from: &str, to: &str, app: &Description, expect: &[&str]) -> Result<()> {
    assert!(GOOD.contains(from), "{from}");
    let value: Value = config(&GOOD.replace(from, to))?.value;
    assert_eq!(faults_of(&value, app), expect);
    Ok(())
}

#[test]
fn a_file_that_fits_passes() -> Result<()> {
    let output = Path::new("/w/target/domicile/blog");
    config(GOOD)?.check(&app(&[("BlogDO", "DO_STORAGE")]), output)
}

#[test]
fn another_main_is_named() -> Result<()> {
    let config = config(GOOD)?;
    assert!(!config.is_for(Path::new("/w/target/domicile/counter")));
    let refused = config.check(&app(&[("BlogDO", "DO_STORAGE")]), Path::new("/w/target/domicile/counter"));
    assert!(refused.is_err_and(|error| {
        error.to_string().contains("- set  \"main\": \"target/domicile/counter/entry.js\"")
    }));
    Ok(())
}

#[test]
fn an_old_or_missing_date_is_refused() -> Result<()> {
    let fault = "set  \"compatibility_date\": \"2026-08-03\"  (any date from 2026-02-24 on)";
    let app = app(&[("BlogDO", "DO_STORAGE")]);
    check("\"2026-08-03\"", "\"2026-02-24\"", &app, &[])?;
    check("\"2026-08-03\"", "\"2026-02-23\"", &app, &[fault])?;
    check("\"compatibility_date\": \"2026-08-03\",", "", &app, &[fault])
}

#[test]
fn a_missing_class_gets_its_binding_and_its_migration() -> Result<()> {
    check(
        "The blog",
        "",
        &app(&[("BlogDO", "DO_STORAGE"), ("LogDO", "LOG")]),
        &[
            "add to durable_objects.bindings  { \"name\": \"LOG\", \"class_name\": \"LogDO\" }",
            "add to migrations  { \"tag\": \"v2\", \"new_sqlite_classes\": [\"LogDO\"] }",
        ],
    )
}

#[test]
fn an_empty_file_gets_everything() -> Result<()> {
    let value = config("{}")?.value;
    assert_eq!(
        faults_of(&value, &app(&[("BlogDO", "DO_STORAGE")])),
        [
            "set  \"compatibility_date\": \"2026-08-03\"  (any date from 2026-02-24 on)",
            "add to durable_objects.bindings  { \"name\": \"DO_STORAGE\", \"class_name\": \"BlogDO\" }",
            "add to migrations  { \"tag\": \"v1\", \"new_sqlite_classes\": [\"BlogDO\"] }",
        ]
    );
    Ok(())
}

#[test]
fn a_renamed_class_is_offered_as_such() -> Result<()> {
    check(
        "The blog",
        "",
        &app(&[("Posts", "DO_STORAGE")]),
        &[
            "add to durable_objects.bindings  { \"name\": \"DO_STORAGE\", \"class_name\": \"Posts\" }",
            "remove from durable_objects.bindings  { \"name\": \"DO_STORAGE\", \"class_name\": \"BlogDO\" }  (the app has no \
             such class)",
            "add to migrations  { \"tag\": \"v2\", \"new_sqlite_classes\": [\"Posts\"] }",
            "or, if BlogDO is now called Posts, add to migrations instead  { \"tag\": \"v2\", \"renamed_classes\": [{ \
             \"from\": \"BlogDO\", \"to\": \"Posts\" }] }",
        ],
    )
}

#[test]
fn the_last_migration_counts() -> Result<()> {
    let renamed = "{ \"tag\": \"v1\", \"new_sqlite_classes\": [\"Old\"] }, { \"tag\": \"v2\", \"renamed_classes\": [{ \
         \"from\": \"Old\", \"to\": \"BlogDO\" }] }";
    let from = "{ \"tag\": \"v1\", \"new_sqlite_classes\": [\"BlogDO\"] }";
    let app = app(&[("BlogDO", "DO_STORAGE")]);
    check(from, renamed, &app, &[])?;
    check(
        from,
        &format!("{from}, {{ \"tag\": \"v1\", \"deleted_classes\": [\"BlogDO\"] }}"),
        &app,
        &[
            "give the second migration with the tag \"v1\" another tag",
            "add to migrations  { \"tag\": \"v2\", \"new_sqlite_classes\": [\"BlogDO\"] }",
        ],
    )
}

#[test]
fn a_class_without_sqlite_is_refused() -> Result<()> {
    let value = config(&GOOD.replace("new_sqlite_classes", "new_classes"))?.value;
    let faults = faults_of(&value, &app(&[("BlogDO", "DO_STORAGE")]));
    assert!(
        matches!(faults.as_slice(), [fault] if fault.starts_with("move  \"BlogDO\"  from new_classes")),
        "{faults:?}"
    );
    Ok(())
}

#[test]
fn a_file_that_is_not_json_says_where() {
    let refused = config("{ \"main\": }").map(|_| ());
    assert!(refused.is_err_and(|error| error.to_string().contains("line 1")));
}

#[test]
fn d1_databases_are_those_of_the_app() -> Result<()> {
    let with = |entries: &str| GOOD.replacen('{', &format!("{{ \"d1_databases\": [{entries}],"), 1);
    let faults = |entries: &str, app: &Description| -> Result<Vec<String>> {
        Ok(faults_of(&config(&with(entries))?.value, app))
    };
    let none = app(&[("BlogDO", "DO_STORAGE")]);
    let mut one = Description {
        d1: vec![D1 { binding: "DB".to_owned(), local: None, migrations: vec![] }],
        ..none.clone()
    };
    let entry = r#"{ "binding": "DB", "database_name": "blog", "database_id": "x-1" }"#;
    assert_eq!(faults(entry, &one)?, [""; 0]);
    assert_eq!(
        faults("", &one)?,
        [
            "add to d1_databases  { \"binding\": \"DB\", \"database_name\": …, \"database_id\": … }  (as `wrangler d1 create \
          NAME` prints it)"
        ]
    );
    assert_eq!(
        faults(r#"{ "binding": "DB" }"#, &one)?,
        ["add to the entry DB of d1_databases  \"database_name\": …"]
    );
    assert_eq!(
        faults(entry, &none)?,
        ["remove from d1_databases  the entry \"DB\", or declare it in the app with `.d1(\"DB\")`"]
    );
    config(&with(entry))?.name_databases(&mut one);
    assert_eq!(one.d1[0].local(), "x-1");
    config(GOOD)?.name_databases(&mut one);
    assert_eq!(one.d1[0].local(), "DB");
    Ok(())
}

#[test]
fn what_opens_the_app_is_not_deployed() -> Result<()> {
    let app = app(&[("BlogDO", "DO_STORAGE")]);
    let date = "\"compatibility_date\": \"2026-08-03\"";
    check(
        date,
        &format!("{date}, \"vars\": {{ \"DOMICILE_DEV\": \"1\", \"TENANTS\": \"path\" }}"),
        &app,
        &["remove from vars  \"DOMICILE_DEV\": it is for one's own machine, and opens the app"],
    )?;
    check(
        date,
        &format!("{date}, \"env\": {{ \"staging\": {{ \"vars\": {{ \"DOMICILE_SECRET\": \"x\" }} }} }}"),
        &app,
        &[
            "remove from env.staging.vars  \"DOMICILE_SECRET\", and set it with `wrangler secret put DOMICILE_SECRET`",
        ],
    )
}
