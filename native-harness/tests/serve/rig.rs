//! Starts the program, reads what it prints, and speaks HTTP to it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Longer than anything takes: it only ends a test that would hang.
const NEVER: Duration = Duration::from_secs(60);

/// Its arguments, when this binary is to serve.
const ARGUMENTS: &str = "DOMICILE_TEST_ARGUMENTS";

/// Not a test unless it was started by one.
#[test]
fn program() {
    let Some(arguments) = std::env::var_os(ARGUMENTS) else { return };
    let arguments = arguments.into_string().unwrap();
    // The test harness would report to stdout when this returned.
    let code = native_harness::run(super::app::app, arguments.split('\n').map(OsString::from));
    std::process::exit(if code == std::process::ExitCode::SUCCESS {
        0
    } else if code == std::process::ExitCode::from(2) {
        2
    } else {
        1
    });
}

/// The command that starts the program in `folder`.
pub(super) fn program_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    prepare(&mut command, folder, arguments);
    command.args(TEST);
    command
}

const TEST: [&str; 4] = ["--exact", "rig::program", "--nocapture", "--quiet"];

/// The same with at most `descriptors` open files.
pub(super) fn program_limited(folder: &Path, arguments: &[&str], descriptors: usize) -> Command {
    let mut command = Command::new("sh");
    prepare(&mut command, folder, arguments);
    let script = format!("ulimit -n {descriptors} && exec \"$@\"");
    command.arg("-c").arg(script).arg("sh").arg(std::env::current_exe().unwrap()).args(TEST);
    command
}

fn prepare(command: &mut Command, folder: &Path, arguments: &[&str]) {
    let arguments = ["program"].iter().chain(arguments).copied().collect::<Vec<_>>().join("\n");
    command.env(ARGUMENTS, arguments).env_remove("RUST_LOG").current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// Runs the program to its end; gives its exit code and all that it said.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = program_in(folder, arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// A program that listens.
pub(super) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Option<ChildStderr>,
    pub(super) address: String,
}

/// A program in `folder` on a free port, with its data in the folder `data`.
pub(super) fn start(folder: &Path, arguments: &[&str]) -> Program {
    Program::start(program_in(folder, &[&["--port", "0"], arguments].concat()))
}

impl Program {
    pub(super) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = child.stderr.take();
        let mut line = String::new();
        // What the test harness prints stands before it, and may stand on the same line.
        let address = loop {
            line.clear();
            let length = stdout.read_line(&mut line).unwrap();
            if length == 0 {
                let mut said = String::new();
                stderr.unwrap().read_to_string(&mut said).unwrap();
                panic!("it does not listen: {said}");
            }
            if let Some((_, address)) = line.trim_end().split_once("listening on http://") {
                break address.to_owned();
            }
        };
        Self { child, stdout, stderr, address }
    }

    pub(super) fn connect(&self) -> Client {
        Client::to(&self.address)
    }

    pub(super) fn get(&self, path: &str) -> (u16, String) {
        self.connect().ask("GET", path, "")
    }

    pub(super) fn post(&self, path: &str, body: &str) -> (u16, String) {
        self.connect().ask("POST", path, body)
    }

    /// Sends `signal`, waits for the end, and gives the status and the log.
    pub(super) fn stop(mut self, signal: Signal) -> (ExitStatus, String) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
        let mut log = String::new();
        self.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection.
pub(super) struct Client(BufReader<TcpStream>);

impl Client {
    pub(super) fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(NEVER)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends a request and gives the status and the body, which must have a length.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_ask(method, path, body).unwrap()
    }

    /// `None` where the connection broke off.
    pub(super) fn try_ask(&mut self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: x.test\r\ncontent-length: {}\r\n\r\n", body.len());
        self.0.get_mut().write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()).ok()?;
        let (head, mut length) = (self.head()?, 0);
        for line in head.lines() {
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; if method == "HEAD" { 0 } else { length }];
        self.0.read_exact(&mut body).ok()?;
        Some((head.get(9..12)?.parse().ok()?, String::from_utf8(body).unwrap()))
    }

    /// The lines before a reply's body.
    pub(super) fn head(&mut self) -> Option<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        Some(head)
    }

    /// Sends `bytes`, and gives all that comes until the server closes.
    pub(super) fn raw(mut self, bytes: &str) -> String {
        self.0.get_mut().write_all(bytes.as_bytes()).unwrap();
        let mut all = String::new();
        self.0.read_to_string(&mut all).unwrap();
        all
    }
}
