//! The cases of alarms, each as a test: natively in virtual time, and on workerd where that takes no more than seconds.
//!
//! workerd takes part as in `scenarios.rs`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};
use support::alarm::served::Served;
use support::alarm::virtual_time::Virtual;
use support::alarm::{AlarmCase, On, World, cases};
use support::host::Kind;
use support::world::Server;

/// Seeds of the native host, which give the jitter of its retries. Each case holds for all of them.
const SEEDS: std::ops::Range<u8> = 0..4;

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

fn perform(
    case: &AlarmCase,
    workerd: Option<&Kind>,
    full: bool,
    shared: &OnceLock<Server>,
) -> Result<(), Failed> {
    for seed in SEEDS {
        let mut world = Virtual::new(seed, case.lasts());
        compare(case, &format!("natively, seed {seed}"), &mut world)?;
    }
    match workerd {
        Some(workerd) if case.on_workerd(full) => {
            let own;
            let server = if case.on == On::Own {
                own = Server::start(workerd, &[]);
                &own
            } else {
                shared.get_or_init(|| Server::start(workerd, &[]))
            };
            compare(case, "on workerd", &mut Served::new(server))
        }
        _ => Ok(()),
    }
}

/// Compares what comes of each line with what the tale says.
fn compare(case: &AlarmCase, on: &str, world: &mut dyn World) -> Result<(), Failed> {
    let (expected, seen) = (case.expected(), case.run(world));
    if expected == seen {
        return Ok(());
    }
    let lines = expected.iter().zip(&seen).map(|(expected, seen)| {
        if expected == seen { format!("  {seen}\n") } else { format!("- {expected}\n+ {seen}\n") }
    });
    let log = world.log();
    let errors: Vec<_> =
        log.lines().filter(|line| line.contains(case.name) || line.contains("NOSENTRY")).collect();
    let log = errors[errors.len().saturating_sub(5)..].join("\n");
    let lines: String = lines.collect();
    Err(format!("{on}, by {}:\n{lines}the last of it in the log:\n{log}", case.source).into())
}
