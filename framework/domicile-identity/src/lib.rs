//! Who calls an app, and what they may do: tokens of Cloudflare Access, accounts, sessions and passwords.
//!
//! What an app says of a route stands in `domicile` ([`Allow`](domicile::Allow)); this crate is what stands at the doors.
#![forbid(unsafe_code)]

// In reading order: secrets, and what is made of them; then what is stored, and what is done with it.
pub mod secret;
pub mod csrf;
pub mod password;
mod sweep;
pub mod account;
pub mod session;
pub mod login;
pub mod access;
mod cookie;
mod message;
mod answer;
mod hashing;
mod visits;
mod identity;
mod door;
mod page;

pub use account::MODELS;
pub use door::{csrf_field, csrf_field_at_entry, csrf_token};
pub use identity::Identity;
pub use secret::Secret;

/// The code in the guide compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/access.md")]
struct Guide;
