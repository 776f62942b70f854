//! Flags, variables, errors and the end.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::rig::{Program, program_in, run, start};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs the program, which must end with this code and these words.
#[track_caller]
fn check(folder: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let (got, said) = run(folder, arguments);
    assert_eq!(got, code, "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} should say {word:?}: {said}");
    }
}

#[test]
fn wrong_flags_end_with_2_and_name_what_is_wrong() {
    let folder = folder();
    check(folder.path(), &["--prot", "1"], 2, &["--prot", "--port"]);
    check(folder.path(), &["--port", "99999"], 2, &["99999"]);
    check(folder.path(), &["--var", "=x"], 2, &["NAME=VALUE"]);
    check(folder.path(), &["--help"], 0, &["Serve the app", "--data", "--tenants", "--body-limit"]);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn what_keeps_it_from_serving_is_one_sentence_with_the_way_out() {
    let folder = folder();
    let first = start(folder.path(), &[]);
    let port = first.address.rsplit_once(':').unwrap().1;
    check(folder.path(), &["--port", port, "--data", "other"], 1, &["error: port", "in use", "--port"]);
    check(folder.path(), &["--port", "0"], 1, &["error: the data folder data is in use", "--data"]);
    std::fs::write(folder.path().join("file"), "").unwrap();
    check(
        folder.path(),
        &["--port", "0", "--data", "file"],
        1,
        &["error: cannot write to the data folder file"],
    );
    check(folder.path(), &["--port", "0", "--log", "=="], 1, &["error:", "==", "--log"]);
    check(
        folder.path(),
        &["--port", "0", "--log", "loud"],
        1,
        &["error:", "`loud` is no log level:", "--log"],
    );
    let needy = ["--port", "0", "--data", "needy", "--var", "NEEDY=1"];
    check(folder.path(), &needy, 1, &["error:", "A_SECRET not set", "--var"]);
}

#[test]
fn variables_come_from_the_environment_the_file_and_the_flags() {
    let folder = folder();
    std::fs::write(folder.path().join(".dev.vars"), "FILE=\"from a file\"\nBOTH=file\n").unwrap();
    let mut command = program_in(folder.path(), &["--port", "0", "--tenants", "path", "--var", "BOTH=flag"]);
    command.env("OUTER", "from outside").env("BOTH", "outside");
    let program = Program::start(command);
    for (name, value) in [
        ("OUTER", "from outside"),
        ("FILE", "from a file"),
        ("BOTH", "flag"),
        ("TENANTS", "path"),
        ("NONE", "not set"),
    ] {
        assert_eq!(program.get(&format!("/env/{name}")), (200, value.to_owned()));
    }
}

#[test]
fn a_signal_ends_it_in_order_and_the_data_is_there_again() {
    let folder = folder();
    for (round, signal) in [Signal::TERM, Signal::INT].into_iter().enumerate() {
        let program = start(folder.path(), &[]);
        assert_eq!(program.post("/t/a/", "x").0, 200);
        let (status, log) = program.stop(signal);
        assert_eq!(status.code(), Some(0), "{log}");
        let notes = folder.path().join("data/notes");
        let files: Vec<_> = notes.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "round {round}: {files:?}");
    }
    let program = start(folder.path(), &[]);
    assert_eq!(program.get("/t/a/"), (200, "x x 2".to_owned()));
}

#[test]
fn a_signal_right_after_it_listens_ends_it_in_order() {
    let folder = folder();
    for _ in 0..5 {
        let (status, log) = start(folder.path(), &[]).stop(Signal::TERM);
        assert_eq!((status.code(), status.signal()), (Some(0), None), "{log}");
    }
}

#[test]
fn a_panic_is_in_the_log_with_its_place_and_its_actor_and_not_in_the_reply() {
    let folder = folder();
    let program = start(folder.path(), &[]);
    let (status, body) = program.post("/t/acme/", "panic");
    assert_eq!(status, 500);
    assert!(body.contains("request ") && !body.contains("only the log"), "{body}");
    assert_eq!(program.get("/t/acme/"), (200, "0".to_owned()));
    let (_, log) = program.stop(Signal::TERM);
    let line = log.lines().find(|line| line.contains("a message that only the log may hold")).unwrap();
    for word in ["ERROR", "app.rs:", "acme", "Notes", body.trim_end().rsplit(' ').next().unwrap()] {
        assert!(line.contains(word), "{word:?} is not in {line:?}");
    }
}

#[test]
fn the_log_is_as_loud_as_it_is_told_to_be() {
    let folder = folder();
    for (level, lines) in [("info", true), ("warn", false)] {
        let program = start(folder.path(), &["--log", level]);
        program.get("/t/a/");
        let (_, log) = program.stop(Signal::TERM);
        assert_eq!(log.contains("handled"), lines, "{log}");
        assert!(!log.contains('\u{1b}'), "{log:?}");
    }
}

#[test]
fn it_answers_soon_after_its_start() {
    let folder = folder();
    // The best of a few, as the machine may be busy with other things; the limit is the one that users are promised.
    let best = (0..10).map(|_| {
        let begun = Instant::now();
        let program = start(folder.path(), &[]);
        assert_eq!(program.get("/t/a/").0, 200);
        begun.elapsed()
    });
    let best = best.min().unwrap();
    assert!(best < Duration::from_millis(100), "{best:?}");
}
