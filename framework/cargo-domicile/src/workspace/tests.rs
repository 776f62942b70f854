//! Which app a command means.

use std::path::{Path, PathBuf};

use super::{App, choose};

fn apps() -> Vec<App> {
    ["blog", "counter"]
        .map(|name| App {
            package: name.to_owned(),
            bin: name.to_owned(),
            directory: PathBuf::from("/w/examples").join(name),
        })
        .to_vec()
}

fn check(apps: &[App], name: Option<&str>, here: &str, expect: Result<&str, &str>) {
    let chosen =
        choose(apps, name, Path::new(here)).map(|app| app.package).map_err(|error| error.to_string());
    assert_eq!(chosen.as_deref().map_err(String::as_str), expect);
}

#[test]
fn a_name_chooses() {
    check(&apps(), Some("counter"), "/w", Ok("counter"));
    check(&apps(), Some("counter"), "/w/examples/blog", Ok("counter"));
}

#[test]
fn an_unknown_name_lists_the_apps() {
    check(&apps(), Some("bolg"), "/w", Err("there is no app called `bolg`; the apps are: blog, counter"));
}

#[test]
fn without_a_name_the_folder_decides() {
    check(&apps(), None, "/w/examples/blog/src", Ok("blog"));
    check(&apps(), None, "/w", Err("say which app with `-p APP`; the apps are: blog, counter"));
    check(&apps()[..1], None, "/w", Ok("blog"));
}

#[test]
fn a_workspace_without_apps_says_what_an_app_is() {
    check(
        &[],
        Some("blog"),
        "/w",
        Err(
            "this workspace has no app: an app is a package with a src/main.rs that depends on domicile-host",
        ),
    );
}
