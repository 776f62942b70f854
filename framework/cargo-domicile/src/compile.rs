//! Compiles an app to Wasm with cargo, and installs the target when rustup can.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::Message;

use crate::progress::step;
use crate::workspace::{App, Workspace, cargo};

/// The target of every app on Cloudflare.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The `wasm` profile of a workspace that defines none, as a package outside Domicile's repository: that of its root
/// Cargo.toml.
const PROFILE: [&str; 6] = [
    "profile.wasm.inherits='release'",
    "profile.wasm.opt-level='s'",
    "profile.wasm.lto='fat'",
    "profile.wasm.codegen-units=1",
    "profile.wasm.panic='abort'",
    "profile.wasm.strip='debuginfo'",
];

/// Compiles the app with the `wasm` profile and gives the path of the file that cargo wrote.
///
/// # Errors
///
/// When the code does not compile; cargo has then printed why.
pub fn compile(workspace: &Workspace, app: &App) -> Result<PathBuf> {
    ensure_target()?;
    let mut child = cargo()
        .args([
            "build",
            "--profile",
            "wasm",
            "--target",
            TARGET,
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(["--package", &app.package, "--bin", &app.bin])
        .args(profile(workspace.root())?)
        .current_dir(workspace.root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;
    let mut compiled = None;
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            if let Message::CompilerArtifact(artifact) = message.context("cannot read cargo's messages")?
                && artifact.target.is_bin()
                && artifact.target.name == app.bin
            {
                compiled = artifact.filenames.into_iter().find(|name| name.extension() == Some("wasm"));
            }
        }
    }
    let status = child.wait().context("cannot wait for cargo")?;
    ensure!(status.success(), "{} does not compile for {TARGET}", app.package);
    compiled.map(Into::into).with_context(|| format!("cargo wrote no .wasm file for {}", app.package))
}

/// The arguments that define the profile where the workspace does not. A definition of its own is not overridden.
fn profile(root: &Path) -> Result<Vec<&'static str>> {
    let path = root.join("Cargo.toml");
    let manifest = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let defined = manifest.lines().any(|line| line.trim_start().starts_with("[profile.wasm]"));
    Ok(if defined { Vec::new() } else { PROFILE.iter().flat_map(|set| ["--config", *set]).collect() })
}

fn ensure_target() -> Result<()> {
    if has_target()? {
        return Ok(());
    }
    step("Fetching", format_args!("the Rust target {TARGET} (once)"));
    match Command::new("rustup").args(["target", "add", TARGET]).status() {
        Ok(status) if status.success() => {}
        Ok(_) => bail!(
            "rustup could not add the target {TARGET}: see its message above. Connect this machine and run \
             `rustup target add {TARGET}`"
        ),
        Err(_) => bail!(
            "the Rust in use has no {TARGET} target and rustup was not found: install Rust with rustup from \
             https://rustup.rs, or add the target the way this Rust was installed"
        ),
    }
    ensure!(
        has_target()?,
        "rustup added {TARGET} to another toolchain than the one in use: run `rustup target add {TARGET}` with the \
         toolchain that `rustc --print sysroot` names"
    );
    Ok(())
}

fn has_target() -> Result<bool> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("cannot run rustc")?;
    let directory = String::from_utf8_lossy(&output.stdout);
    // The folder can exist and be empty, after the target was removed.
    let holds = Path::new(directory.trim()).read_dir().is_ok_and(|mut entries| entries.next().is_some());
    Ok(output.status.success() && holds)
}
