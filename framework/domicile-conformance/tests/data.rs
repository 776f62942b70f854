//! The behaviours of the data layer, each on every database that it runs on: the native store, a Durable Object on workerd,
//! the native D1, D1 in plain workerd, and D1 in Miniflare.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domicile_conformance::app::data::{CASES, Case};
use libtest_mimic::{Arguments, Failed, Trial};
use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

/// A database, the host that it is on, and what became of the cases on it.
struct Database {
    name: String,
    host: Arc<(Kind, OnceLock<Server>)>,
    /// A D1 database is one for all, so that one case runs at a time; each on a store has an actor of its own.
    d1: Option<Mutex<()>>,
    passed: AtomicUsize,
    failed: AtomicUsize,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(4);
    let databases = databases(arguments.list);
    let trials = databases.iter().flat_map(|database| {
        let cases = CASES.iter().filter(|case| database.d1.is_none() || case.store_only.is_none());
        cases.map(move |case| {
            let database = database.clone();
            Trial::test(format!("{}::{}", database.name, case.name), move || database.run(case))
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    for database in &databases {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let (passed, failed) = (count(&database.passed), count(&database.failed));
        println!("{}: {passed} cases passed, {failed} failed", database.name);
    }
    let left: Vec<_> = CASES.iter().filter_map(|case| Some((case.name, case.store_only?))).collect();
    for (name, why) in left {
        println!("not on D1: {name}, since {why}");
    }
    // The hosts end here, which `ExitCode` lets happen and `exit` would not.
    drop(databases);
    conclusion.exit_code()
}

fn databases(list: bool) -> Vec<Arc<Database>> {
    let mut hosts = if list { vec![Kind::Native] } else { Kind::all() };
    hosts.extend(Kind::miniflare().filter(|_| !list));
    let mut databases = Vec::new();
    for kind in hosts {
        let name = kind.name();
        let host = Arc::new((kind, OnceLock::new()));
        let mut add = |name: String, d1| {
            let (passed, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
            databases.push(Arc::new(Database { name, host: host.clone(), d1, passed, failed }));
        };
        // Miniflare's Durable Objects are workerd's.
        if !matches!(host.0, Kind::Miniflare { .. }) {
            add(format!("{name} store"), None);
        }
        add(format!("{name} D1"), Some(Mutex::new(())));
    }
    databases
}

impl Database {
    fn run(&self, case: &Case) -> Result<(), Failed> {
        let outcome = self.play(case);
        let counter = if outcome.is_ok() { &self.passed } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    fn play(&self, case: &Case) -> Result<(), Failed> {
        let (kind, server) = &*self.host;
        let server = server.get_or_init(|| Server::start(kind, &[]));
        let ask = |target: String| {
            let reply = World::new(server).quietly(&Request::post(target, ""));
            let text = reply.text();
            if reply.status == 200 && text == "ok" {
                return Ok(());
            }
            Err(Failed::from(format!("{}: {text}", reply.status)))
        };
        let name = case.name;
        if let Some(d1) = &self.d1 {
            let _one = d1.lock().unwrap_or_else(PoisonError::into_inner);
            return ask(format!("/data-d1/{name}"));
        }
        ask(format!("/data/{name}/{name}"))?;
        // Whether actors of one process share a store shows where the second one looks.
        let others = if name.starts_with("d01_") { &["a", "b"][..] } else { &[] };
        others.iter().try_for_each(|other| ask(format!("/data/{name}-{other}/{name}")))
    }
}
