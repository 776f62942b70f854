//! The cases of alarms: each is a tale, which says line by line what is done and what comes of it.
//!
//! A tale runs natively in the process and in virtual time, and on workerd over HTTP in real time; what comes of it is
//! the same text on both. These are the rules, as `server/alarm-scheduler.c++`, `io/actor-sqlite.c++`,
//! `api/actor-state.c++` and `api/global-scope.c++` of workerd have them, and the cases of each:
//!
//! | rule | cases |
//! |---|---|
//! | one alarm for each actor; setting replaces it | `setting`: `a_later_time_…`, `an_earlier_time_…`, `actors_have_alarms_of_their_own` |
//! | a time that has passed means now | `setting`: `a_time_that_has_passed_…`, `the_time_of_the_event_…` |
//! | a time `<= 0`, or one that nanoseconds cannot hold, is refused | `setting`: `a_time_that_is_not_after_1970_…`, `a_time_that_the_platform_cannot_hold_…`, `a_refused_time_…` |
//! | a class without a handler cannot set one | `setting`: `an_actor_without_a_handler_…` |
//! | the same time again changes nothing | `setting`: `the_same_time_…`; `retry`: `the_time_that_failed_…` |
//! | `getAlarm()` is null while the handler runs | `handler`: `it_is_not_set_while_…`, and after a failure in `retry` |
//! | it is over only if the handler succeeds and sets no new one | `handler`: `a_new_one_…`, `one_that_is_set_and_cleared_…`, `clearing_it_…` |
//! | it is part of the transaction, nested ones too | `transaction`: all; `handler`: `…_in_a_nested_transaction` |
//! | a new one suppresses the retry (workerd lets it wait for the time of the retry); one that is rolled back does not | `retry`: `a_new_one_between_…`, `a_new_one_of_a_failed_handler_…`, `clearing_it_between_…` |
//! | 2 s doubled, a quarter of jitter, six counted retries | `retry`: `it_is_tried_again_after_2_s`, `the_pauses_double`, `three_retries_…`; the host's own failures and the jitter of many seeds: `native-harness/src/host/alarms/tests.rs` |
//! | then it is abandoned and cleared | `retry`: `after_six_retries_…`, `after_one_that_was_given_up_…` |
//! | `alarmInfo`: `retryCount`, `isRetry`, `scheduledTime` | `retry`: `a_retry_knows_…`; `handler`: `it_knows_its_time` |
//! | at least once, late rather than never, after restarts too | `lifetime`: all |
//! | an abandoned process loses what it knew of retries | `lifetime`: `a_restart_begins_the_tries_anew` |
//! | the actor is migrated and started first, as for any event | `lifetime`: `one_that_first_migrates_…`, `one_whose_actor_cannot_be_migrated_…` |
//! | without a handler it is dropped | `lifetime`: `one_that_a_later_version_does_not_handle_…` |
//! | `ctx.id.name` is known in an alarm that wakes its actor | `lifetime`: `an_actor_that_its_alarm_wakes_…` |
//! | replies and effects leave after the commit; an effect is no part of the alarm | `effect`: all |
//! | the clock stands still | `handler`: `time_stands_still_…` |
//!
//! Domicile has no `deleteAll()`, no restore to a point in time, no snapshot and no `abort()`, so the rules of alarms
//! about these have no case. An alarm's handler awaits nothing, so the limit of 15 minutes concerns its effect alone,
//! which has a limit of its own. That an alarm may be up to a minute late is the production system's and no rule here.

mod effect;
mod handler;
mod lifetime;
mod retry;
pub mod served;
mod setting;
mod transaction;
pub mod virtual_time;

use std::time::Duration;

/// Where a tale runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// On both hosts, on a server that others use at the same time.
    Shared,
    /// On both hosts, on a server of its own: it ends the server, or panics, which ends others' effects on workerd.
    Own,
    /// On both hosts, but on workerd only where the long loops run in full.
    Long,
    /// In virtual time alone: it takes too long, or says exactly when something happens.
    Virtual,
}

/// A case of the alarms.
#[derive(Debug, Clone, Copy)]
pub struct AlarmCase {
    pub name: &'static str,
    /// The file of workerd that has the rule.
    pub source: &'static str,
    pub on: On,
    /// Lines of the form `what is done => what comes of it`.
    pub tale: &'static str,
}

/// A host that a tale is told to.
pub trait World {
    /// Sends a request, and gives the status and the body.
    fn send(&mut self, method: &str, target: &str, body: &str) -> (u16, String);
    /// Lets time pass.
    fn pass(&mut self, time: Duration);
    /// Waits a little for what the host does by itself; gives false where nothing more will come of it.
    fn wait(&mut self) -> bool;
    /// Evicts all actors that rest.
    fn evict(&mut self);
    /// Ends the host, in order or at once.
    fn end(&mut self, in_order: bool);
    /// What it has logged about failures.
    fn log(&self) -> String;
    /// Starts it again on what it has stored, with these variables.
    fn begin(&mut self, vars: &[(&str, &str)]);
}

/// All cases.
pub fn cases() -> Vec<AlarmCase> {
    [setting::CASES, transaction::CASES, handler::CASES, retry::CASES, lifetime::CASES, effect::CASES]
        .concat()
}

impl AlarmCase {
    /// Whether workerd is to run it, which takes real time; `full` is for those that take long.
    pub fn on_workerd(&self, full: bool) -> bool {
        match self.on {
            On::Shared | On::Own => true,
            On::Long => full,
            On::Virtual => false,
        }
    }

    /// Whether the host must keep what it stores when it ends.
    pub fn lasts(&self) -> bool {
        self.lines().any(|(done, _)| done.starts_with("begin"))
    }

    /// What is to come of it, line by line.
    pub fn expected(&self) -> Vec<String> {
        self.lines().map(|(done, comes)| told(done, comes)).collect()
    }

    /// Tells the tale to `world`, and gives what came of each line.
    pub fn run(&self, world: &mut dyn World) -> Vec<String> {
        self.lines().map(|(done, _)| told(done, &self.perform(done, world))).collect()
    }

    fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let lines = self.tale.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| line.split_once(" => ").unwrap_or((line, "")))
    }

    fn perform(&self, line: &str, world: &mut dyn World) -> String {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        match first {
            "pass" => world.pass(Duration::from_millis(rest.parse().expect("milliseconds"))),
            "evict" => world.evict(),
            "stop" => world.end(true),
            "kill" => world.end(false),
            "begin" if rest.is_empty() => world.begin(&[]),
            "begin" => world.begin(&[("VERSION", rest)]),
            _ => return self.ask(first, rest, world),
        }
        String::new()
    }

    /// A line about an actor, `bell` where it has no kind: `echo:a do set 30`.
    fn ask(&self, actor: &str, rest: &str, world: &mut dyn World) -> String {
        let (kind, actor) = actor.split_once(':').unwrap_or(("bell", actor));
        let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        // The server is shared by cases that call their actors alike.
        let own = format!("{}-", self.name);
        let path = format!("/{kind}/{own}{actor}");
        let (status, body) = match verb {
            "do" | "plan" => world.send("POST", &format!("{path}/{verb}"), rest),
            "read" => world.send("GET", &format!("{path}/do?steps={}", rest.replace(' ', "+")), ""),
            "logged" => {
                let name = format!("{own}{actor}");
                let log = world.log();
                let lines = log.lines().filter(|line| line.contains(&name) && line.contains(rest));
                return format!("{} times", lines.count());
            }
            "state" => world.send("GET", &format!("{path}/"), ""),
            "rang" => loop {
                let state = world.send("GET", &format!("{path}/"), "");
                let wanted: usize = rest.parse().expect("a number");
                if number_after(&state.1, ", rang ") >= wanted || !world.wait() {
                    break state;
                }
            },
            other => panic!("no such line: {other}"),
        };
        let body = body.trim_end().replace(&own, "");
        match status {
            200 => body,
            // The body has the number of the request, and says nothing more.
            500.. => status.to_string(),
            _ => format!("{status} {body}"),
        }
    }
}

fn told(done: &str, comes: &str) -> String {
    if comes.is_empty() { done.to_owned() } else { format!("{done} => {comes}") }
}

fn number_after(text: &str, mark: &str) -> usize {
    let Some((_, rest)) = text.split_once(mark) else { return 0 };
    rest.split_once(' ').and_then(|(number, _)| number.parse().ok()).unwrap_or_default()
}
