//! The command line: one file per command, each with its whole slice.

mod bench;
mod bindgen;
mod build;
mod conformance;
mod deploy;
mod dev;
mod migrate;
mod migrations;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Build, serve and deploy Domicile apps on Cloudflare's runtime.
///
/// An app is a package of the workspace with a `src/main.rs` that depends on domicile-host. Natively it needs
/// no tool: `cargo run -p APP`.
#[derive(Debug, Parser)]
#[command(name = "cargo domicile", bin_name = "cargo domicile", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bench(bench::Bench),
    Build(build::Build),
    Conformance(conformance::Conformance),
    Dev(dev::Dev),
    Deploy(deploy::Deploy),
    Migrate(migrate::Migrate),
    Makemigrations(migrations::Makemigrations),
    Migrations(migrations::Migrations),
    Test(test::Test),
    #[command(hide = true)]
    WasmBindgen(bindgen::WasmBindgen),
}

impl Cli {
    /// Runs the command and gives the exit code of the process.
    ///
    /// # Errors
    ///
    /// A sentence for the user, which names the fix where there is one.
    pub fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Bench(bench) => bench.run(),
            Command::Build(build) => build.run(),
            Command::Conformance(conformance) => conformance.run(),
            Command::Dev(dev) => dev.run(),
            Command::Deploy(deploy) => deploy.run(),
            Command::Migrate(migrate) => migrate.run(),
            Command::Makemigrations(makemigrations) => makemigrations.run(),
            Command::Migrations(migrations) => migrations.run(),
            Command::Test(test) => test.run(),
            Command::WasmBindgen(bindgen) => bindgen.run(),
        }
    }
}
