//! `cargo domicile deploy`: builds an app, compares it with its wrangler configuration, and calls wrangler.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::progress::step;

use super::build::Choice;

/// Build an app and deploy it to Cloudflare with wrangler
#[derive(Debug, Args)]
pub(super) struct Deploy {
    #[command(flatten)]
    choice: Choice,

    /// Arguments for `wrangler deploy`, such as `--dry-run`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "WRANGLER ARGS")]
    wrangler: Vec<String>,
}

impl Deploy {
    pub(super) fn run(self) -> Result<ExitCode> {
        let built = self.choice.build(None)?;
        let config = built.config.with_context(|| {
            format!(
                "no wrangler.jsonc deploys this app: write one whose `main` is {}/entry.js and name it with `--config`",
                built.directory.display()
            )
        })?;
        step("Deploying", format_args!("with {}", config.display()));
        let status = built
            .tools
            .script("wrangler/bin/wrangler.js")?
            .arg("deploy")
            .arg("--config")
            .arg(&config)
            .args(&self.wrangler)
            .current_dir(built.workspace.root())
            .status()
            .context("cannot run wrangler")?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
