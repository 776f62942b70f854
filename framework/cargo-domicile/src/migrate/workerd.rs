//! The D1 databases on this machine, by a workerd that runs Miniflare's D1 and one more worker, and listens nowhere.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use domicile::migration::Batch;
use serde::Deserialize;
use serde_json::json;

use crate::npm::Tools;
use crate::output::{MIGRATE_CAPNP, name};

use super::Door;

/// What stands before the answer on its line.
const MARK: &str = "domicile-migrated ";

/// A database in a data folder, which no running server may have open.
#[derive(Debug)]
pub struct Workerd<'a> {
    /// The npm packages to take workerd from.
    pub tools: &'a Tools,
    /// The folder that `cargo domicile build` filled.
    pub build: &'a Path,
    /// The folder of the stores, made when missing.
    pub data: &'a Path,
    /// The binding.
    pub binding: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    applied: Vec<(String, String)>,
    done: usize,
    error: Option<String>,
}

impl Door for Workerd<'_> {
    fn applied(&self) -> Result<Vec<(String, String)>> {
        let answer = self.ask(None)?;
        match answer.error {
            Some(error) => bail!("{error}"),
            None => Ok(answer.applied),
        }
    }

    fn apply(&self, all: &[Batch], from: usize) -> Result<()> {
        let answer = self.ask(Some(from))?;
        match (answer.error, all.get(from + answer.done)) {
            (None, _) => Ok(()),
            (Some(error), Some(batch)) => bail!("{}", batch.failed(None, &error)),
            (Some(error), None) => bail!("{error}"),
        }
    }
}

impl Workerd<'_> {
    fn ask(&self, from: Option<usize>) -> Result<Answer> {
        let databases = self.data.join("v3/d1");
        let context = || format!("cannot make the folder {}", databases.display());
        fs::create_dir_all(&databases).with_context(context)?;
        let databases = databases.canonicalize().with_context(context)?;
        let job = json!({
            "binding": self.binding,
            "mark": MARK,
            "there": Batch::THERE,
            "applied": Batch::APPLIED,
            "from": from,
        });
        let output = Command::new(self.tools.workerd()?)
            .arg("test")
            .arg(self.build.join(MIGRATE_CAPNP))
            .arg("--experimental")
            .arg("--directory-path")
            .arg(name::disk(name::D1_DISK, &databases))
            .env("JOB", job.to_string())
            .stdin(Stdio::null())
            .output()
            .context("cannot run workerd")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let Some((_, answer)) = said.lines().find_map(|line| line.split_once(MARK)) else {
            bail!("workerd did not answer: {}", String::from_utf8_lossy(&output.stderr).trim());
        };
        serde_json::from_str(answer).context("workerd answered in an unknown form")
    }
}
