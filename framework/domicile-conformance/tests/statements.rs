//! The statements of `cases/statements.jsonl`, through the store of an actor on every host: they give the same rows,
//! and the same errors to the letter.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use serde_json::{Value, json};
use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

const CASES: &str = include_str!("../cases/statements.jsonl");

/// What differs, and why.
const KNOWN: [(&str, &str); 1] = [(
    "select * from sqlite_master",
    "an actor's file has its name in a table of the host's own, where workerd has the like only once it needs it",
)];

/// A group of statements, which begins with an empty database.
struct Group {
    name: String,
    cases: Vec<Value>,
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in CASES.lines() {
        match serde_json::from_str(line).expect("a line of JSON") {
            Value::String(name) => groups.push(Group { name, cases: Vec::new() }),
            case if KNOWN.iter().any(|(sql, _)| case[0] == *sql) => {}
            case => groups.last_mut().expect("a name comes first").cases.push(case),
        }
    }
    groups.push(Group { name: "long values".to_owned(), cases: long_values() });
    groups
}

/// Values around and beyond the size of a host's buffers, alone and after one another.
fn long_values() -> Vec<Value> {
    [1, 100, 2_000, 4_070, 4_081, 4_090, 4_096, 8_192, 70_000, 900_000]
        .iter()
        .map(|n| {
            let text = format!("replace(hex(zeroblob({n})), '00', 'ä')");
            json!([format!("select {text}, length({text}), zeroblob({n}), 'end'"), []])
        })
        .collect()
}

/// What a host makes of all groups, each case with its statement.
fn outcomes(kind: &Kind) -> Vec<String> {
    let server = Server::start(kind, &[]);
    let world = World::new(&server);
    let mut all = Vec::new();
    for Group { name, cases } in groups() {
        let batch: Vec<Value> = cases.iter().map(|case| json!([case[0], case[1]])).collect();
        let request = Request::post(
            format!("/cases/{}/run", name.replace(' ', "-")),
            serde_json::to_vec(&batch).expect("JSON"),
        )
        .header("content-type", "application/json");
        let reply = world.quietly(&request);
        assert_eq!(reply.status, 200, "{name}: {}\n{}", reply.text(), server.log());
        let outcomes: Vec<Value> = serde_json::from_slice(&reply.body).expect("a list");
        assert_eq!(outcomes.len(), cases.len());
        all.extend(
            cases
                .iter()
                .zip(outcomes)
                .map(|(case, outcome)| format!("{name}: {} {} → {outcome}", case[0], case[1])),
        );
    }
    all
}

#[test]
fn statements_give_the_same_on_every_host() {
    let hosts: Vec<_> = Kind::all().into_iter().map(|kind| (kind.name(), outcomes(&kind))).collect();
    let (first, rest) = hosts.split_first().expect("the native host");
    assert!(first.1.len() > 300, "{} cases", first.1.len());
    for other in rest {
        let differ: Vec<_> = first
            .1
            .iter()
            .zip(&other.1)
            .filter(|(one, two)| one != two)
            .map(|(one, two)| format!("{}: {one}\n{}: {two}\n", first.0, other.0))
            .collect();
        assert!(differ.is_empty(), "{} of {} differ:\n{}", differ.len(), first.1.len(), differ.join("\n"));
        println!("{} cases, {} equal on {} and {}", first.1.len(), first.1.len(), first.0, other.0);
        println!("{} known differences: {KNOWN:?}", KNOWN.len());
    }
}
