//! `cargo domicile build`: from a package to a folder that workerd serves and wrangler deploys.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::describe::describe;
use crate::npm::Tools;
use crate::output::Files;
use crate::progress::step;
use crate::workspace::{App, Workspace};
use crate::wrangler::Config;
use crate::{bindgen, compile, optimise};

/// Compile an app to Wasm and write the folder that workerd and wrangler run
#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    pub(super) choice: Choice,

    /// The folder to write [default: target/domicile/APP]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Which app, and which wrangler configuration it must fit.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// The app's package [default: that of the current folder, or the only one]
    #[arg(short, long = "package", value_name = "APP")]
    package: Option<String>,

    /// The wrangler configuration to compare with the app [default: wrangler.jsonc in the app's folder, or the
    /// root's if its `main` is this app]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// An app that was built.
pub(super) struct Built {
    pub(super) workspace: Workspace,
    pub(super) tools: Tools,
    pub(super) directory: PathBuf,
    /// The wrangler configuration that the app fits, if there is one.
    pub(super) config: Option<PathBuf>,
}

impl Built {
    /// The folder that keeps the stores on this machine, where none is named.
    pub(super) fn data(&self) -> PathBuf {
        self.workspace.domicile_dir().join("data").join(self.name())
    }

    /// A folder for what is only needed now.
    pub(super) fn scratch(&self) -> PathBuf {
        self.workspace.domicile_dir().join("scratch").join(self.name())
    }

    fn name(&self) -> &OsStr {
        self.directory.file_name().unwrap_or_default()
    }
}

impl Build {
    pub(super) fn run(self) -> Result<ExitCode> {
        let built = self.choice.build(self.out)?;
        step("Finished", built.directory.display());
        Ok(ExitCode::SUCCESS)
    }
}

impl Choice {
    /// The app `package`, and whichever configuration is its own.
    pub(super) fn of(package: &str) -> Self {
        Self { package: Some(package.to_owned()), config: None }
    }

    /// Builds the app and compares it with its wrangler configuration.
    pub(super) fn build(&self, out: Option<PathBuf>) -> Result<Built> {
        let workspace = Workspace::read()?;
        let app = workspace.app(self.package.as_deref())?;
        workspace.check_wasm_bindgen()?;
        let directory = match out {
            Some(out) => std::path::absolute(out)?,
            None => workspace.output_dir(&app),
        };
        let config = self.config(&workspace, &app, &directory)?;
        let tools = Tools::fetch(&workspace.domicile_dir().join("npm"))?;
        self::build(&workspace, &tools, &app, &directory, config.as_deref())?;
        Ok(Built { workspace, tools, directory, config })
    }

    fn config(&self, workspace: &Workspace, app: &App, directory: &Path) -> Result<Option<PathBuf>> {
        if let Some(config) = &self.config {
            let config = std::path::absolute(config)?;
            // One that cannot be read is said before the slow steps.
            Config::read(&config)?;
            return Ok(Some(config));
        }
        let own = app.directory.join("wrangler.jsonc");
        if own.exists() {
            return Ok(Some(own));
        }
        let root = workspace.root().join("wrangler.jsonc");
        Ok((root.exists() && Config::read(&root)?.is_for(directory)).then_some(root))
    }
}

fn build(
    workspace: &Workspace,
    tools: &Tools,
    app: &App,
    directory: &Path,
    config: Option<&Path>,
) -> Result<()> {
    let scratch = workspace.domicile_dir().join("scratch").join(&app.package);
    // `wrangler dev` builds whenever a file changes, perhaps while a test does too.
    fs::create_dir_all(&scratch)?;
    let guard = File::create(scratch.join("building.lock"))?;
    guard.lock()?;
    let compiled = compile::compile(workspace, app)?;
    let bound = bindgen::bind(&compiled, &scratch.join("bindgen"))?;
    let wasm = optimise::optimise(tools, &bound.wasm, &scratch.join("optimise"))?;
    let mut files = Files::instance(bound, wasm);
    // The app describes itself in a folder of its own, so that an app which cannot run leaves the last build as it was.
    let trial = scratch.join("describe");
    files.write(&trial)?;
    let mut description = describe(tools, &trial)?;
    if let Some(config) = config {
        let config = Config::read(config)?;
        config.check(&description, directory)?;
        config.name_databases(&mut description);
    }
    files.complete(&description, &workspace.runtime_dir()?, &tools.miniflare_workers())?;
    files.write(directory)
}
