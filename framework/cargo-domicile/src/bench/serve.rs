//! Serves contenders on one workerd, each on a socket of its own.

use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::output::COMPATIBILITY_DATE;
use crate::output::name::{DISK, disk};
use crate::workerd::Server;

use super::contender::Contender;

/// How long all sockets may take until they accept connections.
const LIMIT: Duration = Duration::from_secs(30);

/// A workerd that serves contenders.
#[derive(Debug)]
pub struct Serving {
    server: Server,
    addresses: Vec<SocketAddr>,
}

impl Serving {
    /// Serves `contenders` with the stores in `data`; `folder` is above all of their modules and gets the configuration.
    ///
    /// # Errors
    /// When workerd does not start.
    pub fn start(workerd: &Path, folder: &Path, data: &Path, contenders: &[&Contender]) -> Result<Self> {
        let names: Vec<_> = contenders.iter().map(|contender| contender.name).collect();
        let path = folder.join(format!("{}.capnp", names.join("+")));
        fs::write(&path, config(folder, contenders)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        let addresses = free(contenders.len())?;
        let mut command = Command::new(workerd);
        command.arg("serve").arg(path).arg("--directory-path").arg(disk(DISK, data)).arg("--control-fd=1");
        for (contender, address) in contenders.iter().zip(&addresses) {
            command.arg("--socket-addr").arg(format!("{}={address}", contender.name));
        }
        let server = Server::spawn(command, Duration::from_secs(5))?;
        let deadline = Instant::now() + LIMIT;
        for address in &addresses {
            while TcpStream::connect(address).is_err() {
                if Instant::now() > deadline {
                    bail!("workerd does not answer on {address}");
                }
                thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(Self { server, addresses })
    }

    /// Where the contender with this place among those that were given listens.
    #[must_use]
    pub fn address(&self, place: usize) -> Option<SocketAddr> {
        self.addresses.get(place).copied()
    }

    /// The process id of workerd.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn stop(self) -> Result<()> {
        self.server.stop()
    }
}

/// Ports that nobody listens on.
fn free(count: usize) -> Result<Vec<SocketAddr>> {
    // All are held until all are known, so that none is given twice.
    let held: std::io::Result<Vec<_>> =
        (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect();
    let held = held.context("there is no free port on 127.0.0.1")?;
    Ok(held.iter().map(TcpListener::local_addr).collect::<std::io::Result<_>>()?)
}

fn config(folder: &Path, contenders: &[&Contender]) -> Result<String> {
    let (mut services, mut sockets, mut workers) = (String::new(), String::new(), String::new());
    for (number, contender) in contenders.iter().enumerate() {
        let name = contender.name;
        let _ = writeln!(services, "    (name = \"{name}\", worker = .worker{number}),");
        let _ = writeln!(
            sockets,
            "    (name = \"{name}\", address = \"127.0.0.1:0\", http = (), service = \"{name}\"),"
        );
        workers.push_str(&worker(folder, number, contender)?);
    }
    Ok(format!(
        "using Workerd = import \"/workerd/workerd.capnp\";\n\
         const config :Workerd.Config = (\n  services = [\n{services}    (name = \"{DISK}\", disk = (writable = true)),\n  ],\n  \
         sockets = [\n{sockets}  ],\n);\n{workers}"
    ))
}

fn worker(folder: &Path, number: usize, contender: &Contender) -> Result<String> {
    let mut found = Vec::new();
    modules(&contender.modules, "", &mut found)?;
    found.sort_by_key(|module| (module != contender.main, module.clone()));
    let inside = contender.modules.strip_prefix(folder).context("the modules are in another folder")?;
    let mut listed = String::new();
    for module in found {
        let kind = match module.rsplit('.').next() {
            Some("wasm") => "wasm",
            Some("js" | "mjs") => "esModule",
            Some("sql" | "css") => "text",
            _ => continue,
        };
        let _ =
            writeln!(listed, "    (name = \"{module}\", {kind} = embed \"{}/{module}\"),", inside.display());
    }
    let Contender { name, class, binding, .. } = contender;
    let mut bindings = format!("    (name = \"{binding}\", durableObjectNamespace = \"{class}\"),\n");
    for (var, value) in &contender.vars {
        let _ = writeln!(bindings, "    (name = \"{var}\", text = \"{value}\"),");
    }
    Ok(format!(
        "const worker{number} :Workerd.Worker = (\n  compatibilityDate = \"{COMPATIBILITY_DATE}\",\n  \
         modules = [\n{listed}  ],\n  \
         durableObjectNamespaces = [(className = \"{class}\", uniqueKey = \"{name}\", enableSql = true)],\n  \
         durableObjectStorage = (localDisk = \"{DISK}\"),\n  bindings = [\n{bindings}  ],\n);\n"
    ))
}

fn modules(folder: &Path, inside: &str, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            modules(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}
