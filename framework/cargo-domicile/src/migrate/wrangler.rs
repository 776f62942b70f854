//! A D1 database by wrangler, which knows where it is and who may write to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use domicile::migration::Batch;
use serde::Deserialize;

use crate::npm::Tools;

use super::Door;

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// On Cloudflare.
    Remote,
    /// In a data folder of this machine.
    Local(PathBuf),
}

/// A database that a wrangler configuration names.
#[derive(Debug)]
pub struct Wrangler<'a> {
    /// The npm packages to take wrangler from.
    pub tools: &'a Tools,
    /// The configuration.
    pub config: &'a Path,
    /// The binding.
    pub binding: &'a str,
    /// Where it is.
    pub place: Place,
    /// The folder for the files of SQL, made when missing.
    pub scratch: &'a Path,
}

/// What a query gave, as `wrangler d1 execute --json` prints it.
#[derive(Deserialize)]
struct Rows<T> {
    results: Vec<T>,
}

#[derive(Deserialize)]
struct Count {
    n: u64,
}

#[derive(Deserialize)]
struct Line {
    name: String,
    checksum: String,
}

impl Door for Wrangler<'_> {
    fn applied(&self) -> Result<Vec<(String, String)>> {
        let there: Vec<Count> = self.query(Batch::THERE)?;
        if there.iter().all(|count| count.n == 0) {
            return Ok(Vec::new());
        }
        let lines: Vec<Line> = self.query(Batch::APPLIED)?;
        Ok(lines.into_iter().map(|line| (line.name, line.checksum)).collect())
    }

    fn apply(&self, all: &[Batch], from: usize) -> Result<()> {
        for batch in all.iter().skip(from) {
            let file = self.write(batch)?;
            if let Err(error) = self.run(&self.file_arguments(&file)) {
                bail!("{}", batch.failed(None, &format!("{error:#}")));
            }
        }
        Ok(())
    }
}

impl Wrangler<'_> {
    /// Writes the file that wrangler is given for a step.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, batch: &Batch) -> Result<PathBuf> {
        let folder = self.scratch.join(self.binding);
        // A name may be any text, and a path may not.
        let letter = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let file = folder.join(format!("{}.sql", batch.name.chars().map(letter).collect::<String>()));
        let context = || format!("cannot write {}", file.display());
        fs::create_dir_all(&folder).with_context(context)?;
        fs::write(&file, batch.text()).with_context(context)?;
        Ok(file)
    }

    /// What wrangler is asked to find out what is applied, in order; the second only where the first gives more than 0.
    #[must_use]
    pub fn questions(&self) -> [Vec<String>; 2] {
        [Batch::THERE, Batch::APPLIED].map(|sql| self.arguments("--command", sql))
    }

    /// What wrangler is told to apply the step in `file`.
    #[must_use]
    pub fn file_arguments(&self, file: &Path) -> Vec<String> {
        self.arguments("--file", &file.to_string_lossy())
    }

    fn arguments(&self, how: &str, what: &str) -> Vec<String> {
        let config = self.config.to_string_lossy();
        let mut arguments = vec!["d1", "execute", self.binding, "--config", &config];
        let data;
        match &self.place {
            Place::Remote => arguments.push("--remote"),
            Place::Local(folder) => {
                data = folder.to_string_lossy();
                arguments.extend(["--local", "--persist-to", &data]);
            }
        }
        arguments.extend(["--yes", "--json", how, what]);
        arguments.into_iter().map(str::to_owned).collect()
    }

    fn query<T: for<'de> Deserialize<'de>>(&self, sql: &str) -> Result<Vec<T>> {
        let said = self.run(&self.arguments("--command", sql))?;
        let results: Vec<Rows<T>> = serde_json::from_str(&said)
            .with_context(|| format!("wrangler answered in an unknown form: {}", said.trim()))?;
        Ok(results.into_iter().flat_map(|rows| rows.results).collect())
    }

    fn run(&self, arguments: &[String]) -> Result<String> {
        let mut command: Command = self.tools.script("wrangler/bin/wrangler.js")?;
        // A login opens a browser; what is asked there is no answer to what is asked here.
        let output = command.args(arguments).stdin(Stdio::null()).output().context("cannot run wrangler")?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let said = text(&output.stdout);
        ensure!(output.status.success(), "wrangler says: {}", reason(&said, &text(&output.stderr)));
        Ok(said)
    }
}

/// Why a command of wrangler failed. With `--json` it says so on standard output, as JSON.
fn reason(out: &str, err: &str) -> String {
    #[derive(Deserialize)]
    struct Failed {
        error: Told,
    }
    #[derive(Deserialize)]
    struct Told {
        text: String,
    }
    let told = serde_json::from_str::<Failed>(out).map(|failed| failed.error.text);
    told.unwrap_or_else(|_| if err.is_empty() { out.to_owned() } else { err.to_owned() })
}
