//! Runs workerd on a built app, for `dev` and for tests.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

use crate::migrate::{Workerd, migrate};
use crate::npm::Tools;
use crate::output::name::{self, disk};
use crate::output::{CAPNP, description};
use crate::progress::step;

#[cfg(test)]
mod tests;

/// How long workerd may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How long workerd may take to finish its requests after SIGTERM.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A running workerd. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    grace: Duration,
}

/// How to run an app; [`Server::start`] is the short form.
#[derive(Debug)]
pub struct Launch<'a> {
    /// The npm packages to take workerd from.
    pub tools: &'a Tools,
    /// The folder that `cargo domicile build` filled.
    pub build: &'a Path,
    /// The folder of the stores, made when missing. No two servers may share one.
    pub data: &'a Path,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The app's variables, each of which its description must name. Those of this process count too, as they do
    /// on the native host, but these win.
    pub vars: &'a [(String, String)],
}

impl Server {
    /// Serves the app that was built into `build` on a free port and waits until it answers.
    ///
    /// The npm packages are those beside `build`, as `cargo domicile build` leaves them.
    ///
    /// # Errors
    ///
    /// As [`Launch::start`].
    pub fn start(build: &Path, data: &Path, vars: &[(&str, &str)]) -> Result<Self> {
        let tools = Tools::fetch(&build.with_file_name("npm"))?;
        let vars: Vec<_> =
            vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Launch { tools: &tools, build, data, port: 0, vars: &vars }.start()
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The process id of workerd.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself, and how.
    ///
    /// # Errors
    ///
    /// When the system cannot tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().context("cannot look after workerd")
    }

    /// Ends it at once, as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn kill9(mut self) -> Result<()> {
        self.child.kill().context("cannot kill workerd")?;
        self.child.wait().context("cannot wait for workerd")?;
        Ok(())
    }

    /// Lets it finish its requests, for 5 s at most, then ends it. A workerd that hangs ignores SIGTERM.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .context("workerd has no process id")?;
        if self.ended()?.is_some() {
            return Ok(());
        }
        kill_process(pid, Signal::TERM).context("cannot stop workerd")?;
        let deadline = Instant::now() + self.grace;
        while Instant::now() < deadline {
            if self.ended()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.kill9()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do for a process that has already ended, which is the only failure of either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Launch<'_> {
    /// Migrates the D1 databases, starts workerd and waits until it accepts connections.
    ///
    /// # Errors
    ///
    /// When the port is taken, a variable is not the app's, a D1 database cannot be migrated, or workerd ends or hangs before it listens; what it
    /// said is on standard error.
    pub fn start(&self) -> Result<Server> {
        let vars = self.variables()?;
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        // workerd's own message for a taken port names neither the port nor a fix.
        if let Err(error) = TcpListener::bind(wanted) {
            if error.kind() == std::io::ErrorKind::AddrInUse {
                bail!(
                    "port {} is in use: end what listens there, or choose another with `--port`",
                    self.port
                );
            }
            return Err(error).with_context(|| format!("cannot listen on {wanted}"));
        }
        let context = || format!("cannot make the folder {}", self.data.display());
        fs::create_dir_all(self.data).with_context(context)?;
        let data = self.data.canonicalize().with_context(context)?;
        self.migrate(&data)?;
        let mut command = Command::new(self.tools.workerd()?);
        command.arg("serve").arg(self.build.join(CAPNP));
        if !description(self.build)?.d1.is_empty() {
            let databases = data.join("v3/d1");
            fs::create_dir_all(&databases)
                .with_context(|| format!("cannot make the folder {}", databases.display()))?;
            command.arg("--experimental").arg("--directory-path").arg(disk(name::D1_DISK, &databases));
        }
        command
            .arg("--directory-path")
            .arg(disk(name::DISK, &data))
            .arg("--socket-addr")
            .arg(format!("{}={wanted}", name::SOCKET))
            .arg("--control-fd=1")
            .envs(vars);
        Server::spawn(command, STOP_LIMIT)
    }

    /// Brings the D1 databases to their newest schema.
    fn migrate(&self, data: &Path) -> Result<()> {
        for database in description(self.build)?.d1.iter().filter(|database| !database.migrations.is_empty())
        {
            let binding = database.binding.as_str();
            let door = Workerd::open(self.tools, self.build, data, binding)?;
            for batch in migrate(&door, database)? {
                step("Applied", format_args!("{} to {binding}", batch.name));
            }
        }
        Ok(())
    }

    fn variables(&self) -> Result<BTreeMap<&str, &str>> {
        let known = description(self.build)?.vars;
        let mut vars = BTreeMap::new();
        for (name, value) in self.vars {
            ensure!(
                known.contains(name),
                "the app has no var `{name}`{}",
                if known.is_empty() { String::new() } else { format!("; it has: {}", known.join(", ")) }
            );
            vars.insert(name.as_str(), value.as_str());
        }
        Ok(vars)
    }
}

impl Server {
    /// Runs `command` and waits until workerd listens on its first socket.
    pub(crate) fn spawn(mut command: Command, grace: Duration) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A Ctrl-C of the terminal reaches every process of its group, and would cut off workerd's requests
            // before this process can let it finish them.
            .process_group(0)
            .spawn()
            .context("cannot run workerd")?;
        let events = child.stdout.take().map(listen);
        let mut server = Self { child, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), grace };
        let port = server.await_port(&events.context("workerd has no output")?)?;
        server.address.set_port(port);
        TcpStream::connect(server.address)
            .with_context(|| format!("workerd does not answer on {}", server.url()))?;
        Ok(server)
    }

    fn await_port(&mut self, events: &Receiver<u16>) -> Result<u16> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            match events.recv_timeout(Duration::from_millis(100)) {
                Ok(port) => return Ok(port),
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(RecvTimeoutError::Timeout) => {
                    bail!("workerd did not listen within {} s", START_LIMIT.as_secs())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().context("cannot wait for workerd")?;
                    bail!("workerd ended before it listened ({status}); its message is above");
                }
            }
        }
    }
}

/// What workerd writes to its control file, beside what the app logs.
#[derive(Deserialize)]
struct Event {
    event: String,
    port: u16,
}

/// Passes workerd's output on, and the port from the one line that is not the app's.
fn listen(stdout: ChildStdout) -> Receiver<u16> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        // Kept until the port is known, so that the other side learns at once when workerd ends before.
        let mut sender = Some(sender);
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(port) = port(&line) {
                if let Some(waiting) = sender.take() {
                    // The other side has gone away when nobody waits for the port any more.
                    let _ = waiting.send(port);
                }
            } else {
                // A closed standard output is no reason to stop reading, which would block workerd.
                let _ = writeln!(std::io::stdout(), "{line}");
            }
        }
    });
    receiver
}

fn port(line: &str) -> Option<u16> {
    let event: Event = serde_json::from_str(line).ok()?;
    (event.event == "listen").then_some(event.port)
}
