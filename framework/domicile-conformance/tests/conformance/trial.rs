//! What `cargo test` runs of the comparison.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use native_harness::tooth::Tooth;

use super::compare::{Difference, Subject};
use super::play::Played;
use super::{command, corpus, generator, hosts, known, teeth};
use crate::support::full;
use crate::support::host::Kind;

/// Generated cases in full, and of a sample. The seed is fixed: a test must not fail by chance.
const ALL: usize = 20_000;
const SAMPLE: usize = 400;
const SEED: u64 = 20_010_203;

/// Runs the trials with the flags that every test understands.
pub fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = vec![
        Trial::test("the_files_of_cases_are_in_order", || failed(in_order())),
        Trial::test("the_native_host_gives_what_is_recorded_of_workerd", || failed(recorded(&Kind::Native))),
        Trial::test("generated_cases_are_the_same_for_the_same_seed", || {
            generator::same_twice();
            Ok(())
        }),
        Trial::test("some_teeth_are_caught_by_what_is_written_by_hand", || failed(some_teeth())),
        Trial::test("a_sample_is_equal_on_both_hosts", || failed(sample())),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn failed(result: anyhow::Result<()>) -> Result<(), Failed> {
    result.map_err(|error| format!("{error:#}").into())
}

fn in_order() -> anyhow::Result<()> {
    let written = corpus::read()?;
    known::check(&written)?;
    let mut names: Vec<_> = written.iter().map(|group| (&group.topic, &group.name)).collect();
    names.sort();
    for pair in names.windows(2) {
        anyhow::ensure!(pair[0] != pair[1], "two groups are called {:?}", pair[0]);
    }
    for group in &written {
        anyhow::ensure!(!group.source.is_empty(), "{}: {} has no source", group.topic, group.name);
    }
    Ok(())
}

/// Plays what is written by hand, and compares it with what is recorded.
fn recorded(kind: &Kind) -> anyhow::Result<()> {
    let written: Vec<_> = corpus::read()?.into_iter().filter(|group| group.topic != known::TOPIC).collect();
    let subjects = command::subjects(&written, false);
    let played = hosts::all_on(kind, &subjects)?;
    let mut found = Vec::new();
    for (at, (subject, (written, played))) in subjects.iter().zip(written.iter().zip(&played)).enumerate() {
        let Some(mut expected) = corpus::expected(written) else {
            anyhow::bail!("{}: not recorded yet; `cargo domicile conformance --record`", subject.name);
        };
        // The state at the end is not recorded: it is compared where both hosts run.
        expected.extend(played.last().cloned());
        found.extend(subject.differences(at, played, &expected));
    }
    none(&subjects, &found, (kind.name(), "recorded"))
}

fn sample() -> anyhow::Result<()> {
    let Some(workerd) = Kind::workerd() else {
        Kind::all();
        return Ok(());
    };
    let mut subjects = command::subjects(&corpus::read()?, false);
    subjects.extend(generator::subjects(SEED, if full() { ALL } else { SAMPLE }));
    let (one, other): (Vec<Played>, Vec<Played>) = hosts::both(&Kind::Native, &workerd, &subjects)?;
    none(&subjects, &hosts::differences(&subjects, &one, &other), ("native", "workerd"))
}

/// A few teeth, or all of them, on the native host alone.
fn some_teeth() -> anyhow::Result<()> {
    let subjects = command::subjects(&corpus::read()?, false);
    let whole = hosts::all_on(&Kind::Native, &subjects)?;
    let some =
        [Tooth::BindsIntegers, Tooth::LetsAReadWrite, Tooth::KeepsWritesAfterError, Tooth::DropsOffsets];
    let wanted = if full() { Tooth::ALL } else { &some };
    for bitten in teeth::all(wanted, &subjects, &whole)? {
        anyhow::ensure!(bitten.by.is_some(), "no case catches {:?}", bitten.tooth);
    }
    Ok(())
}

fn none(subjects: &[Subject], found: &[Difference], hosts: (&str, &str)) -> anyhow::Result<()> {
    super::report::differences(found, hosts, SEED);
    anyhow::ensure!(
        found.is_empty(),
        "{} cases of {} differ",
        found.len(),
        subjects.iter().map(Subject::cases).sum::<usize>()
    );
    Ok(())
}
