//! Each target over its seeds, among them what was found once: without a fuzzer, and with any compiler.

use std::fs;
use std::path::Path;

#[track_caller]
fn check(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let seeds: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(seeds.len() > 3, "{target} has its seeds");
    for seed in seeds {
        println!("{}", seed.display());
        run(&fs::read(seed).unwrap());
    }
    run(b"");
}

#[test]
fn cookie() {
    check("cookie", domicile_fuzz::cookie::run);
}

#[test]
fn envelope() {
    check("envelope", domicile_fuzz::envelope::run);
}

#[test]
fn form() {
    check("form", domicile_fuzz::form::run);
}

#[test]
fn path() {
    check("path", domicile_fuzz::path::run);
}

#[test]
fn statement() {
    check("statement", domicile_fuzz::statement::run);
}

#[test]
fn token() {
    check("token", domicile_fuzz::token::run);
}
