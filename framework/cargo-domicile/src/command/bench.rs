//! `cargo domicile bench`: measures Domicile beside those it is compared with, on one workerd.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::bench::contender::Workshop;
use crate::bench::measure::Bench as Measuring;
use crate::bench::report;
use crate::bench::workload::{AGAINST, WORKLOADS, Workload};
use crate::progress::step;
use crate::workspace::{Workspace, cargo};

use super::build::Choice;

/// The contender on Domicile; only Domicile's own repository has it.
const APP: &str = "domicile-bench";

/// Measure Domicile side by side with plain JavaScript, workers-rs and @cloudflare/actors
#[derive(Debug, Args)]
pub(super) struct Bench {
    /// Write the figures to a file too, as an array of `{workload, against, ratio, target}`
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// How many rounds every contender gets for each workload
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    /// Measure only this workload; may be given again
    #[arg(long, value_name = "WORKLOAD")]
    only: Vec<String>,

    /// Compare only with this one: plain, workers-rs or actors; may be given again
    #[arg(long, value_name = "NAME")]
    against: Vec<String>,

    /// Measure nothing, only build all and compare their bytes
    #[arg(long)]
    check: bool,
}

impl Bench {
    pub(super) fn run(self) -> Result<ExitCode> {
        let workloads = self.workloads()?;
        if let Some(other) = self.against.iter().find(|name| !AGAINST.contains(&name.as_str())) {
            bail!("there is no contender `{other}`; the others are: {}", AGAINST.join(", "));
        }
        if cfg!(debug_assertions) && !self.check {
            // A client that is not optimised would be what is measured.
            let status = cargo()
                .args(["run", "--release", "--quiet", "--package", "cargo-domicile", "--"])
                .args(std::env::args_os().skip(1).skip_while(|argument| argument == "domicile"))
                .status()
                .context("cannot run cargo")?;
            return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        let workspace = Workspace::read()?;
        ensure!(
            workspace.app(Some(APP)).is_ok(),
            "only Domicile's own repository has a bench: there is no {APP}"
        );
        let measuring = self.prepare(&workspace)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        if !self.check {
            println!("{}", report::head());
        }
        let measured = tokio::task::LocalSet::new().block_on(
            &runtime,
            measuring.run(&workloads, self.check, |measured| println!("{}", report::line(measured))),
        )?;
        if self.check {
            step("Finished", format_args!("{} workloads give equal bytes", workloads.len()));
        }
        if let Some(path) = &self.json {
            let figures: Vec<_> = measured.iter().flat_map(report::figures).collect();
            fs::write(path, serde_json::to_vec_pretty(&figures)?)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn workloads(&self) -> Result<Vec<&'static Workload>> {
        let known = || WORKLOADS.iter().map(|workload| workload.name).collect::<Vec<_>>().join(", ");
        if let Some(other) = self.only.iter().find(|name| !WORKLOADS.iter().any(|known| known.name == **name))
        {
            bail!("there is no workload `{other}`; the workloads are: {}", known());
        }
        let wanted = |name: &str| self.only.is_empty() || self.only.iter().any(|only| only == name);
        Ok(WORKLOADS.iter().filter(|workload| wanted(workload.name)).collect())
    }

    /// Builds everybody who takes part.
    fn prepare(&self, workspace: &Workspace) -> Result<Measuring> {
        let built = Choice::of(APP).build(None)?;
        let folder = std::path::absolute(workspace.domicile_dir().join("bench"))?;
        let workshop = Workshop { workspace, tools: &built.tools, out: folder.clone() };
        let mut contenders = Vec::new();
        for name in AGAINST {
            if !self.against.is_empty() && !self.against.iter().any(|wanted| wanted == name) {
                continue;
            }
            step("Building", name);
            contenders.push(match name {
                "plain" => workshop.plain()?,
                "workers-rs" => workshop.workers_rs()?,
                _ => workshop.actors()?,
            });
        }
        contenders.push(workshop.domicile(&built.directory)?);
        Ok(Measuring {
            contenders,
            workerd: built.tools.workerd()?,
            folder,
            rounds: usize::from(self.rounds),
        })
    }
}
