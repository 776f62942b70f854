//! The end-to-end scenarios: each is a conversation with the proving app that must go as it says here, on the native
//! host and on workerd, and give the same statuses, headers and bodies on both.
//!
//! workerd takes part when `DOMICILE_WORKERD` names its binary and `DOMICILE_BUILD` the folder that
//! `cargo domicile build -p domicile-conformance` filled, as `cargo domicile test` sets them.

mod alarm;
mod atomic;
mod effect;
mod given;
mod input;
mod panic;
mod reply;
mod start;
mod stored;
mod tenant;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use libtest_mimic::Failed;

use crate::support::host::Kind;
use crate::support::world::{Server, World};

/// Long enough for anything that is not a hang.
const SOON: Duration = Duration::from_secs(20);

const SHARED: &[(&str, &str)] = &[("GREETING", "hällo, wörld")];

/// What a scenario runs on.
#[derive(Clone, Copy)]
enum On {
    /// The server that others use at the same time; it must not panic, as a trap ends others' effects on workerd.
    Shared,
    /// A server of its own, with these variables.
    Own(&'static [(&'static str, &'static str)]),
}

/// A scenario.
pub struct Scenario {
    pub name: &'static str,
    on: On,
    run: fn(&World<'_>),
}

macro_rules! scenarios {
    ($($on:expr => $($part:ident::$name:ident)+;)+) => {
        /// All of them.
        pub const SCENARIOS: &[Scenario] =
            &[$($(Scenario { name: stringify!($name), on: $on, run: $part::$name }),+),+];
    };
}

scenarios! {
    On::Shared =>
        reply::every_method
        reply::head_is_get_without_a_body
        reply::path_parameters
        reply::a_parameter_that_does_not_parse
        reply::queries
        reply::forms
        reply::json
        reply::text_bodies
        reply::headers_and_cookies_of_a_request
        reply::several_cookies
        reply::redirects
        reply::replies_of_every_type
        reply::statuses
        reply::errors_become_statuses
        reply::headers_that_cannot_be
        reply::binary_bodies
        reply::large_bodies
        reply::bodies_over_the_limit
        reply::pages
        reply::rows_page_by_page
        reply::a_page_that_fails
        input::unknown_routes_and_methods
        input::missing_slashes
        input::bad_encodings
        input::odd_targets
        input::malformed_requests
        input::the_request_as_the_actor_sees_it
        given::variables
        given::time_and_chance
        given::entry_routes
        atomic::an_error_undoes_everything
        atomic::a_status_undoes_nothing
        atomic::a_read_that_writes
        atomic::a_get_that_may_write
        atomic::nested_transactions
        atomic::writing_what_is_read
        atomic::statements_that_are_refused
        atomic::statements_that_fail
        effect::typed_errors_across_ask
        effect::an_effect_that_asks_another_actor
        effect::a_cycle
        effect::a_chain_that_is_too_long
        effect::the_caller_is_known
        effect::effects_end_in_every_way
        effect::an_effect_that_uses_d1
        effect::an_effect_that_takes_too_long
        effect::an_effect_lets_others_in
        effect::an_effect_outlives_its_caller
        effect::a_fetch
        alarm::alarms
        alarm::an_alarm_that_fails_is_tried_again
        alarm::an_alarm_whose_effect_fails_is_not_tried_again
        tenant::tenants_by_path
        tenant::tenants_by_subdomain
        tenant::tenants_by_header_and_function
        tenant::names_with_odd_characters
        tenant::a_path_has_one_spelling
        tenant::names_that_cannot_be
        tenant::classes_are_kept_apart
        tenant::tenants_at_the_same_time
        tenant::one_message_at_a_time
        start::a_start_that_fails
        start::a_migration_that_fails_at_times;
    On::Own(&[]) =>
        panic::a_panic_undoes_everything
        panic::panics_everywhere
        stored::looking_leaves_nothing
        stored::the_first_write_stores_the_schema
        stored::data_outlives_restarts
        stored::an_alarm_outlives_a_crash
        start::migrations_of_several_versions
        start::a_parent_that_is_made_anew;
    On::Own(&[("HOOKS", "on")]) =>
        stored::hooks;
}

/// Runs the scenarios whose names are wanted, several at a time: for each what was wrong with it.
#[allow(dead_code, reason = "the comparison of the hosts runs them, and not this test")]
pub fn outcomes(wanted: impl Fn(&str) -> bool) -> Vec<(&'static str, Option<String>)> {
    let shared: Vec<(Kind, OnceLock<Server>)> =
        Kind::all().into_iter().map(|kind| (kind, OnceLock::new())).collect();
    let scenarios: Vec<&Scenario> = SCENARIOS.iter().filter(|scenario| wanted(scenario.name)).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            let wrong = perform(scenario, &shared).err();
            done.push((scenario.name, wrong.map(|why| why.message().unwrap_or("it failed").to_owned())));
        }
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("its panics are caught")).collect()
    })
}

/// Runs the scenario on every host, and compares what they answered.
pub fn perform(scenario: &Scenario, shared: &[(Kind, OnceLock<Server>)]) -> Result<(), Failed> {
    let mut records = Vec::new();
    for (kind, server) in shared {
        let own;
        let server = match scenario.on {
            On::Shared => server.get_or_init(|| Server::start(kind, SHARED)),
            On::Own(vars) => {
                own = Server::start(kind, vars);
                &own
            }
        };
        let world = World::new(server);
        let run = catch_unwind(AssertUnwindSafe(|| (scenario.run)(&world)));
        let record = world.record();
        if let Err(panic) = run {
            let why = panic.downcast_ref::<String>().map(String::as_str);
            let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            let last = record.last().map(String::as_str).unwrap_or("nothing");
            let log = server.log();
            let errors: Vec<_> = log.lines().filter(|line| line.to_lowercase().contains("error")).collect();
            let log = errors[errors.len().saturating_sub(5)..].join("\n");
            return Err(format!(
                "on {}: {why}\nthe last on record: {last}\nthe last errors in the log:\n{log}",
                kind.name()
            )
            .into());
        }
        records.push((kind.name(), record));
    }
    let (first, rest) = records.split_first().ok_or("there is no host")?;
    for other in rest {
        compare(first, other)?;
    }
    Ok(())
}

fn compare(one: &(&str, Vec<String>), other: &(&str, Vec<String>)) -> Result<(), Failed> {
    let differing = one.1.iter().zip(&other.1).find(|(a, b)| a != b);
    if let Some((a, b)) = differing {
        return Err(format!("the hosts differ:\n{}: {a}\n{}: {b}", one.0, other.0).into());
    }
    if one.1.len() != other.1.len() {
        return Err(format!("{} and {} exchanges on record", one.1.len(), other.1.len()).into());
    }
    Ok(())
}

const PLAIN: &str = "text/plain; charset=utf-8";
const NOT_FOUND: &str = "page not found\n";
