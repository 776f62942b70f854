//! Builds of the examples for workerd.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds the example `name`; `None` where workerd is left out.
pub(crate) fn build(name: &str) -> Option<PathBuf> {
    let Some(conformance) = std::env::var_os("DOMICILE_BUILD") else {
        eprintln!("left out: workerd, which `cargo domicile test` runs");
        return None;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let built = Command::new(env!("CARGO_BIN_EXE_cargo-domicile"))
        .args(["domicile", "build", "-p", name])
        .current_dir(root)
        .status()
        .unwrap();
    assert!(built.success());
    Some(Path::new(&conformance).with_file_name(name))
}
