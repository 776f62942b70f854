//! [`World`]: a host as a scenario sees it, with everything that it answered on record.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::host::{Kind, Process};
use super::http::{self, Reply, Request};
use super::stored::{self, Stored};

/// Headers that tell of the connection or the moment and not of the app.
const UNTOLD: [&str; 4] = ["date", "connection", "keep-alive", "transfer-encoding"];

/// Bodies up to this size stand in the record as they are.
const SHOWN: usize = 2000;

/// A host on a folder of its own, which outlives restarts.
pub struct Server {
    pub kind: Kind,
    folder: TempDir,
    process: Mutex<Option<Process>>,
}

impl Server {
    /// Starts a host of `kind` on a new folder.
    pub fn start(kind: &Kind, vars: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Self { kind: kind.clone(), folder, process: Mutex::new(None) };
        std::fs::create_dir(server.data()).expect("a folder");
        server.begin(vars);
        server
    }

    /// Starts it again, after `stop` or `kill9`.
    pub fn begin(&self, vars: &[(&str, &str)]) {
        let process = Process::start(&self.kind, &self.data(), vars).unwrap_or_else(|e| {
            panic!("{e}\n{}", self.log());
        });
        *self.slot() = Some(process);
    }

    pub fn stop(&self) {
        let status = self.slot().take().expect("it runs").stop();
        // workerd ends by the signal itself.
        assert!(
            self.kind != Kind::Native || status.success(),
            "the host ended with {status}\n{}",
            self.log()
        );
    }

    pub fn kill9(&self) {
        self.slot().take().expect("it runs").kill9();
    }

    pub fn address(&self) -> SocketAddr {
        self.slot().as_ref().expect("it runs").address()
    }

    pub fn pid(&self) -> u32 {
        self.slot().as_ref().expect("it runs").pid()
    }

    /// The databases of a host that was ended.
    pub fn stored(&self) -> Vec<Stored> {
        assert!(self.slot().is_none(), "a running host's files are its own");
        stored::list(&self.data())
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the host has logged. On workerd these are warnings and errors.
    pub fn log(&self) -> String {
        self.read("data.log")
    }

    /// What the host has printed or logged, of every level.
    pub fn all_logged(&self) -> String {
        self.read("data.log") + &self.read("data.out")
    }

    fn read(&self, name: &str) -> String {
        let text = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server, and the record of what it answered to one scenario.
pub struct World<'a> {
    pub server: &'a Server,
    record: Mutex<Vec<String>>,
}

impl<'a> World<'a> {
    pub fn new(server: &'a Server) -> Self {
        Self { server, record: Mutex::default() }
    }

    pub fn is_native(&self) -> bool {
        self.server.kind == Kind::Native
    }

    /// Sends a request and puts the reply on record.
    #[track_caller]
    pub fn send(&self, request: &Request) -> Reply {
        let reply = self.quietly(request);
        let target = String::from_utf8_lossy(&request.target).into_owned();
        self.note(format!("{} {target}\n{}", request.method, told(&reply)));
        reply
    }

    #[track_caller]
    pub fn get(&self, target: impl AsRef<[u8]>) -> Reply {
        self.send(&Request::get(target))
    }

    #[track_caller]
    pub fn post(&self, target: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Reply {
        self.send(&Request::post(target, body))
    }

    /// Sends any bytes and puts the reply on record.
    #[track_caller]
    pub fn raw(&self, bytes: &[u8]) -> Reply {
        let reply = http::send_raw(self.server.address(), bytes)
            .unwrap_or_else(|e| panic!("{:?}: {e}", String::from_utf8_lossy(bytes)));
        self.note(format!("{}\n{}", bytes.escape_ascii(), told(&reply)));
        reply
    }

    /// Sends a request whose reply differs from run to run, or is one of very many.
    #[track_caller]
    pub fn quietly(&self, request: &Request) -> Reply {
        http::send(self.server.address(), request).unwrap_or_else(|e| {
            panic!("{} {}: {e}", request.method, String::from_utf8_lossy(&request.target))
        })
    }

    pub fn note(&self, text: String) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    pub fn record(self) -> Vec<String> {
        self.record.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reply as it stands on record.
fn told(reply: &Reply) -> String {
    let mut out = format!("  {}\n", reply.status);
    let mut headers: Vec<_> = reply.headers.iter().filter(|(n, _)| !UNTOLD.contains(&n.as_str())).collect();
    headers.sort_by_key(|(name, _)| name.clone());
    for (name, value) in headers {
        let _ = writeln!(out, "  {name}: {value}");
    }
    if reply.broken {
        // How much had arrived by then depends on buffers.
        let _ = writeln!(out, "  broken off");
    } else if reply.body.len() <= SHOWN {
        let _ = writeln!(out, "  {}", masked(&reply.body.escape_ascii().to_string()));
    } else {
        let _ = writeln!(out, "  {} bytes, sum {:x}", reply.body.len(), sum(&reply.body));
    }
    out
}

/// The text without the numbers of requests, which are random.
fn masked(text: &str) -> String {
    let mark = "request ";
    match text.find(mark) {
        Some(at) if text[at + mark.len()..].bytes().take_while(u8::is_ascii_hexdigit).count() == 16 => {
            format!("{}{mark}…{}", &text[..at], &text[at + mark.len() + 16..])
        }
        _ => text.to_owned(),
    }
}

/// FNV-1a.
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}
