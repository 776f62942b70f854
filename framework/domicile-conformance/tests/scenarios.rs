//! The scenarios of `scenario.rs`, each as a test.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

#[allow(unreachable_pub, reason = "a test is a crate of its own, which exports nothing")]
mod scenario;
mod support;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Trial};
use scenario::{SCENARIOS, perform};
use support::host::Kind;
use support::world::Server;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A scenario mostly waits for hosts, which run on cores of their own.
    arguments.test_threads.get_or_insert(8);
    let kinds = if arguments.list { vec![Kind::Native] } else { Kind::all() };
    let shared: Arc<Vec<(Kind, OnceLock<Server>)>> =
        Arc::new(kinds.into_iter().map(|kind| (kind, OnceLock::new())).collect());
    let trials = SCENARIOS
        .iter()
        .map(|scenario| {
            let shared = shared.clone();
            Trial::test(scenario.name, move || perform(scenario, &shared))
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The hosts end here, which `ExitCode` lets happen and `exit` would not.
    drop(shared);
    conclusion.exit_code()
}
