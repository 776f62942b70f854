//! `cargo domicile makemigrations` and `cargo domicile migrations`: commands of the app's own native program, which knows
//! its models and its migrations.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::workspace::{Workspace, cargo};

/// Compare an app's models with its migrations and write the next one
#[derive(Debug, Args)]
pub(super) struct Makemigrations {
    #[command(flatten)]
    call: Call,
}

/// Check an app's migrations (`check`, which fails where they do not give what its models want), or show them (`list`)
#[derive(Debug, Args)]
pub(super) struct Migrations {
    #[command(flatten)]
    call: Call,
}

#[derive(Debug, Args)]
struct Call {
    /// The app's package [default: that of the current folder, or the only one]
    #[arg(short, long = "package", value_name = "APP")]
    package: Option<String>,

    /// What the app's program takes: `--help` after `--` shows it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

impl Makemigrations {
    pub(super) fn run(self) -> Result<ExitCode> {
        self.call.run("makemigrations")
    }
}

impl Migrations {
    pub(super) fn run(self) -> Result<ExitCode> {
        self.call.run("migrations")
    }
}

impl Call {
    fn run(self, command: &str) -> Result<ExitCode> {
        let app = Workspace::read()?.app(self.package.as_deref())?;
        let status = cargo()
            .args(["run", "--quiet", "--package", &app.package, "--bin", &app.bin, "--", command])
            .args(self.arguments)
            .current_dir(&app.directory)
            .status()
            .context("cannot run cargo run")?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
