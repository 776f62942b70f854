//! The test harness: an isolated host in memory for each test, with its own clock, and everything that can go wrong.
//!
//! `#[domicile::test]` gives a test its [`Host`]; an `async` one an [`AsyncHost`].
//!
//! ```
//! use domicile::prelude::*;
//! use domicile_host::test::Host;
//! # mod domicile_host { pub use native_harness::test; }
//!
//! # #[derive(Message, Serialize, Deserialize, Schema)] #[message(reply = i64)] struct Add(i64);
//! # #[derive(Actor, Default)]
//! # #[actor(handles(Add), migrations = MIGRATIONS)]
//! # struct Counter;
//! # const MIGRATIONS: &[Migration] = &[Migration::sql("0001", "CREATE TABLE t (n INTEGER)")];
//! # impl Handler<Add> for Counter {
//! #     fn handle(&mut self, Add(n): Add, cx: &Cx) -> Result<i64, Failure> {
//! #         cx.store().execute("INSERT INTO t VALUES (?)", (n,))?;
//! #         Ok(cx.store().query_one("SELECT sum(n) FROM t", ())?)
//! #     }
//! # }
//! fn it_counts(host: Host) {
//!     let counter = host.actor::<Counter>("main");
//!     assert_eq!(counter.ask(Add(2)), Ok(2));
//!     counter.evict();
//!     assert_eq!(counter.ask(Add(3)), Ok(5));
//! }
//! # fn app(_: &domicile::Env) -> App { App::new().actor::<Counter>(singleton("main")) }
//! # native_harness::test::Plan::new("it_counts", app).crash_everywhere().explore(|host| {
//! #     let counter = host.actor::<Counter>("main"); let _ = counter.ask(Add(2));
//! # }).unwrap();
//! # native_harness::test::Plan::new("it_counts", app).run(it_counts);
//! ```

mod actor;
mod atomic;
mod cost;
mod fault;
mod host;
mod journal;
mod plan;
mod response;
mod rig;
mod session;
mod snapshot;

pub use actor::{Actor, Asked, AsyncActor};
pub use cost::{Cost, FullScan};
pub use fault::{Fault, Injection};
pub use host::Host;
pub use plan::{Broken, Explored, Outcome, Plan};
pub use response::Response;
pub use session::AsyncHost;
pub use snapshot::Snapshot;

pub use crate::assert_budget;
