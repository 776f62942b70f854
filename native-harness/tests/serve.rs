//! The program of an app as its users meet it: flags, errors, signals, files, and many tenants with few descriptors.
//!
//! The program is this test binary itself, started again with one test that serves instead of testing.

#![allow(clippy::unwrap_used, reason = "a test's helpers end the test")]

#[path = "serve/app.rs"]
mod app;
#[path = "serve/crash.rs"]
mod crash;
#[path = "serve/http.rs"]
mod http;
#[path = "serve/program.rs"]
mod program;
#[path = "serve/rig.rs"]
mod rig;
#[path = "serve/tenants.rs"]
mod tenants;
