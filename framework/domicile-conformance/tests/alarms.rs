//! The cases of alarms, each as a test: natively in virtual time, and on workerd where that takes no more than seconds.
//!
//! workerd takes part as in `scenarios.rs`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

#[allow(unreachable_pub, reason = "a test is a crate of its own, which exports nothing")]
mod ringing;
mod support;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Trial};
use ringing::perform;
use support::alarm::cases;
use support::host::Kind;
use support::world::Server;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A case mostly waits for time to pass.
    arguments.test_threads.get_or_insert(16);
    let workerd = if arguments.list { None } else { Kind::workerd() };
    if workerd.is_none() {
        eprintln!("left out: workerd, which DOMICILE_WORKERD and DOMICILE_BUILD name");
    }
    let full = support::full();
    let shared: Arc<OnceLock<Server>> = Arc::default();
    let trials = cases()
        .into_iter()
        .map(|case| {
            let (workerd, shared) = (workerd.clone(), shared.clone());
            Trial::test(case.name, move || perform(&case, workerd.as_ref(), full, &shared))
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The host ends here, which `ExitCode` lets happen and `exit` would not.
    drop(shared);
    conclusion.exit_code()
}
