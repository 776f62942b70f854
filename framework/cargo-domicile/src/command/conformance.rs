//! `cargo domicile conformance`: the proof that the native host answers as workerd does, and that the proof can fail.
//!
//! The cases, the generator and the comparison are a test of domicile-conformance; this builds the app for workerd and
//! runs that test with what it needs.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::progress::step;
use crate::workspace::Workspace;

use super::build::Choice;
use super::test::{PROVING_APP, absolute};

/// Compare the native host with workerd, case by case: only in Domicile's own repository
///
/// It runs the cases that are written by hand, the scenarios and as many generated cases as are asked for on both
/// hosts, and compares all that comes of them. Then it breaks the native host in one way after the other, each of which
/// the cases must find. It ends with two lines, and with exit code 1 unless all is equal and every tooth is caught.
#[derive(Debug, Args)]
pub(super) struct Conformance {
    /// The seed of the generated cases [default: another one each time]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// How many cases to generate, at least
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    cases: usize,

    /// Run only the cases that have this text in their name or their statement
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,

    /// Leave the teeth out
    #[arg(long)]
    no_teeth: bool,

    /// Write what workerd gives into the files of cases, and compare nothing
    #[arg(long)]
    record: bool,
}

impl Conformance {
    pub(super) fn run(self) -> Result<ExitCode> {
        let workspace = Workspace::read()?;
        ensure!(
            workspace.app(Some(PROVING_APP)).is_ok(),
            "the comparison with workerd exists only in Domicile's own repository, whose package {PROVING_APP} holds \
             the cases: run it there"
        );
        let built = Choice::of(PROVING_APP).build(None)?;
        let mut test = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        test.args(["test", "--quiet", "--package", PROVING_APP, "--test", "conformance", "--"])
            .args(self.arguments())
            .current_dir(workspace.root())
            .env("DOMICILE_CONFORMANCE", "1")
            .env("DOMICILE_WORKERD", built.tools.workerd()?)
            .env("DOMICILE_BUILD", absolute(&built.directory)?);
        step("Comparing", "the native host and workerd");
        let status = test.status().context("cannot run cargo test")?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![format!("--cases={}", self.cases)];
        arguments.extend(self.seed.map(|seed| format!("--seed={seed}")));
        arguments.extend(self.only.as_ref().map(|text| format!("--only={text}")));
        arguments.extend(self.no_teeth.then(|| "--no-teeth".to_owned()));
        arguments.extend(self.record.then(|| "--record".to_owned()));
        arguments
    }
}
