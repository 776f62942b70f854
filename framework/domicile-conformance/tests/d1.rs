//! The cases of D1 in `cases/d1/*.jsonl`, one on a line with what Miniflare's D1 gave: on the native twin, on Miniflare's D1
//! in plain workerd, as `cargo domicile dev` runs it, and in Miniflare itself.
//!
//! `DOMICILE_RECORD=1 cargo domicile test -- -p domicile-conformance --test d1 miniflare_answers` writes down what Miniflare gives.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use domicile_conformance::program::d1::Ask;
use serde_json::{Value, json};
use support::host::Kind;
use support::http::Request;
use support::world::{Server, World};

/// Fewer means that a file was not found.
const FEWEST: usize = 40;

struct Case {
    name: String,
    steps: Vec<Ask>,
    gives: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/d1")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(line).collect()
}

/// All cases, in the order in which they are played: the rowid of the last insert goes from one to the next.
fn cases() -> Vec<Case> {
    let case = |line: Value| {
        let name = line["case"].as_str().expect("a name").to_owned();
        let steps = serde_json::from_value(line["steps"].clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        Case { name, steps, gives: line["gives"].clone() }
    };
    let cases: Vec<Case> = files().iter().flat_map(|file| lines(file)).map(case).collect();
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    cases
}

fn asking(steps: impl AsRef<[u8]>) -> Request {
    Request::post("/d1/play", steps).header("Content-Type", "application/json")
}

/// What each case gives on a new host.
fn played(kind: &Kind) -> Vec<Value> {
    let server = Server::start(kind, &[]);
    let world = World::new(&server);
    let play = |case: &Case| {
        let body = serde_json::to_vec(&case.steps).unwrap();
        let reply = world.quietly(&asking(body));
        assert_eq!(reply.status, 200, "{}: {}\n{}", case.name, reply.text(), server.log());
        serde_json::from_slice(&reply.body).unwrap()
    };
    let played = cases().iter().map(play).collect();
    server.stop();
    played
}

fn compare(kind: &Kind) {
    let mut wrong = Vec::new();
    for (case, given) in cases().iter().zip(played(kind)) {
        if case.gives == given {
            continue;
        }
        let expected = case.gives.as_array().cloned().unwrap_or_default();
        for (at, step) in case.steps.iter().enumerate() {
            let (expected, given) = (expected.get(at), given.get(at));
            if expected != given {
                let text =
                    |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
                wrong.push(format!(
                    "{}: {step:?}\n  expected {}\n  given    {}",
                    case.name,
                    text(expected),
                    text(given)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "on {}:\n{}", kind.name(), wrong.join("\n"));
}

#[test]
fn the_native_twin_answers_as_miniflare_did() {
    compare(&Kind::Native);
}

#[test]
fn miniflare_s_workers_in_plain_workerd_answer_as_miniflare_did() {
    match Kind::workerd() {
        Some(workerd) => compare(&workerd),
        None => eprintln!("left out: workerd, which `cargo domicile test` runs"),
    }
}

#[test]
fn miniflare_answers_as_it_did() {
    let Some(miniflare) = Kind::miniflare() else {
        eprintln!("left out: Miniflare, which `cargo domicile test` runs");
        return;
    };
    if std::env::var_os("DOMICILE_RECORD").is_some() {
        record(&played(&miniflare));
    }
    compare(&miniflare);
}

fn record(played: &[Value]) {
    let mut played = played.iter();
    for file in files() {
        let with = |mut line: Value| {
            line["gives"] = played.next().expect("as many as cases").clone();
            // In the order in which they are read.
            let [case, steps, gives] = ["case", "steps", "gives"].map(|key| json!(line[key]));
            format!("{{\"case\":{case},\"steps\":{steps},\"gives\":{gives}}}\n")
        };
        let text: Vec<String> = lines(&file).into_iter().map(with).collect();
        fs::write(file, text.concat()).unwrap();
    }
}

/// A file of D1's in a data folder is none of an actor's, and what is written to it outlives a restart.
#[test]
fn what_is_written_outlives_a_restart() {
    for kind in Kind::all() {
        let server = Server::start(&kind, &[]);
        let ask = |steps: Value| {
            let reply = World::new(&server).quietly(&asking(steps.to_string()));
            assert_eq!(reply.status, 200, "{}\n{}", reply.text(), server.log());
            serde_json::from_slice::<Value>(&reply.body).unwrap()
        };
        ask(json!([{ "batch": [["CREATE TABLE kept (a)", []], ["INSERT INTO kept VALUES (7)", []]] }]));
        server.kill9();
        server.begin(&[]);
        assert_eq!(ask(json!([{ "query": ["SELECT a FROM kept", []] }])), json!([{ "rows": [[7.0]] }]));
        if kind == Kind::Native {
            assert!(server.data().join("d1/DB.sqlite").exists());
            assert!(!server.data().join("d1/OTHER_DB.sqlite").exists(), "nobody has asked for it");
            assert!(!server.log().contains("no actor's database"), "{}", server.log());
        }
        server.stop();
    }
}

/// A database that the app declares and its deployment does not bind.
#[test]
fn a_binding_that_is_missing_is_named_at_start() {
    let Some(Kind::Workerd { binary, build }) = Kind::workerd() else {
        eprintln!("left out: workerd, which `cargo domicile test` runs");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    copy(&build, folder.path());
    let config = folder.path().join("workerd.capnp");
    let text = fs::read_to_string(&config).unwrap();
    let without: String = text
        .lines()
        .filter(|line| !line.contains("(name = \"OTHER_DB\""))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_ne!(text.len(), without.len(), "the binding was there");
    fs::write(config, without).unwrap();
    let server = Server::start(&Kind::Workerd { binary, build: folder.path().to_owned() }, &[]);
    let reply = World::new(&server).quietly(&Request::get("/entry/"));
    assert_eq!(reply.status, 500);
    server.stop();
    let named = "the app cannot start: there is no D1 database `OTHER_DB`: declare it with";
    assert!(server.log().contains(named), "{}", server.log());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
