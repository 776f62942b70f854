//! `cargo domicile migrate --d1`: brings D1 databases to their newest schema. Actors do that by themselves.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::describe::D1;
use crate::migrate::{Door, Place, Workerd, Wrangler, migrate, missing};
use crate::output::description;
use crate::progress::step;

use super::build::{Built, Choice};

/// Bring an app's D1 databases to their newest schema, on this machine or on Cloudflare
///
/// Actors migrate themselves when they start, and so do D1 databases under `cargo run` and `cargo domicile dev`. On
/// Cloudflare nothing does: run this with `--remote` before each deployment that has a new migration. Each migration is one
/// transaction, and two runs at once apply none twice.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    choice: Choice,

    /// D1 databases, or the one with this binding; actors need no command
    #[arg(long, value_name = "BINDING", num_args = 0..=1, required = true)]
    d1: Option<Option<String>>,

    /// Those on Cloudflare, by `wrangler d1 execute --remote`, with the login or the token that wrangler has
    #[arg(long)]
    remote: bool,

    /// Those on this machine, but by `wrangler d1 execute --local`: to try what `--remote` does
    #[arg(long, conflicts_with = "remote")]
    local: bool,

    /// The folder that keeps the stores on this machine [default: target/domicile/data/APP]
    #[arg(long, value_name = "DIR", conflicts_with = "remote")]
    data: Option<PathBuf>,

    /// Change nothing, and print the SQL that would run. With `--remote` nothing is asked either: it prints all
    /// migrations, and what wrangler would be told
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub(super) fn run(self) -> Result<ExitCode> {
        let built = self.choice.build(None)?;
        let description = description(&built.directory)?;
        let only = self.d1.clone().flatten();
        let known: Vec<_> = description.d1.iter().map(|database| database.binding.as_str()).collect();
        ensure!(!known.is_empty(), "the app has no D1 database: declare one with `App::d1(…)`");
        if let Some(only) = &only {
            ensure!(
                known.contains(&only.as_str()),
                "the app has no D1 database `{only}`; it has: {}",
                known.join(", ")
            );
        }
        let chosen = description.d1.iter().filter(|d1| only.as_ref().is_none_or(|only| *only == d1.binding));
        for database in chosen {
            self.one(&built, database)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn one(&self, built: &Built, database: &D1) -> Result<()> {
        let data = self.data.clone().unwrap_or_else(|| built.data());
        let binding = database.binding.as_str();
        if !self.remote && !self.local {
            let door = Workerd::open(&built.tools, &built.directory, &data, binding)?;
            return self.through(&door, database);
        }
        let config = built.config.as_deref().with_context(|| {
            format!(
                "no wrangler.jsonc says which database `{binding}` is: write one and name it with `--config`"
            )
        })?;
        let scratch = built.scratch().join("d1");
        let place = if self.remote { Place::Remote } else { Place::Local(std::path::absolute(data)?) };
        let wrangler = Wrangler { tools: &built.tools, config, binding, place, scratch: &scratch };
        if self.remote && self.dry_run {
            return show(&wrangler, database);
        }
        self.through(&wrangler, database)
    }

    fn through(&self, door: &dyn Door, database: &D1) -> Result<()> {
        let binding = &database.binding;
        if self.dry_run {
            let missing = missing(door, database)?;
            for batch in missing {
                println!("-- {binding}: {}\n{}", batch.name, batch.text());
            }
            step("Missing", format_args!("{} of {} in {binding}", missing.len(), database.migrations.len()));
            return Ok(());
        }
        let applied = migrate(door, database)?;
        for batch in applied {
            step("Applied", format_args!("{} to {binding}", batch.name));
        }
        step("Finished", format_args!("{binding}: all {} migrations are applied", database.migrations.len()));
        Ok(())
    }
}

/// Prints what `--remote` would do, as far as that is known without asking.
fn show(wrangler: &Wrangler<'_>, database: &D1) -> Result<()> {
    for question in wrangler.questions() {
        println!("-- wrangler {}", quoted(&question));
    }
    println!("-- Then, for each of these that is not applied:");
    for batch in &database.migrations {
        let file = wrangler.write(batch)?;
        println!("\n-- wrangler {}\n{}", quoted(&wrangler.file_arguments(&file)), batch.text());
    }
    Ok(())
}

/// The arguments as a shell takes them.
fn quoted(arguments: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=".contains(c);
    let quote = |argument: &String| {
        if argument.chars().all(plain) {
            argument.clone()
        } else {
            format!("'{}'", argument.replace('\'', "'\\''"))
        }
    };
    arguments.iter().map(quote).collect::<Vec<_>>().join(" ")
}
