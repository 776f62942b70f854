//! What an app's own program does besides serving, one file for each command: it knows its models and its migrations, as
//! Django's `manage.py` does.

mod makemigrations;
mod migrations;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use domicile::app::Kept;
use domicile::site::Site;
use domicile::{AppFn, Migration};

use crate::migrate::{Place, Scratch, Snapshot};
use crate::vars;
use crate::vfs::Vfs;

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Makemigrations(makemigrations::Makemigrations),
    Migrations(migrations::Migrations),
}

/// Which stores, and where their migrations are written.
#[derive(Debug, Clone, Args)]
struct Which {
    /// The actor, or the binding of the D1 database [default: all that the app has]
    #[arg(long, value_name = "NAME")]
    store: Option<String>,

    /// The folder of the app's sources, below which the migrations are [default: src in the package that cargo runs]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
}

/// What a command has to do with: all stores, a file system for trying, and one to talk to.
struct Session<'a> {
    kept: Vec<Kept>,
    /// How many stores the app has, chosen or not.
    stores: usize,
    source: PathBuf,
    vfs: Vfs,
    out: &'a mut dyn Write,
    /// Asks something that is answered with yes or no, where somebody is there.
    ask: Option<&'a mut dyn FnMut(&str) -> bool>,
}

impl Command {
    /// Runs it, and gives the code to exit with: 1 for what a test run should fail for, 2 for what was not understood.
    pub(crate) fn run(self, app: AppFn) -> ExitCode {
        let mut out = std::io::stdout().lock();
        let mut ask = |question: &str| {
            // Where it cannot be asked, nothing was renamed.
            let mut line = String::new();
            eprint!("{question} [y/N] ");
            std::io::stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
        };
        let ask: Option<&mut dyn FnMut(&str) -> bool> =
            if std::io::stdin().is_terminal() { Some(&mut ask) } else { None };
        let ran = match self {
            Self::Makemigrations(command) => command
                .which
                .clone()
                .session(app, &mut out, ask)
                .and_then(|mut session| command.run(&mut session).map(|()| true)),
            Self::Migrations(command) => command
                .which()
                .clone()
                .session(app, &mut out, ask)
                .and_then(|mut session| command.run(&mut session)),
        };
        match ran {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(sentence) => {
                eprintln!("error: {sentence}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Which {
    fn session<'a>(
        self,
        app: AppFn,
        out: &'a mut dyn Write,
        ask: Option<&'a mut dyn FnMut(&str) -> bool>,
    ) -> Result<Session<'a>, String> {
        let env = vars::gather(std::env::vars_os(), ".".as_ref(), [])?;
        let kept = Site::kept(&app(&env));
        let source = match self.source {
            Some(source) => source,
            None => match std::env::var_os("CARGO_MANIFEST_DIR") {
                Some(package) => PathBuf::from(package).join("src"),
                None => {
                    return Err(
                        "run this with `cargo run`, or say where the sources are with `--source DIR`"
                            .to_owned(),
                    );
                }
            },
        };
        Session::new(kept, self.store.as_deref(), source, out, ask)
    }
}

impl<'a> Session<'a> {
    fn new(
        mut kept: Vec<Kept>,
        only: Option<&str>,
        source: PathBuf,
        out: &'a mut dyn Write,
        ask: Option<&'a mut dyn FnMut(&str) -> bool>,
    ) -> Result<Self, String> {
        let stores = kept.len();
        if let Some(only) = only {
            let names: Vec<_> = kept.iter().map(|kept| kept.name).collect();
            kept.retain(|kept| kept.name == only);
            if kept.is_empty() {
                return Err(format!("there is no store `{only}`: the app has {}", names.join(", ")));
            }
        }
        Ok(Self { kept, stores, source, vfs: Scratch::vfs()?, out, ask })
    }

    fn place(&self, kept: &Kept) -> Result<Place, String> {
        Place::of(&self.source, kept.name, self.stores)
    }

    /// Prints a line. One who closed stdout does not want to know.
    fn say(&mut self, line: impl std::fmt::Display) {
        let _ = writeln!(self.out, "{line}");
    }

    /// A database with these migrations.
    fn migrated(&self, migrations: &[Migration]) -> Result<Scratch, String> {
        let scratch = Scratch::new(&self.vfs)?;
        scratch.apply(migrations)?;
        Ok(scratch)
    }
}

/// What the models of a store say.
fn models(kept: &Kept) -> Result<Snapshot, String> {
    Snapshot::of(kept.models).map_err(|mistakes| mistakes.join("\n"))
}

#[cfg(test)]
mod tests;
