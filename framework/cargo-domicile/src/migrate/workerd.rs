//! The D1 databases on this machine, by a workerd that runs Miniflare's D1 and one more worker, and listens nowhere.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use domicile::migration::Batch;
use serde::Deserialize;
use serde_json::json;

use crate::npm::Tools;
use crate::output::{MIGRATE_CAPNP, name};

use super::Door;

/// What stands before the answer on its line.
const MARK: &str = "domicile-migrated ";

/// A database in a data folder. As long as it is there, others of the same folder wait to be opened.
#[derive(Debug)]
pub struct Workerd<'a> {
    tools: &'a Tools,
    build: &'a Path,
    binding: &'a str,
    /// The folder of D1's databases.
    folder: PathBuf,
    _lock: File,
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

impl<'a> Workerd<'a> {
    /// Opens the database `binding` of the app in `build`, which `cargo domicile build` filled, in the folder `data`, which
    /// is made when missing. A workerd beside a second one finds its databases locked, so this waits until it is alone.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn open(tools: &'a Tools, build: &'a Path, data: &Path, binding: &'a str) -> Result<Self> {
        let folder = data.join("v3/d1");
        let context = || format!("cannot write to the folder {}", data.display());
        fs::create_dir_all(&folder).with_context(context)?;
        let folder = folder.canonicalize().with_context(context)?;
        let lock = File::create(folder.with_file_name("d1.lock")).with_context(context)?;
        lock.lock().with_context(context)?;
        Ok(Self { tools, build, binding, folder, _lock: lock })
    }

    fn ask(&self, from: Option<usize>) -> Result<Answer> {
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
            .arg(name::disk(name::D1_DISK, &self.folder))
            .env("JOB", job.to_string())
            .stdin(Stdio::null())
            .output()
            .context("cannot run workerd")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let Some((_, answer)) = said.lines().find_map(|line| line.split_once(MARK)) else {
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(
                !said.contains("SQLITE_BUSY"),
                "another server works on {}: end it and run this again",
                self.folder.display()
            );
            bail!("workerd did not answer: {}", said.trim());
        };
        serde_json::from_str(answer).context("workerd answered in an unknown form")
    }
}
