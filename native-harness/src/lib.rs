//! Domicile's native host: the same actors over rusqlite, with an HTTP server.

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the host that calls it comes with its own change")
)]
mod server;
#[allow(dead_code)]
mod sqlite;
#[allow(dead_code)]
mod vfs;
