//! What the types of Rust are bound and read as, on every host.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

/// What each way to bind or read a value gives, in words.
#[test]
fn values_are_bound_and_read_alike() {
    let told = Kind::all().into_iter().map(|kind| {
        let server = Server::start(&kind, &[]);
        let reply = World::new(&server).quietly(&Request::post("/cases/typed/typed", ""));
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
                "bools: Ok((true, false, \"real\", \"1.0\"))",
                "a bool of 2: Decode: SELECT 2: column 0: expected 0 or 1 for a bool, got 2",
                "NaN: Ok((None, \"null\"))",
                "reals: Ok((inf, -inf, -0.0, 1e300))",
                "i64 of infinity: Decode: SELECT 9e999: column 0: expected an integer, got inf",
                "blobs: Ok(([], [0, 255]))",
                "a name that stands twice: Decode: SELECT 1 AS id, 2 AS ID, 3 AS other: column `id` stands twice in the \
                 result: name one of them with AS",
                "the same by position: Ok((1, 2, 3))",
            ]
        );
    }
}
