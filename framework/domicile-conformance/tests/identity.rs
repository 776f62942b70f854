//! Who comes in, over HTTP on both hosts: each feature of django-cf's middleware and endpoints, and each of its holes, by its
//! number. The numbers are those of the issue: F for features, A for the holes of its middleware, T for those of its templates.
//!
//! workerd takes part as in `scenarios.rs`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

#[allow(unreachable_pub, reason = "a test is a crate of its own, which exports nothing")]
mod doors;
mod support;

use std::process::ExitCode;
use std::sync::Arc;

use doors::{SCENARIOS, Shared};
use libtest_mimic::{Arguments, Trial};
use support::host::Kind;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A scenario mostly waits for hosts, which run on cores of their own.
    arguments.test_threads.get_or_insert(4);
    let kinds = if arguments.list { vec![Kind::Native] } else { Kind::all() };
    let mut shared = Vec::new();
    let mut trials = Vec::new();
    for kind in kinds {
        let own = Arc::new(Shared::new(kind.clone()));
        shared.push(own.clone());
        for scenario in SCENARIOS {
            let own = own.clone();
            let name = format!("{}::{}", kind.name(), scenario.name);
            trials.push(Trial::test(name, move || {
                own.perform(scenario);
                Ok(())
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The hosts end here, which `ExitCode` lets happen and `exit` would not.
    drop(shared);
    conclusion.exit_code()
}
