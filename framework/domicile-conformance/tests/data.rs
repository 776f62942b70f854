//! The behaviours of the data layer, each on every database that it runs on.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use domicile_conformance::app::data::CASES;
use libtest_mimic::{Arguments, Trial};
use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(4);
    let kinds = if arguments.list { vec![Kind::Native] } else { Kind::all() };
    let servers: Arc<Vec<(Kind, OnceLock<Server>)>> =
        Arc::new(kinds.into_iter().map(|kind| (kind, OnceLock::new())).collect());
    let trials = (0..servers.len()).flat_map(|host| CASES.iter().map(move |case| (host, case.name)));
    let trials = trials
        .map(|(host, case)| {
            let servers = servers.clone();
            let name = format!("{}::{case}", servers[host].0.name());
            Trial::test(name, move || {
                let (kind, server) = &servers[host];
                let server = server.get_or_init(|| Server::start(kind, &[]));
                // Each case has an actor of its own, so its tables are empty.
                let reply = World::new(server).quietly(&Request::post(format!("/data/{case}/{case}"), ""));
                let text = reply.text();
                if reply.status == 200 && text == "ok" {
                    return Ok(());
                }
                Err(format!("{}: {text}", reply.status).into())
            })
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The hosts end here, which `ExitCode` lets happen and `exit` would not.
    drop(servers);
    conclusion.exit_code()
}
