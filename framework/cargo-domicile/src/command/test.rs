//! `cargo domicile test`: the workspace's tests, with those that need workerd given one.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::progress::step;
use crate::workspace::Workspace;

use super::build::Choice;

/// The app that both hosts are tested with; only Domicile's own repository has it.
pub(super) const PROVING_APP: &str = "domicile-conformance";

/// Run the workspace's tests natively and, where they ask for it, on workerd
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Run the long loops in full: kills, panics, thousands of actors
    #[arg(long)]
    all: bool,

    /// Arguments for `cargo test`
    #[arg(last = true)]
    cargo: Vec<String>,
}

impl Test {
    pub(super) fn run(self) -> Result<ExitCode> {
        let began = Instant::now();
        let workspace = Workspace::read()?;
        let mut test = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        test.arg("test").args(&self.cargo).current_dir(workspace.root());
        let mut left_out = Vec::new();
        if workspace.app(Some(PROVING_APP)).is_ok() {
            let built = Choice::of(PROVING_APP).build(None)?;
            test.env("DOMICILE_WORKERD", built.tools.workerd()?)
                .env("DOMICILE_NODE", built.tools.node()?)
                .env("DOMICILE_MINIFLARE", built.tools.miniflare())
                .env("DOMICILE_BUILD", absolute(&built.directory)?);
        } else {
            left_out.push(format!("workerd: the workspace has no package {PROVING_APP}"));
        }
        if self.all {
            test.env("DOMICILE_FULL", "1");
        } else {
            left_out.push(
                "the long loops run a few rounds only: `cargo domicile test --all` runs them in full".into(),
            );
        }
        step("Testing", "natively and on workerd");
        let status = test.status().context("cannot run cargo test")?;
        for what in left_out {
            step("Left out", what);
        }
        step("Finished", format_args!("tests in {} s", began.elapsed().as_secs()));
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

pub(super) fn absolute(path: &Path) -> Result<std::path::PathBuf> {
    Ok(std::path::absolute(path)?)
}
