//! What the store of an actor tells besides the rows of ordinary statements, on every host: how many rows a statement
//! wrote, what becomes of numbers, and what the types of Rust are bound and read as.
//!
//! The files hold what workerd 1.20261117.1 answered, so the native host is held to it also where workerd is not there.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use serde_json::{Value, json};
use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

/// Statements, each with its parameters and the number of rows that it writes or its error.
const ROWS_WRITTEN: &str = include_str!("../cases/rows-written.jsonl");

/// Statements about numbers and what else has more than one way to go in or out, each with its parameters and its rows,
/// in the form that `/cases/{name}/run` gives them, or its error.
const NUMBERS: &str = include_str!("../cases/numbers.jsonl");

/// A group of lines `[statement, parameters, outcome]`, which begins with an empty database.
fn groups(lines: &str) -> Vec<(String, Vec<Value>)> {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for line in lines.lines() {
        match serde_json::from_str(line).expect("a line of JSON") {
            Value::String(name) => groups.push((name, Vec::new())),
            case => groups.last_mut().expect("a name comes first").1.push(case),
        }
    }
    groups
}

#[track_caller]
fn check(lines: &str, route: &str, at_least: usize) {
    for kind in Kind::all() {
        let server = Server::start(&kind, &[]);
        let world = World::new(&server);
        let (mut count, mut wrong) = (0, Vec::new());
        for (name, cases) in groups(lines) {
            let batch: Vec<Value> = cases.iter().map(|case| json!([case[0], case[1]])).collect();
            let target = format!("/cases/{}-{route}/{route}", name.replace([' ', ','], "-"));
            let body = serde_json::to_vec(&batch).expect("JSON");
            let reply =
                world.quietly(&Request::post(target, body).header("content-type", "application/json"));
            assert_eq!(reply.status, 200, "{name}: {}\n{}", reply.text(), server.log());
            let mut outcomes: Vec<Value> = serde_json::from_slice(&reply.body).expect("a list");
            assert_eq!(outcomes.len(), cases.len());
            for (case, outcome) in cases.iter().zip(&mut outcomes) {
                // The kind follows from the text.
                outcome.as_object_mut().expect("an object").remove("kind");
                count += 1;
                if case[2] != *outcome {
                    wrong.push(format!(
                        "{name}: {} {}\n  should {}\n  did {outcome}",
                        case[0], case[1], case[2]
                    ));
                }
            }
        }
        assert!(count >= at_least, "{count} statements");
        assert!(
            wrong.is_empty(),
            "{}: {} of {count} differ:\n{}",
            kind.name(),
            wrong.len(),
            wrong.join("\n")
        );
        println!("{count} equal on {}", kind.name());
    }
}

#[test]
fn rows_written_are_counted_alike() {
    check(ROWS_WRITTEN, "written", 450);
}

#[test]
fn numbers_go_in_and_out_alike() {
    check(NUMBERS, "run", 450);
}

/// Each limit at the last size that passes and the first that does not, as `Limits::WORKERD` of the native host has it.
#[test]
fn limits_are_those_of_workerd() {
    const VALUE: usize = 8_388_642;
    let list = |item: &str, separator: &str, count: usize| vec![item; count].join(separator);
    let columns = |count: usize| (0..count).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let pair = |make: &dyn Fn(usize) -> String, most: usize| [make(most), make(most + 1)];
    let mut batch = vec!["create table big (a, b)".to_owned()];
    batch.extend(pair(&|n| format!("select length(zeroblob({n}))"), VALUE));
    batch.extend(pair(&|n| format!("select length(randomblob({n}))"), VALUE));
    batch.extend(pair(&|n| format!("select octet_length(zeroblob({}) || 'x')", n - 1), VALUE));
    // The row's header has six bytes.
    batch.extend(pair(&|n| format!("insert into big values (zeroblob({}), 1)", n - 6), VALUE));
    batch.extend(pair(&|n| format!("select max({})", list("1", ",", n)), 127));
    batch.extend(pair(&|n| format!("select 1/*{}*/", "x".repeat(n - 12)), 100_000));
    batch.extend(pair(&|n| format!("select {}", list("1", ",", n)), 100));
    batch.extend(pair(&|n| format!("create table wide ({})", columns(n)), 100));
    batch.extend(pair(&|n| format!("select {}", list("1", "+", n)), 100));
    batch.extend(pair(&|n| list("select 1", " union all ", n), 5));
    batch.extend(pair(&|n| format!("select 'a' like '{}'", "a".repeat(n)), 50));
    let body =
        serde_json::to_vec(&batch.iter().map(|sql| json!([sql, []])).collect::<Vec<_>>()).expect("JSON");
    let told: Vec<(String, Vec<Value>)> = Kind::all()
        .iter()
        .map(|kind| {
            let server = Server::start(kind, &[]);
            let request =
                Request::post("/cases/limits/run", &body).header("content-type", "application/json");
            let reply = World::new(&server).quietly(&request);
            assert_eq!(reply.status, 200, "{}\n{}", reply.text(), server.log());
            (kind.name().to_owned(), serde_json::from_slice(&reply.body).expect("a list"))
        })
        .collect();
    for (host, outcomes) in &told {
        assert_eq!(outcomes.len(), batch.len());
        for (index, (sql, outcome)) in batch.iter().zip(outcomes).enumerate() {
            let head: String = sql.chars().take(60).collect();
            let passes = index == 0 || index % 2 == 1;
            assert_eq!(outcome.get("error").is_none(), passes, "{host}: {head} → {outcome}");
            assert_eq!(*outcome, told[0].1[index], "{host}: {head}");
        }
    }
}

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
