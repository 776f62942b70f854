//! `makemigrations`: compares the models with the migrations, and writes the next one.

use clap::Args;
use domicile::Migration;
use domicile::app::Kept;

use super::{Session, Which, models};
use crate::migrate::{
    Answers, Known, Live, NewStep, Place, Plan, Question, Snapshot, file_name, next_name, number, plan,
    questions, verify,
};

/// Compare the models with the migrations and write the next one
#[derive(Debug, Clone, Args)]
pub(crate) struct Makemigrations {
    #[command(flatten)]
    pub(super) which: Which,

    /// What the migration is called, after its number
    #[arg(long)]
    name: Option<String>,

    /// Something that was renamed: TABLE.OLD:NEW for a column, OLD:NEW for a table; may be given again
    #[arg(long = "rename", value_name = "OLD:NEW", value_parser = Answers::rename)]
    renames: Vec<(String, String)>,

    /// Nothing else was renamed: what is gone is dropped, and what is new is added
    #[arg(long)]
    no_renames: bool,

    /// What rows that are there get in a column that is new or no longer NULL; may be given again
    #[arg(long = "fill", value_name = "TABLE.COLUMN=VALUE", value_parser = Answers::fill)]
    fills: Vec<((String, String), String)>,

    /// Write a migration without statements, to be written by hand
    #[arg(long)]
    empty: bool,

    /// Write a migration in Rust, to be written by hand
    #[arg(long)]
    rust: bool,

    /// Show the migration and write nothing
    #[arg(long)]
    dry_run: bool,
}

const BY_HAND: &str =
    "-- Write the statements here. They run one by one, in one transaction with what else is missing.\n";

impl Makemigrations {
    pub(super) fn run(&self, session: &mut Session<'_>) -> Result<(), String> {
        if self.name.as_deref().is_some_and(|name| !is_plain(name)) {
            return Err("`--name` is part of the name of a file and of a module: use lower-case letters, digits and _".to_owned());
        }
        let all = session.kept.clone();
        if all.is_empty() {
            return Err(
                "no actor of the app has models: list them in `#[actor(models(Post, Author))]`".to_owned()
            );
        }
        let by_hand = self.empty || self.rust;
        if all.len() > 1
            && (by_hand || self.name.is_some() || !self.renames.is_empty() || !self.fills.is_empty())
        {
            let names: Vec<_> = all.iter().map(|kept| kept.name).collect();
            return Err(format!("say which store this is for: `--store` with one of {}", names.join(", ")));
        }
        for kept in &all {
            let place = session.place(kept)?;
            place.check(kept.migrations)?;
            if by_hand {
                self.write_empty(session, kept, &place)
            } else {
                self.compare(session, kept, &place)
            }
            .map_err(|why| format!("{}: {why}", kept.name))?;
        }
        Ok(())
    }

    fn write_empty(&self, session: &mut Session<'_>, kept: &Kept, place: &Place) -> Result<(), String> {
        let what = self.name.as_deref().unwrap_or(if self.rust { "data" } else { "by_hand" });
        let name = next_name(kept.migrations, what);
        let step = if self.rust { NewStep::Rust } else { NewStep::Sql(BY_HAND) };
        if self.dry_run {
            session.say(format_args!("{name} would be written, to be filled in"));
            return Ok(());
        }
        self.write(session, kept, place, &name, &step)
    }

    fn compare(&self, session: &mut Session<'_>, kept: &Kept, place: &Place) -> Result<(), String> {
        let target = models(kept)?;
        let known = place.known()?.unwrap_or_default();
        let scratch = session.migrated(kept.migrations)?;
        let mut answers = Answers {
            renames: self.renames.clone(),
            no_renames: self.no_renames,
            fills: self.fills.iter().cloned().collect(),
        };
        let live = Live::of(&*scratch.db()?)?;
        ask(session, &questions(&live, &known.models, &target, &answers), &mut answers)?;
        let Plan { changes, sql } =
            plan(&scratch, &known.models, &target, &answers).map_err(|why| why.join("\n"))?;
        if changes.is_empty() {
            session.say(format_args!("{}: no changes", kept.name));
            if known.models != target && !self.dry_run {
                note(session, place, &target)?;
            }
            return Ok(());
        }
        let is_first = kept.migrations.is_empty();
        let what = self.name.clone().unwrap_or_else(|| file_name(&changes, is_first));
        let name = next_name(kept.migrations, &what);
        let list: Vec<String> = changes.iter().map(|change| format!("-- {change}\n")).collect();
        let text = format!("{}\n{sql}", list.concat());
        try_out(session, kept, &name, &text, &known, &target)?;
        for change in &changes {
            session.say(format_args!("{}: {change}", kept.name));
        }
        if self.dry_run {
            session.say(format_args!("\n{name}.sql:\n\n{text}"));
            return Ok(());
        }
        self.write(session, kept, place, &name, &NewStep::Sql(&text))?;
        note(session, place, &target)
    }

    fn write(
        &self,
        session: &mut Session<'_>,
        kept: &Kept,
        place: &Place,
        name: &str,
        step: &NewStep<'_>,
    ) -> Result<(), String> {
        debug_assert!(number(name).is_some(), "a step's name begins with its number");
        let is_new = kept.migrations.is_empty() || !place.has_list();
        for file in place.write(name, step, kept.migrations)? {
            session.say(format_args!("wrote {}", file.display()));
        }
        if is_new {
            session.say(place.how_to_use());
        }
        Ok(())
    }
}

fn note(session: &mut Session<'_>, place: &Place, target: &Snapshot) -> Result<(), String> {
    let file = place.write_models(target)?;
    session.say(format_args!("wrote {}", file.display()));
    Ok(())
}

/// Asks what was renamed, or says how to tell.
fn ask(session: &mut Session<'_>, all: &[Question], answers: &mut Answers) -> Result<(), String> {
    let Some(ask) = session.ask.as_mut() else {
        if all.is_empty() {
            return Ok(());
        }
        let flags: Vec<String> = all
            .iter()
            .map(|question| {
                format!("  was `{0}` renamed to `{1}`? Then `--rename {0}:{1}`", question.old, question.new)
            })
            .collect();
        return Err(format!(
            "something is gone and something alike is new:\n{}\n  or `--no-renames`, which drops what is gone with all that \
             is in it",
            flags.join("\n")
        ));
    };
    for Question { old, new } in all {
        // An earlier answer may have settled it.
        let settled = answers
            .renames
            .iter()
            .any(|(from, to)| from == old || (to == new && old.contains('.') == from.contains('.')));
        if !settled && ask(&format!("Was {old} renamed to {new}?")) {
            answers.renames.push((old.clone(), new.clone()));
        }
    }
    Ok(())
}

/// Applies the new step to a store that is empty and looks whether it gives what the models want.
fn try_out(
    session: &Session<'_>,
    kept: &Kept,
    name: &str,
    sql: &str,
    known: &Known,
    target: &Snapshot,
) -> Result<(), String> {
    // Migrations are const data, and this one lives as long as the command.
    let (name, sql): (&'static str, &'static str) = (name.to_owned().leak(), sql.to_owned().leak());
    let mut all = kept.migrations.to_vec();
    all.push(Migration::sql(name, sql));
    verify(&session.vfs, &all, &known.models, target)
        .map_err(|why| format!("the migration that was planned does not work: {why}\n\n{sql}"))
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
