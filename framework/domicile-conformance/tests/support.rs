//! What the tests need: hosts as child processes, and a client that can send what no library would.

// Each test takes what it needs of these.
#![allow(dead_code, unreachable_pub)]

pub mod alarm;
pub mod host;
pub mod http;
pub mod poll;
pub mod stored;
pub mod world;

/// Whether the long loops run in full, as `cargo domicile test --all` has it.
pub fn full() -> bool {
    let full = std::env::var_os("DOMICILE_FULL").is_some_and(|value| value == "1");
    eprintln!("{}", if full { "in full" } else { "scaled down: DOMICILE_FULL=1 runs it in full" });
    full
}
