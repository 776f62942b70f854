//! Which integers a handler may read and bind, on every host.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

/// What each way to read or bind an integer gives, in words.
#[test]
fn integers_are_exact_or_refused_alike() {
    let told = Kind::all().into_iter().map(|kind| {
        let server = Server::start(&kind, &[]);
        let reply = World::new(&server).quietly(&Request::post("/cases/integers/integers", ""));
        assert_eq!(reply.status, 200, "{}\n{}", reply.text(), server.log());
        reply.text().to_string()
    });
    for told in told {
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "i64 of 9007199254740991: Ok(9007199254740991)",
                "i64 of 9007199254740993: Decode: SELECT 9007199254740993: column 0: integer 9007199254740992 is beyond \
                 ±(2^53−1) and may be rounded: select CAST(… AS TEXT)",
                "f64 of 9007199254740993: Ok(9007199254740992.0)",
                "Value of 9007199254740993: Ok(Number(9007199254740992.0))",
                "i64 bound: Invalid: SELECT ?: parameter 1: integer 9007199254740992 is beyond ±(2^53−1), which a number \
                 in a Durable Object cannot hold: bind an `Exact64`",
                "exact in a tuple: Ok((Exact64(9223372036854775807), \"integer\", Exact64(-9223372036854775808)))",
                "exact in a struct: Ok((Exact64(9223372036854775807), None))",
                "exact of a number: Ok(Exact64(5))",
                "exact of a rounded number: Decode: SELECT id FROM kept: column 0: integer 9223372036854776000 is beyond \
                 ±(2^53−1) and may be rounded: select CAST(… AS TEXT)",
                "found by it: Ok(1)",
            ]
        );
    }
}
