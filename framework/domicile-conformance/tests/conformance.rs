//! The comparison of the native host with workerd: cases as data, generated ones, and the teeth that prove them.
//!
//! `cargo domicile conformance` runs all of it. As one of the tests of `cargo test` it runs what is written by hand on
//! the native host, against what workerd gave when it was recorded; and under `cargo domicile test` a sample of the
//! rest on both.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

// The comparison counts and runs the cases of two other tests too.
#[allow(unreachable_pub, reason = "a test is a crate of its own, which exports nothing")]
mod ringing;
#[allow(unreachable_pub, reason = "a test is a crate of its own, which exports nothing")]
mod scenario;
mod support;

#[allow(unreachable_pub, reason = "a test is a crate of its own, which exports nothing")]
mod conformance {
    pub mod command;
    pub mod compare;
    pub mod corpus;
    pub mod generator;
    pub mod hosts;
    pub mod known;
    pub mod play;
    pub mod report;
    pub mod teeth;
    pub mod trial;
}

use std::process::ExitCode;

fn main() -> ExitCode {
    // The command's own flags are none that `cargo test` gives to each test.
    if std::env::var_os("DOMICILE_CONFORMANCE").is_some() {
        conformance::command::main()
    } else {
        conformance::trial::main()
    }
}
