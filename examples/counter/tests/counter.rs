//! The counter as a program: it is started, asked over HTTP, killed, and started again on the same data.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Counter {
    program: Child,
    address: String,
}

impl Counter {
    fn start(data: &Path) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_counter"))
            .args(["--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self { program, address }
    }

    /// The whole response to a request without a body.
    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    #[track_caller]
    fn shows(&self, total: &str) {
        let response = self.ask("GET /");
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        assert!(response.ends_with(&format!("\r\n\r\n{total}\n")), "{response}");
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
    }
}

#[test]
fn it_counts_and_remembers() {
    let data = tempfile::tempdir().unwrap();
    let counter = Counter::start(data.path());
    counter.shows("0");
    for total in ["1", "2"] {
        let added = counter.ask("POST /add");
        assert!(added.starts_with("HTTP/1.1 303 ") && added.contains("\r\nlocation: /\r\n"), "{added}");
        counter.shows(total);
    }
    assert!(counter.ask("GET /add").starts_with("HTTP/1.1 405 "));
    drop(counter);
    Counter::start(data.path()).shows("2");
}
