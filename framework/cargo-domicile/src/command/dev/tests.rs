//! Where the app's variables come from.

use std::fs;

use anyhow::Result;

use super::{pair, secrets};

#[test]
fn a_pair_needs_a_name_and_an_equals_sign() {
    assert_eq!(pair("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
    assert_eq!(pair("A="), Ok(("A".to_owned(), String::new())));
    assert!(pair("A").is_err() && pair("=b").is_err());
}

#[test]
fn local_secrets_are_those_that_the_app_names_and_the_environment_lacks() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join(".dev.vars");
    let known = ["DOMICILE_TEST_KEY".to_owned(), "PATH".to_owned()];
    assert_eq!(secrets(&path, &known)?, []);
    fs::write(&path, "# local\nDOMICILE_TEST_KEY=\"a b\"\nPATH=x\nOTHER=y\n")?;
    assert_eq!(secrets(&path, &known)?, [("DOMICILE_TEST_KEY".to_owned(), "a b".to_owned())]);
    Ok(())
}

#[test]
fn a_broken_file_of_secrets_is_an_error() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join(".dev.vars");
    fs::write(&path, "no equals sign\n")?;
    assert!(secrets(&path, &[]).is_err_and(|error| error.to_string().contains(".dev.vars")));
    Ok(())
}
