//! The harness works for a package outside of this repository, which depends on the crates and on nothing of the
//! workspace. It compiles all of them anew, so it runs with `cargo domicile test --all`.

#![allow(clippy::expect_used, reason = "what a test cannot do has failed")]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_package_outside_of_the_repository_tests_its_app() {
    if std::env::var_os("DOMICILE_FULL").is_none_or(|full| full != "1") {
        eprintln!("left out: DOMICILE_FULL=1 runs it");
        return;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = here.parent().expect("the repository");
    let source = here.join("tests/outside");
    let package = tempfile::tempdir().expect("a folder");
    let manifest = fs::read_to_string(source.join("Cargo.toml")).expect("the manifest");
    let manifest = manifest.replace("DOMICILE/", &format!("{}/", repository.display()));
    fs::write(package.path().join("Cargo.toml"), manifest).expect("a manifest");
    fs::create_dir(package.path().join("src")).expect("a folder");
    fs::copy(source.join("src/main.rs"), package.path().join("src/main.rs")).expect("the source");
    // The tour of the README with its tests.
    let readme = fs::read_to_string(repository.join("README.md")).expect("the README");
    let tour = block(&readme, "impl Deferring<Buy> for Show");
    let tests = block(&readme, "fn a_seat_is_sold_once");
    fs::create_dir(package.path().join("src/bin")).expect("a folder");
    let tour = format!("{tour}\n#[cfg(test)]\nmod tests {{\nuse super::*;\n{tests}}}\n");
    fs::write(package.path().join("src/bin/tour.rs"), tour).expect("the tour");
    // The versions that this repository has been tested with.
    fs::copy(repository.join("Cargo.lock"), package.path().join("Cargo.lock")).expect("the lock file");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline"])
        .current_dir(package.path())
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"))
        .output()
        .expect("cargo runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    for passed in ["test result: ok. 2 passed", "test result: ok. 3 passed"] {
        assert!(out.contains(passed), "{out}\n{err}");
    }
}

/// The block of code that has `part` in it.
fn block<'a>(readme: &'a str, part: &str) -> &'a str {
    let blocks = readme.split("```rust,no_run\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.into_iter().find(|block| block.contains(part)).expect("the block is there")
}
