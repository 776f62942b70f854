//! The two hosts as child processes: started on a folder, stopped, killed, started again.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::poll;

/// How long a host may take until it listens, or until it has ended.
const LIMIT: Duration = Duration::from_secs(30);

/// Which host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The app's own binary.
    Native,
    /// Cloudflare's runtime, on the folder that `cargo domicile build` filled.
    Workerd { binary: PathBuf, build: PathBuf },
    /// The same folder in Miniflare, which needs Node: only for D1, whose workers plain workerd runs without it.
    Miniflare { node: PathBuf, module: PathBuf, build: PathBuf },
}

impl Kind {
    /// The hosts to test: the native one always, workerd where the environment names it.
    pub fn all() -> Vec<Kind> {
        match Kind::workerd() {
            Some(workerd) => vec![Kind::Native, workerd],
            None => {
                eprintln!(
                    "left out: workerd. `cargo domicile test` runs it, or set DOMICILE_WORKERD and DOMICILE_BUILD."
                );
                vec![Kind::Native]
            }
        }
    }

    pub fn workerd() -> Option<Kind> {
        let binary = std::env::var_os("DOMICILE_WORKERD")?.into();
        let build = std::env::var_os("DOMICILE_BUILD")?.into();
        Some(Kind::Workerd { binary, build })
    }

    pub fn miniflare() -> Option<Kind> {
        let node = std::env::var_os("DOMICILE_NODE")?.into();
        let module = std::env::var_os("DOMICILE_MINIFLARE")?.into();
        let build = std::env::var_os("DOMICILE_BUILD")?.into();
        Some(Kind::Miniflare { node, module, build })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Kind::Native => "native",
            Kind::Workerd { .. } => "workerd",
            Kind::Miniflare { .. } => "Miniflare",
        }
    }

    fn command(&self, data: &Path) -> Command {
        match self {
            Kind::Native => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_domicile-conformance"));
                // What is compared is workerd on one's own machine, which allows more than production.
                command.args(["--port", "0", "--limits", "workerd", "--data"]).arg(data);
                command
            }
            Kind::Workerd { binary, build } => {
                let mut disk = OsString::from("storage=");
                disk.push(data);
                let mut command = Command::new(binary);
                command.arg("serve").arg(build.join("workerd.capnp")).arg("--directory-path").arg(disk);
                let databases = data.join("v3/d1");
                std::fs::create_dir_all(&databases).expect("a folder");
                let mut disk = OsString::from("d1=");
                disk.push(databases);
                command.arg("--experimental").arg("--directory-path").arg(disk);
                command.args(["--socket-addr", "http=127.0.0.1:0", "--control-fd=1"]);
                command
            }
            Kind::Miniflare { node, module, build } => {
                let mut command = Command::new(node);
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/miniflare.mjs");
                command.arg(script).arg(module).arg(build).arg(data);
                command
            }
        }
    }

    /// The port, where this line of standard output tells it.
    fn port(&self, line: &str) -> Option<u16> {
        match self {
            Kind::Native => line.strip_prefix("listening on http://127.0.0.1:")?.trim().parse().ok(),
            Kind::Workerd { .. } | Kind::Miniflare { .. } => {
                let event: serde_json::Value = serde_json::from_str(line).ok()?;
                (event["event"] == "listen").then(|| event["port"].as_u64()?.try_into().ok())?
            }
        }
    }
}

/// A host that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts a host and waits until it listens.
    pub fn start(kind: &Kind, data: &Path, vars: &[(&str, &str)]) -> Result<Self> {
        let (child, line) = spawn(kind, data, vars)?;
        let mut process = Self { child, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) };
        match line.recv_timeout(LIMIT) {
            Ok(port) => process.address.set_port(port),
            Err(RecvTimeoutError::Timeout) => bail!("{} did not listen within {LIMIT:?}", kind.name()),
            Err(RecvTimeoutError::Disconnected) => {
                bail!("{} ended before it listened: {}", kind.name(), process.child.wait()?)
            }
        }
        Ok(process)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once and waits until it is gone.
    pub fn kill9(mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a child can be waited for");
    }

    /// Asks it to end and waits until it is gone.
    pub fn stop(mut self) -> ExitStatus {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::TERM).expect("a child can be signalled");
        poll::until("the host ends after SIGTERM", LIMIT, || {
            self.child.try_wait().expect("a child can be waited for")
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is left to do for a process that has already ended, which is the only failure of either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the host, and gives the port once a line tells it.
fn spawn(kind: &Kind, data: &Path, vars: &[(&str, &str)]) -> Result<(Child, std::sync::mpsc::Receiver<u16>)> {
    // What the hosts log goes where a failed test can be looked into, and nowhere else.
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(data.with_extension("log"))
        .context("cannot open the log")?;
    let mut child = kind
        .command(data)
        .envs(vars.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot run {}", kind.name()))?;
    let stdout = child.stdout.take().context("the host has no output")?;
    let (sender, receiver) = channel();
    let kind = kind.clone();
    let mut printed = std::fs::File::options()
        .create(true)
        .append(true)
        .open(data.with_extension("out"))
        .context("cannot open the log")?;
    std::thread::spawn(move || {
        let mut sender = Some(sender);
        // Read to the end, as a host would stop at a full pipe.
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // workerd prints here what is logged and is no warning. A test that looks for it fails where this does.
            let _ = writeln!(printed, "{line}");
            if let Some(port) = kind.port(&line)
                && let Some(waiting) = sender.take()
            {
                // Nobody waits any more when the start has timed out.
                let _ = waiting.send(port);
            }
        }
    });
    Ok((child, receiver))
}
