//! Domicile's host on Cloudflare: the Wasm side of a Worker and its Durable Objects.
//!
//! The script (`js/runtime.js`) makes two instances of the compiled app: one for the entry, one for all actors of the
//! isolate. It calls one export per message, inside `transactionSync`, and is called back once per statement; all that
//! crosses is packed bytes. No Rust future is pending on the plain way, so a trap costs its own caller and no other.
//!
//! **Invariant:** every import reports errors in band; a JavaScript exception never unwinds Rust frames.

mod actor;
mod database;
mod entry;
mod log;
mod pack;
mod platform;
mod script;
mod storage;

use std::cell::{Cell, RefCell};
use std::process::ExitCode;
use std::rc::Rc;

use domicile::site::Site;
use domicile::{AppFn, Env, migration};
use wasm_bindgen::prelude::*;

use crate::platform::Workerd;

thread_local! {
    // The app of this instance. Nothing of an actor is here: an actor's value and store belong to its `Home`.
    static APP: Cell<Option<AppFn>> = const { Cell::new(None) };
    static SITE: RefCell<Option<Rc<Site>>> = const { RefCell::new(None) };
}

/// Hosts `app` in this Wasm instance. The script calls it once per instance, before anything else.
#[must_use]
pub fn main(app: AppFn) -> ExitCode {
    APP.set(Some(app));
    log::install();
    ExitCode::SUCCESS
}

/// What the build asks the compiled app for: its classes, variables and D1 databases with their
/// migrations, as JSON.
#[wasm_bindgen]
pub fn describe() -> String {
    let Some(app) = APP.get() else { return "{}".to_owned() };
    let app = app(&Env::default());
    let classes: Vec<_> = Site::classes(&app)
        .into_iter()
        .map(|c| serde_json::json!({ "class": c.class, "binding": c.binding, "actor": c.kind }))
        .collect();
    let mut mistakes = Site::mistakes(&app);
    // What the host itself looks at is every app's.
    let vars: Vec<_> = Site::vars(&app).into_iter().chain([log::LOG]).collect();
    let mut d1 = Vec::new();
    for database in Site::databases(&app) {
        let binding = database.name();
        match migration::batches(database.migrations()) {
            Ok(batches) => d1.push(serde_json::json!({ "binding": binding, "migrations": batches })),
            // What is wrong with the list alone is among the mistakes already.
            Err(error) if mistakes.is_empty() => mistakes.push(format!("{binding}: {error}")),
            Err(_) => {}
        }
    }
    serde_json::json!({ "classes": classes, "vars": vars, "d1": d1, "mistakes": mistakes }).to_string()
}

/// Starts the app with the variables in `env`, a JSON object of strings. Gives why it cannot start, or nothing.
#[wasm_bindgen]
pub fn configure(env: &str) -> Option<String> {
    let Some(app) = APP.get() else {
        return Some("main() did not call domicile_host::main(app)".to_owned());
    };
    let vars: std::collections::BTreeMap<String, String> = match serde_json::from_str(env) {
        Ok(vars) => vars,
        Err(error) => return Some(format!("env: {error}")),
    };
    if let Some(Err(mistake)) = vars.get(log::LOG).map(|level| log::set(level)) {
        return Some(mistake);
    }
    match Site::start(app, Rc::new(Workerd::new(Env::new(vars)))) {
        Ok(site) => {
            SITE.with_borrow_mut(|slot| *slot = Some(Rc::new(site)));
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

fn site() -> Option<Rc<Site>> {
    SITE.with_borrow(Clone::clone)
}
