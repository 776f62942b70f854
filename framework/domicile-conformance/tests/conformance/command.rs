//! The whole comparison, as `cargo domicile conformance` runs it.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use native_harness::tooth::Tooth;

use super::compare::Subject;
use super::corpus::{self, Written};
use super::report::{self, Numbers};
use super::{generator, hosts, known, teeth};
use crate::support::host::Kind;

/// Compare the native host with workerd
#[derive(Debug, Parser)]
pub struct Options {
    /// The seed of the generated cases [default: another one each time]
    #[arg(long)]
    seed: Option<u64>,

    /// How many cases to generate, at least
    #[arg(long, default_value_t = 20_000)]
    cases: usize,

    /// Run only what has this text in its name or its statement
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,

    /// Leave the teeth out
    #[arg(long)]
    no_teeth: bool,

    /// Write what workerd gives into the files of cases
    #[arg(long)]
    record: bool,
}

/// Runs with the arguments of this process.
pub fn main() -> ExitCode {
    let options = Options::parse();
    // Actors of some cases panic in this process on purpose; what a case itself finds wrong is in the report.
    std::panic::set_hook(Box::new(|_| {}));
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<bool> {
    let began = Instant::now();
    let workerd = Kind::workerd().context("no workerd: run this as `cargo domicile conformance`")?;
    let written = corpus::read()?;
    known::check(&written)?;
    if options.record {
        return record(&workerd, &written);
    }
    let seed = options.seed.unwrap_or_else(hosts::fresh_seed);
    let mut numbers = Numbers::default();
    let wanted = |subject: &Subject| options.only.as_ref().is_none_or(|text| subject.is_called(text));

    let mut subjects: Vec<Subject> = subjects(&written, false).into_iter().filter(wanted).collect();
    numbers.hand_written = subjects.iter().map(Subject::cases).sum();
    let by_hand = subjects.len();
    subjects.extend(generator::subjects(seed, options.cases).into_iter().filter(wanted));
    numbers.generated = subjects[by_hand..].iter().map(Subject::cases).sum();
    let (native, cloudflare) = hosts::both(&Kind::Native, &workerd, &subjects)?;
    let found = hosts::differences(&subjects, &native, &cloudflare);
    if options.only.is_some() {
        report::scripts(&subjects, &found);
    }
    report::differences(&found, ("native", "workerd"), seed);
    numbers.unequal += found.len();

    let named = |name: &str| options.only.as_ref().is_none_or(|text| name.contains(text.as_str()));
    let (alarms, scenarios) = (crate::ringing::outcomes(true, named), crate::scenario::outcomes(named));
    (numbers.alarms, numbers.scenarios) = (alarms.len(), scenarios.len());
    for (name, wrong) in scenarios.into_iter().chain(alarms) {
        if let Some(why) = wrong {
            numbers.unequal += 1;
            println!(
                "\n{name}\n{why}\n  again: cargo domicile conformance --no-teeth --cases 0 --only {name}"
            );
        }
    }
    if !options.no_teeth && options.only.is_none() {
        println!();
        let bitten = teeth::all(Tooth::ALL, &subjects[..by_hand], &native[..by_hand])?;
        numbers.teeth = bitten.len();
        numbers.caught = bitten.iter().filter(|bitten| bitten.by.is_some()).count();
    }
    numbers.known = known_differences(&workerd, &written)?;
    ensure!(
        options.only.is_none() || numbers.cases() > 0,
        "nothing has `{}` in its name or its statement",
        options.only.as_deref().unwrap_or_default()
    );
    numbers.print(seed, began.elapsed());
    Ok(numbers.is_good())
}

/// What is written by hand, without what is known to differ or that alone.
pub fn subjects(written: &[Written], known: bool) -> Vec<Subject> {
    written
        .iter()
        .filter(|group| (group.topic == known::TOPIC) == known)
        .map(|w| Subject::new(format!("{}: {}", w.topic, w.name), w.source.clone(), w.group.clone()))
        .collect()
}

/// How many differences are known, each of which must show.
fn known_differences(workerd: &Kind, written: &[Written]) -> Result<usize> {
    let subjects = subjects(written, true);
    let (one, other) = hosts::both(&Kind::Native, workerd, &subjects)?;
    let found = hosts::differences(&subjects, &one, &other);
    for (at, subject) in subjects.iter().enumerate() {
        ensure!(
            found.iter().any(|difference| difference.at == at),
            "{} is equal now: take it out of KNOWN.md and put its case where the others are",
            subject.name
        );
    }
    Ok(subjects.len() + known::besides()?)
}

/// Writes what workerd gives into the files, after which `git diff` shows what has changed.
fn record(workerd: &Kind, written: &[Written]) -> Result<bool> {
    let all: Vec<Subject> =
        written.iter().map(|w| Subject::new(w.name.clone(), w.source.clone(), w.group.clone())).collect();
    let played = hosts::all_on(workerd, &all)?;
    corpus::record(written, &played)?;
    println!("recorded {} groups", written.len());
    Ok(true)
}
