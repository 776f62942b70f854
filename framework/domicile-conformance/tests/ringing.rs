//! Playing the cases of alarms: natively in virtual time, and on workerd where that takes no more than seconds.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::Failed;

use crate::support::alarm::served::Served;
use crate::support::alarm::virtual_time::Virtual;
use crate::support::alarm::{AlarmCase, On, World, cases};
use crate::support::host::Kind;
use crate::support::world::Server;

/// Seeds of the native host, which give the jitter of its retries. Each case holds for all of them.
const SEEDS: std::ops::Range<u8> = 0..4;

/// Runs the cases whose names are wanted, several at a time, natively and, if it is to be, on workerd: for each what was wrong with it.
#[allow(dead_code, reason = "the comparison of the hosts runs them, and not this test")]
pub fn outcomes(on_workerd: bool, wanted: impl Fn(&str) -> bool) -> Vec<(&'static str, Option<String>)> {
    let (workerd, shared) = (if on_workerd { Kind::workerd() } else { None }, OnceLock::new());
    let cases: Vec<AlarmCase> = cases().into_iter().filter(|case| wanted(case.name)).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let wrong = perform(case, workerd.as_ref(), false, &shared).err();
            done.push((case.name, wrong.map(|why| why.message().unwrap_or("it failed").to_owned())));
        }
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a case does not panic")).collect()
    })
}

/// Plays a case on every host that it is for.
pub fn perform(
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
