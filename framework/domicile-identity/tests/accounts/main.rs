//! Accounts, sessions and logins, each on a native store and on the native D1. Tests are named by the feature (F), the hole
//! of Cloudflare Access (A) or of templates (T) that they are about, as the list of django-cf's has them.

#![allow(clippy::expect_used, reason = "what a test cannot do has failed")]

mod app;
mod create;
mod enter;
mod group;
mod http;
mod login;
mod race;
mod session;
