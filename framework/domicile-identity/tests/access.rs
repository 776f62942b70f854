//! Cloudflare Access from outside, by its public API: what is accepted, and every way in that is none. The names of the
//! tests tell the feature (`f..`) or the hole (`a..`) of django-cf's that they are about.

#![allow(clippy::unwrap_used, reason = "what a test cannot do has failed")]

#[path = "access/cache.rs"]
mod cache;
#[path = "access/forged.rs"]
mod forged;
#[path = "access/issued.rs"]
mod issued;
#[path = "access/keys.rs"]
mod keys;
#[path = "access/settings.rs"]
mod settings;
#[path = "access/site.rs"]
mod site;
#[path = "access/token.rs"]
mod token;
