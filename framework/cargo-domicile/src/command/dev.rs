//! `cargo domicile dev`: builds an app and serves it on workerd until a signal comes.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use domicile::env::{DEV, SECRET};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::output::description;
use crate::progress::step;
use crate::workerd::Launch;

use super::build::Choice;

/// Build an app and serve it on workerd, Cloudflare's runtime, on this machine
#[derive(Debug, Args)]
pub(super) struct Dev {
    #[command(flatten)]
    choice: Choice,

    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    port: u16,

    /// The folder that keeps the stores [default: target/domicile/data/APP]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// How tenants are told apart, as the app understands it: short for `--var TENANTS=HOW`
    #[arg(long, value_name = "HOW")]
    tenants: Option<String>,

    /// Open for development what needs a secret elsewhere: sets DOMICILE_DEV=1, and a DOMICILE_SECRET for as long as this
    /// runs if there is none
    #[arg(long)]
    dev: bool,

    /// A variable of the app; may be given again
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    vars: Vec<(String, String)>,
}

impl Dev {
    pub(super) fn run(mut self) -> Result<ExitCode> {
        let built = self.choice.build(None)?;
        let data = self.data.take().unwrap_or_else(|| built.data());
        let tenants = self.tenants.take().map(|how| ("TENANTS".to_owned(), how));
        let known = description(&built.directory)?.vars;
        let mut vars: Vec<_> =
            secrets(Path::new(".dev.vars"), &known)?.into_iter().chain(tenants).chain(self.vars).collect();
        if self.dev {
            vars.extend(develop(&known, &vars)?);
        }
        // Listened for before workerd runs, so that no signal can leave it behind.
        let (sender, signal) = channel();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for signals")?;
        thread::spawn(move || {
            for signal in signals.forever() {
                if sender.send(signal).is_err() {
                    break;
                }
            }
        });
        let launch = Launch {
            tools: &built.tools,
            build: &built.directory,
            data: &data,
            port: self.port,
            vars: &vars,
        };
        let mut server = launch.start()?;
        println!("listening on {}", server.url());
        loop {
            match signal.recv_timeout(Duration::from_millis(100)) {
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(status) = server.ended()? {
                        bail!("workerd ended by itself ({status})");
                    }
                }
                Ok(_) | Err(RecvTimeoutError::Disconnected) => {
                    step("Stopping", "workerd");
                    server.stop()?;
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    }
}

/// The variables that open an app for development, as the native host has them.
fn develop(known: &[String], given: &[(String, String)]) -> Result<Vec<(String, String)>> {
    if !known.iter().any(|name| name == DEV) {
        bail!("the app has no identity, and so nothing that `--dev` would open");
    }
    step(
        "Opening",
        format_args!("/__run_migrations__/ and /__create_admin__/ to everybody on this machine ({DEV}=1)"),
    );
    let mut more = vec![(DEV.to_owned(), "1".to_owned())];
    if !given.iter().any(|(name, _)| name == SECRET) && std::env::var_os(SECRET).is_none() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| anyhow::anyhow!("no randomness for {SECRET}: {error}"))?;
        more.push((SECRET.to_owned(), bytes.iter().map(|byte| format!("{byte:02x}")).collect()));
    }
    Ok(more)
}

/// The app's variables in wrangler's file for local secrets, which yields to the environment as natively.
fn secrets(path: &Path, known: &[String]) -> Result<Vec<(String, String)>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let all: Result<Vec<_>, _> = dotenvy::from_path_iter(path).and_then(Iterator::collect);
    let mut secrets = all.with_context(|| format!("cannot read {}", path.display()))?;
    secrets.retain(|(name, _)| known.contains(name) && std::env::var_os(name).is_none());
    Ok(secrets)
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
