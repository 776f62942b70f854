//! [`Plan`]: how a test is run: once, for several seeds, and with everything that can go wrong.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use domicile::{AppFn, Env, Timestamp};

use super::atomic::Records;
use super::fault::{Fault, Injection, Point};
use super::host::Host;
use super::rig::{Rig, Run};
use super::session::{Answers, AsyncHost, LAST, is_time};
use crate::host::{Local, LocalConfig, Time};
use crate::vfs::Random;

/// 1 January 2026, 12:00 UTC: when tests begin, unless they say otherwise.
const START: Timestamp = Timestamp::from_millis(1_767_268_800_000);

/// The variables that choose one run of a test.
const SEED: &str = "DOMICILE_SEED";
const FAULT: &str = "DOMICILE_FAULT";

/// How a test is run. `#[domicile::test]` makes one from its arguments.
#[derive(Clone)]
#[must_use]
pub struct Plan {
    name: &'static str,
    app: AppFn,
    vars: Vec<(String, String)>,
    start: Timestamp,
    seeds: Option<u64>,
    crash_everywhere: bool,
    idempotent: &'static [&'static str],
}

/// What was run, where all went well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Explored {
    /// How often the test was run.
    pub runs: usize,
    /// In how many of them something went wrong.
    pub faults: usize,
}

/// A run of a test that failed.
#[derive(Debug, Clone)]
pub struct Broken {
    /// What the test said.
    pub message: String,
    /// The seed of the run.
    pub seed: u64,
    /// What went wrong in it, and where.
    pub injection: Option<Injection>,
    /// What the actors did in it.
    pub journal: String,
    name: &'static str,
    place: String,
}

/// What a test may return.
#[diagnostic::on_unimplemented(
    message = "a test returns nothing or a `Result` of nothing, not `{Self}`",
    label = "this test's return type",
    note = "assert what it is about, and end it with `Ok(())` or without a value"
)]
pub trait Outcome {
    /// Fails the test where it is a failure.
    fn unwrap_outcome(self);
}

impl Outcome for () {
    fn unwrap_outcome(self) {}
}

impl<T: Outcome, E: fmt::Debug> Outcome for Result<T, E> {
    fn unwrap_outcome(self) {
        match self {
            Ok(outcome) => outcome.unwrap_outcome(),
            Err(error) => panic!("the test returned an error: {error:?}"),
        }
    }
}

impl Plan {
    /// Runs a test of `app` once; `name` is for messages.
    pub fn new(name: &'static str, app: AppFn) -> Self {
        Self {
            name,
            app,
            vars: Vec::new(),
            start: START,
            seeds: None,
            crash_everywhere: false,
            idempotent: &[],
        }
    }

    /// Sets a variable of the app.
    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Begins at this time; without it at noon of 1 January 2026 in UTC.
    pub fn start(mut self, start: Timestamp) -> Self {
        self.start = start;
        self
    }

    /// Runs the test with `seeds` seeds, each of which is another order of what happens at the same time.
    pub fn seeds(mut self, seeds: u64) -> Self {
        self.seeds = Some(seeds.max(1));
        self
    }

    /// Runs the test again with each fault at each point where it may happen.
    pub fn crash_everywhere(mut self) -> Self {
        self.crash_everywhere = true;
        self
    }

    /// Lets `crash_everywhere` deliver the messages of these names twice.
    pub fn idempotent(mut self, messages: &'static [&'static str]) -> Self {
        self.idempotent = messages;
        self
    }

    /// Runs `test`, and fails with what went wrong.
    ///
    /// # Panics
    /// A run of the test failed.
    #[track_caller]
    pub fn run<R: Outcome>(&self, test: impl Fn(Host) -> R) {
        settle(self.explore(test));
    }

    /// As [`Plan::run`], for an `async` test.
    ///
    /// # Panics
    /// A run of the test failed.
    #[track_caller]
    pub fn run_async<R: Outcome>(&self, test: impl AsyncFn(AsyncHost) -> R) {
        settle(self.explore_async(test));
    }

    /// Runs `test`, and gives what came of it: for tests of tests.
    ///
    /// # Errors
    /// The first run that failed.
    pub fn explore<R: Outcome>(&self, test: impl Fn(Host) -> R) -> Result<Explored, Box<Broken>> {
        self.explore_each(&|host| test(host).unwrap_outcome())
    }

    /// As [`Plan::explore`], for an `async` test.
    ///
    /// # Errors
    /// The first run that failed.
    pub fn explore_async<R: Outcome>(
        &self,
        test: impl AsyncFn(AsyncHost) -> R,
    ) -> Result<Explored, Box<Broken>> {
        self.explore_each(&|host: Host| host.run(test(host.session.clone())).unwrap_outcome())
    }

    fn explore_each(&self, test: &dyn Fn(Host)) -> Result<Explored, Box<Broken>> {
        let chosen = Chosen::read();
        self.explore_chosen(test, &chosen)
    }

    fn explore_chosen(&self, test: &dyn Fn(Host), chosen: &Chosen) -> Result<Explored, Box<Broken>> {
        let mut explored = Explored::default();
        let only = chosen.fault;
        let mut found = only.is_none();
        for seed in self.all_seeds(chosen) {
            let known = Rc::new(Records::default());
            let points = self.once(test, seed, None, known.clone())?;
            explored.runs += 1;
            if !self.crash_everywhere {
                continue;
            }
            for (number, point) in points.iter().enumerate() {
                for &fault in &point.faults {
                    let injection = Injection { point: number, fault };
                    if only.is_some_and(|only| only != injection) {
                        continue;
                    }
                    found = true;
                    let records = Rc::new(Records::judged_by(known.clone()));
                    self.once(test, seed, Some((injection, point)), records)?;
                    explored.runs += 1;
                    explored.faults += 1;
                }
            }
        }
        if let Some(only) = only.filter(|_| self.crash_everywhere && !found) {
            let message = format!(
                "{FAULT}={only} cannot happen in this test: there is no such point, or that fault does not meet it. \
                 Run it without {FAULT} to see all that can go wrong in it as it is now"
            );
            let (seed, name) = (chosen.seed.unwrap_or(0), self.name);
            let (journal, place) = (String::new(), "no point".to_owned());
            return Err(Box::new(Broken { message, seed, injection: None, journal, name, place }));
        }
        Ok(explored)
    }

    fn all_seeds(&self, chosen: &Chosen) -> std::ops::RangeInclusive<u64> {
        match chosen.seed {
            Some(seed) => seed..=seed,
            None => 0..=self.seeds.map_or(0, |seeds| seeds - 1),
        }
    }

    /// Runs the test once; gives where something could have gone wrong.
    fn once(
        &self,
        test: &dyn Fn(Host),
        seed: u64,
        wrong: Option<(Injection, &Point)>,
        records: Rc<Records>,
    ) -> Result<Vec<Point>, Box<Broken>> {
        let injection = wrong.map(|(injection, _)| injection);
        let run = Run { seed, injection, shuffle: self.seeds.is_some(), idempotent: self.idempotent };
        let time = Time::manual(self.start);
        let random = Random::seeded([0; 32]);
        let rig = Rc::new(Rig::new(run, time.clone(), random.clone()));
        let ran = catch_unwind(AssertUnwindSafe(|| test(self.host(&rig, time, random, records))));
        let message = match ran {
            Ok(()) if injection.is_none() || rig.fired() => return Ok(rig.points()),
            Ok(()) => "nothing went wrong where it was to: this run did not do what the run without faults did. A \
                       test and its app must do the same each time: draw from `cx.random()`, read `cx.now()`, and \
                       go through no `HashMap` in an order that matters"
                .to_owned(),
            Err(panic) => said(&*panic),
        };
        let place = wrong.map(|(_, point)| point.what.clone()).unwrap_or_default();
        Err(Box::new(Broken { message, seed, injection, journal: rig.journal(), name: self.name, place }))
    }

    #[track_caller]
    fn host(&self, rig: &Rc<Rig>, time: Time, random: Random, records: Rc<Records>) -> Host {
        assert!(
            is_time(self.start),
            "a test cannot start at {:?}: a time is within {LAST} ms of 1970, as a JavaScript Date is",
            self.start
        );
        let answers = Rc::new(Answers::default());
        let network = answers.clone();
        rig.reseed("start");
        let config = LocalConfig {
            app: self.app,
            env: Env::new(self.vars.iter().cloned()),
            time: time.clone(),
            random,
            network: Rc::new(move |request| network.answer(request)),
            watch: rig.clone(),
        };
        match Local::start(config) {
            Ok(local) => {
                let session = AsyncHost::new(local.actors().clone(), rig.clone(), time, records, answers);
                Host::new(local, session)
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// The runs that the environment chooses.
#[derive(Debug, Default, PartialEq)]
struct Chosen {
    seed: Option<u64>,
    fault: Option<Injection>,
}

impl Chosen {
    #[track_caller]
    fn read() -> Self {
        let text = |name| std::env::var_os(name).map(|text| text.to_string_lossy().into_owned());
        match Self::of(text(SEED).as_deref(), text(FAULT).as_deref()) {
            Ok(chosen) => chosen,
            Err(error) => panic!("{error}"),
        }
    }

    fn of(seed: Option<&str>, fault: Option<&str>) -> Result<Self, String> {
        let seed = seed.map(|text| {
            let whole = text.parse().map_err(|_| format!("`{text}` is no seed: write a whole number from 0"));
            whole.map_err(|error| format!("{SEED}: {error}"))
        });
        let fault = fault.map(|text| text.parse().map_err(|error| format!("{FAULT}: {error}")));
        Ok(Self { seed: seed.transpose()?, fault: fault.transpose()? })
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}

#[track_caller]
fn settle(explored: Result<Explored, Box<Broken>>) {
    if let Err(broken) = explored {
        panic!("{broken}");
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, seed, injection, journal, name, place } = self;
        writeln!(f, "{message}")?;
        write!(f, "\nreproduce it with: {SEED}={seed} ")?;
        match injection {
            Some(injection) => {
                writeln!(f, "{FAULT}={injection} cargo test {name}")?;
                writeln!(f, "what went wrong: {} at {place}", injection.fault)?;
                if matches!(
                    injection.fault,
                    Fault::CrashAfterCommit | Fault::CrashOfAsker | Fault::CrashInEffect
                ) {
                    writeln!(
                        f,
                        "the reply of that call was lost, and the call may have been applied: make calls that may \
                         write with `host.atomic(call, view)`"
                    )?;
                }
            }
            None => writeln!(f, "cargo test {name}")?,
        }
        write!(f, "what the actors did:\n{journal}")
    }
}

#[cfg(test)]
mod tests {
    use domicile::App;

    use super::*;

    #[test]
    fn the_environment_chooses_a_run() {
        let injection = Injection { point: 12, fault: Fault::Eviction };
        let chosen = Chosen { seed: Some(u64::MAX), fault: Some(injection) };
        assert_eq!(Chosen::of(Some("18446744073709551615"), Some("12:eviction")), Ok(chosen));
        assert_eq!(Chosen::of(None, None), Ok(Chosen::default()));
        for (seed, fault, says) in [("-1", "0:eviction", "DOMICILE_SEED"), ("1", "eviction", "POINT:FAULT")] {
            let error = Chosen::of(Some(seed), Some(fault)).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    /// The last seed has no one after it, and a fault that is not there is no success.
    #[test]
    fn a_chosen_run_is_made_or_is_an_error() {
        let plan = Plan::new("chosen", |_| App::new());
        let explore = |plan: Plan, chosen| plan.explore_chosen(&|_| {}, &chosen);
        let last = Chosen { seed: Some(u64::MAX), fault: None };
        assert_eq!(explore(plan.clone(), last).unwrap().runs, 1);
        let fault = Some(Injection { point: 99, fault: Fault::Eviction });
        assert!(explore(plan.clone(), Chosen { seed: None, fault }).is_ok(), "it is for other tests");
        let broken = explore(plan.crash_everywhere(), Chosen { seed: None, fault }).unwrap_err();
        assert!(broken.message.contains("DOMICILE_FAULT=99:eviction cannot happen"), "{broken}");
    }
}
