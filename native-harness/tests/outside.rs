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
    assert!(out.contains("test result: ok. 2 passed"), "{out}\n{err}");
}
