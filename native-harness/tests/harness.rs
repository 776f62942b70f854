//! The test harness as an app's tests use it: what it can do to a host, and which mistakes it finds.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

#[path = "harness/app.rs"]
mod app;
#[path = "harness/check.rs"]
mod check;
#[path = "harness/cost.rs"]
mod cost;
#[path = "harness/d1.rs"]
mod d1;
#[path = "harness/faults.rs"]
mod faults;
#[path = "harness/migrate.rs"]
mod migrate;
#[path = "harness/order.rs"]
mod order;
#[path = "harness/time.rs"]
mod time;
#[path = "harness/trust.rs"]
mod trust;
#[path = "harness/wrong.rs"]
mod wrong;
