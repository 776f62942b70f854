//! What the tests need: hosts as child processes, and a client that can send what no library would.

// Each test takes what it needs of these.
#![allow(dead_code, unreachable_pub)]

pub mod host;
pub mod http;
pub mod poll;
pub mod stored;
pub mod world;
