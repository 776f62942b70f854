//! House rules that the compiler does not know, each with its reason.

#![allow(clippy::expect_used, reason = "a test that cannot read the sources has failed")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}

/// All tracked kinds of source below the repository, as paths relative to its root.
fn files(extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", ".git", ".wrangler", "data"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)) {
                let relative = path.strip_prefix(root()).expect("below").to_string_lossy().into_owned();
                found.push((relative, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found.sort();
    assert!(found.len() > 3, "the walk found the sources");
    found
}

fn sources() -> Vec<(String, String)> {
    // The snapshots of macro tests are outputs, and those of trybuild are mistakes on purpose.
    files(&["rs"])
        .into_iter()
        .filter(|(path, _)| !path.contains("/ui/") && !path.ends_with(".expanded.rs"))
        .collect()
}

/// Lines of `text` that hold `what`, for a message.
fn lines_with<'a>(path: &str, text: &'a str, what: impl Fn(&'a str) -> bool) -> Vec<String> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| what(line))
        .map(|(n, line)| format!("{path}:{}: {line}", n + 1))
        .collect()
}

/// A newcomer reads the first line of a file to know whether it is the right one.
#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "files that do not begin with `//!`: {silent:#?}");
}

/// A host is chosen by target in one place; everywhere else the code is the same on both.
#[test]
fn the_target_is_asked_for_in_one_place() {
    let needle = ["target", "_arch"].concat();
    let found: Vec<_> = files(&["rs", "toml"])
        .iter()
        .flat_map(|(path, text)| lines_with(path, text, |line| line.contains(&needle)))
        .collect();
    assert!(found.len() <= 4, "{found:#?}");
    assert!(found.iter().all(|line| line.starts_with("framework/domicile-host/")), "{found:#?}");
}

/// Unsafe code is where it can be audited at one sitting.
#[test]
fn unsafe_code_is_in_one_file() {
    let needle = ["un", "safe"].concat();
    let allowed = "native-harness/src/vfs.rs";
    let found: Vec<_> = sources()
        .iter()
        .filter(|(path, _)| path != allowed)
        .flat_map(|(path, text)| {
            lines_with(path, text, |line| {
                let code = line.split("//").next().unwrap_or_default();
                [" {", " fn", " impl", " extern"].iter().any(|next| code.contains(&format!("{needle}{next}")))
            })
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// The script looks into packed replies, and a version that it does not know would make a 500 of every one.
#[test]
fn the_script_knows_the_wire_format() {
    let script =
        std::fs::read_to_string(root().join("framework/domicile-workerd/js/http.js")).expect("it is there");
    let line = format!("export const WIRE = {};", domicile::wire::VERSION);
    assert!(script.contains(&line), "framework/domicile-workerd/js/http.js needs `{line}`");
}

/// Files that are too long hide what is in them.
#[test]
fn no_file_is_over_five_hundred_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !path.contains("/tests/") && !path.ends_with("tests.rs"))
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// What stands at the top of the repository is the first thing that a visitor sees.
#[test]
fn the_top_level_is_short() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "wrangler.jsonc",
        "framework",
        "native-harness",
        "examples",
    ];
    let made = ["target", "data", "node_modules"];
    let extra: Vec<_> = fs::read_dir(root())
        .expect("the root")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !allowed.contains(&&**name) && !made.contains(&&**name))
        .collect();
    assert!(extra.is_empty(), "{extra:?}");
}

/// The repository works anywhere, so it knows no one's machine.
#[test]
fn no_path_of_one_machine() {
    let needles = [["/ro", "ot/"].concat(), ["/wo", "rk/"].concat(), ["/ho", "me/"].concat()];
    let found: Vec<_> = files(&["rs", "toml", "md", "js", "mjs", "jsonc", "json", "stderr", "html"])
        .iter()
        .flat_map(|(path, text)| {
            lines_with(path, text, |line| needles.iter().any(|n| line.contains(n.as_str())))
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}
