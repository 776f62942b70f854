//! The command as a user runs it, in a workspace of its own, as far as it goes without network or npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// A workspace with the apps given, and a package that is none.
fn workspace(apps: &[&str]) -> Result<TempDir> {
    let root = tempfile::tempdir()?;
    let package = |name: &str, dependencies: &str, file: &str| -> Result<()> {
        let directory = root.path().join(name);
        fs::create_dir_all(directory.join("src"))?;
        fs::write(
            directory.join("Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependencies}"
            ),
        )?;
        fs::write(directory.join("src").join(file), if file == "main.rs" { "fn main() {}" } else { "" })?;
        Ok(())
    };
    fs::write(
        root.path().join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n",
    )?;
    package("domicile-host", "", "lib.rs")?;
    package("plain", "", "main.rs")?;
    for app in apps {
        package(app, "[dependencies]\ndomicile-host = { path = \"../domicile-host\" }\n", "main.rs")?;
    }
    Ok(root)
}

/// Runs the command in `directory` with nothing on the search path, so that npm and rustup are missing.
fn run(directory: &Path, arguments: &[&str]) -> Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_cargo-domicile"))
        .args(arguments)
        .current_dir(directory)
        .env("PATH", directory.join("nothing"))
        .env("RUSTC", rustc()?)
        .output()
        .context("cannot run the command")
}

/// The compiler itself, which unlike rustup's stand-in works without a search path.
fn rustc() -> Result<PathBuf> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output()?.stdout;
    Ok(Path::new(String::from_utf8(sysroot)?.trim()).join("bin/rustc"))
}

fn check(apps: &[&str], inside: &str, arguments: &[&str], expect: &str) -> Result<()> {
    let root = workspace(apps)?;
    let output = run(&root.path().join(inside), arguments)?;
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains(expect), "{said}");
    assert!(!output.status.success());
    Ok(())
}

#[test]
fn an_unknown_package_lists_the_apps() -> Result<()> {
    let expect = "error: there is no app called `plain`; the apps are: blog, counter";
    check(&["counter", "blog"], "", &["build", "-p", "plain"], expect)
}

#[test]
fn several_apps_need_a_name() -> Result<()> {
    check(&["counter", "blog"], "", &["dev"], "say which app with `-p APP`; the apps are: blog, counter")
}

#[test]
fn a_workspace_without_apps_says_what_an_app_is() -> Result<()> {
    check(&[], "", &["build"], "an app is a package with a src/main.rs that depends on domicile-host")
}

#[test]
fn a_missing_npm_is_named_with_where_to_get_it() -> Result<()> {
    // The app is that of the folder, and cargo hands an installed command its own name.
    check(
        &["counter", "blog"],
        "blog",
        &["domicile", "build"],
        "npm was not found: it fetches workerd and wrangler",
    )
}

#[test]
fn a_folder_outside_of_every_workspace_is_told() -> Result<()> {
    let root = tempfile::tempdir()?;
    let output = run(root.path(), &["build"])?;
    assert!(String::from_utf8(output.stderr)?.contains("could not find `Cargo.toml`"));
    Ok(())
}

#[test]
fn wrong_flags_are_refused() -> Result<()> {
    check(&["blog"], "", &["dev", "--var", "A"], "write it as NAME=VALUE")?;
    check(&["blog"], "", &["dev", "--port", "65536"], "65536 is not in 0..=65535")?;
    check(&["blog"], "", &["build", "--release"], "unexpected argument '--release'")?;
    check(&["blog"], "", &["fly"], "unrecognized subcommand 'fly'")
}

#[test]
fn the_comparison_exists_in_one_repository_only() -> Result<()> {
    check(&["blog"], "", &["conformance"], "exists only in Domicile's own repository")?;
    check(&["blog"], "", &["conformance", "--cases", "many"], "invalid value 'many' for '--cases <N>'")
}

#[test]
fn migrate_is_for_d1() -> Result<()> {
    check(&["blog"], "", &["migrate"], "--d1 [<BINDING>]")?;
    check(
        &["blog"],
        "",
        &["migrate", "--d1", "--remote", "--local"],
        "'--remote' cannot be used with '--local'",
    )
}

#[test]
fn help_names_every_command() -> Result<()> {
    let root = tempfile::tempdir()?;
    let said = String::from_utf8(run(root.path(), &["--help"])?.stdout)?;
    for command in ["build", "conformance", "dev", "deploy", "migrate", "test"] {
        assert!(said.contains(&format!("\n  {command} ")), "{said}");
    }
    Ok(())
}
