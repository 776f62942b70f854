//! The variables that the app sees: `.dev.vars`, the environment, and `--var`, of which the later wins, as in
//! `cargo domicile dev`.

use std::path::Path;

use domicile::Env;

/// A file with secrets for work on one's own machine, which wrangler reads too.
const FILE: &str = ".dev.vars";

/// Gathers the variables.
///
/// # Errors
///
/// A sentence, when the file is there and cannot be read.
pub(crate) fn gather(
    environment: impl IntoIterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
    folder: &Path,
    named: impl IntoIterator<Item = (String, String)>,
) -> Result<Env, String> {
    // What is not Unicode cannot be a Worker's variable.
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let mut all: Vec<(String, String)> = Vec::new();
    let path = folder.join(FILE);
    if path.exists() {
        let read: Result<Vec<_>, _> = dotenvy::from_path_iter(&path).and_then(Iterator::collect);
        all.extend(read.map_err(|error| {
            format!("cannot read {}: {error}; write NAME=VALUE on each line", path.display())
        })?);
    }
    all.extend(environment.into_iter().filter_map(text));
    all.extend(named);
    Ok(Env::new(all))
}

/// Reads `NAME=VALUE`.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: Option<&str>, named: &[(&str, &str)], expect: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        if let Some(file) = file {
            std::fs::write(folder.path().join(FILE), file).unwrap();
        }
        let named = named.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let env = gather([("A".into(), "environment".into())], folder.path(), named).unwrap();
        assert_eq!(env.get("A"), expect);
    }

    #[test]
    fn the_later_source_wins() {
        check(None, &[], Some("environment"));
        check(Some("B=1\n"), &[], Some("environment"));
        check(Some("A=file\n"), &[], Some("environment"));
        check(Some("A=file\n"), &[("A", "named")], Some("named"));
        check(None, &[("A", "one"), ("A", "two")], Some("two"));
    }

    #[test]
    fn the_file_gives_what_the_environment_has_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "B=\"a file\"\n").unwrap();
        let env = gather([("A".into(), "environment".into())], folder.path(), []).unwrap();
        assert_eq!((env.get("A"), env.get("B")), (Some("environment"), Some("a file")));
    }

    #[test]
    fn a_broken_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "A='").unwrap();
        let error = gather([], folder.path(), []).unwrap_err();
        assert!(error.contains(".dev.vars"), "{error}");
    }

    #[test]
    fn pairs() {
        assert_eq!(pair("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert_eq!(pair("A="), Ok(("A".to_owned(), String::new())));
        assert!(pair("=b").is_err() && pair("A").is_err());
    }
}
