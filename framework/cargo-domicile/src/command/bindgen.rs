//! `cargo domicile wasm-bindgen`: what `bench` gives worker-build in place of the program that it would fetch.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;
use wasm_bindgen_cli_support::Bindgen;

/// Run the wasm-bindgen that is linked here, as worker-build calls its program
#[derive(Debug, Args)]
#[command(hide = true, name = "wasm-bindgen")]
pub(super) struct WasmBindgen {
    input: PathBuf,
    #[arg(long)]
    out_dir: PathBuf,
    #[arg(long)]
    out_name: String,
    #[arg(long)]
    target: String,
    #[arg(long)]
    no_typescript: bool,
    #[arg(long)]
    experimental_reset_state_function: bool,
    #[arg(long)]
    force_enable_abort_handler: bool,
}

impl WasmBindgen {
    pub(super) fn run(self) -> Result<ExitCode> {
        ensure!(self.target == "module", "worker-build wants the target {}, which it never did", self.target);
        Bindgen::new()
            .input_path(&self.input)
            .out_name(&self.out_name)
            .module(true)?
            .typescript(!self.no_typescript)
            .reset_state_function(self.experimental_reset_state_function)
            .force_enable_abort_handler(self.force_enable_abort_handler)
            .generate(&self.out_dir)?;
        Ok(ExitCode::SUCCESS)
    }
}
