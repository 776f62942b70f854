//! The names of the platforms' packages, against the lock file.

use super::{LOCK, hint, node_package, workerd_package};

#[test]
fn every_platform_that_workerd_has_is_locked() {
    for (os, arch) in [("linux", "x86_64"), ("linux", "aarch64"), ("macos", "x86_64"), ("macos", "aarch64")] {
        for package in [node_package(os, arch), workerd_package(os, arch)] {
            assert!(LOCK.contains(&format!("\"node_modules/{package}\": {{")), "{package}");
        }
    }
}

#[test]
fn the_lock_names_no_registry() {
    assert!(!LOCK.contains("\"resolved\""));
}

#[test]
fn an_unreachable_registry_is_told_from_other_failures() {
    assert!(hint("npm error code ENOTFOUND").contains("cannot reach"));
    assert!(!hint("npm error code EINTEGRITY").contains("cannot reach"));
}
