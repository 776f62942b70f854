//! `migrations check`, which fails where models and migrations disagree, and `migrations list`.

use clap::{Args, Subcommand};
use domicile::app::Kept;

use super::{Session, Which, models};
use crate::migrate::{differences, verify};

/// Look at the migrations
#[derive(Debug, Args)]
pub(crate) struct Migrations {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Fail where the migrations do not give the tables that the models want
    Check(Which),
    /// Show the migrations of each store, in their order
    List(Which),
}

impl Migrations {
    pub(super) fn which(&self) -> &Which {
        match &self.what {
            What::Check(which) | What::List(which) => which,
        }
    }

    /// Whether all is well.
    pub(super) fn run(&self, session: &mut Session<'_>) -> Result<bool, String> {
        let mut well = true;
        for kept in session.kept.clone() {
            match self.what {
                What::Check(_) => well &= check(session, &kept)?,
                What::List(_) => list(session, &kept),
            }
        }
        if !well {
            session.say("`makemigrations` writes what is missing: `cargo domicile makemigrations`");
        }
        Ok(well)
    }
}

fn check(session: &mut Session<'_>, kept: &Kept) -> Result<bool, String> {
    match wrong(session, kept)?.as_slice() {
        [] if kept.models.is_empty() => {
            session.say(format_args!("{}: its migrations apply, and it has no models", kept.name));
            Ok(true)
        }
        [] => {
            session.say(format_args!("{}: models and migrations agree", kept.name));
            Ok(true)
        }
        all => {
            for line in all {
                session.say(format_args!("{}: {line}", kept.name));
            }
            Ok(false)
        }
    }
}

/// What is wrong, in sentences.
fn wrong(session: &Session<'_>, kept: &Kept) -> Result<Vec<String>, String> {
    let place = session.place(kept)?;
    if let Err(why) = place.check(kept.migrations) {
        return Ok(vec![why]);
    }
    let target = match models(kept) {
        Ok(target) => target,
        Err(why) => return Ok(vec![why]),
    };
    let scratch = match session.migrated(kept.migrations) {
        Ok(scratch) => scratch,
        Err(why) => return Ok(vec![why]),
    };
    // A store without models has the tables that its migrations say.
    if kept.models.is_empty() && place.known()?.is_none() {
        return Ok(Vec::new());
    }
    let known = place.known()?.unwrap_or_default();
    let changes = differences(&scratch, &known.models, &target)?;
    if !changes.is_empty() {
        return Ok(changes.iter().map(|change| format!("the models want: {change}")).collect());
    }
    Ok(match verify(&session.vfs, kept.migrations, &known.models, &target) {
        Err(why) => vec![why],
        Ok(()) if known.models != target => {
            vec!["models.json beside the migrations is not what the models say".to_owned()]
        }
        Ok(()) => Vec::new(),
    })
}

fn list(session: &mut Session<'_>, kept: &Kept) {
    session.say(format_args!("{}:", kept.name));
    for migration in kept.migrations {
        let how = if migration.statements().is_some() { "" } else { "  (Rust)" };
        session.say(format_args!("  {}{how}", migration.name()));
    }
}
