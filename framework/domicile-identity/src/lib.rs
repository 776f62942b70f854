//! Who calls an app, and what they may do: tokens of Cloudflare Access, accounts, sessions and passwords.
//!
//! What an app says of a route stands in `domicile` ([`Allow`](domicile::Allow)); this crate is what stands at the doors.
#![forbid(unsafe_code)]

pub mod access;
