//! Renames: which there may be, and their SQL. SQLite itself carries them over to keys, indexes, triggers and views.

use super::answer::Answers;
use super::change::Change;
use super::live::Live;
use super::state::{Snapshot, Table};
use super::text::name;

/// Something that may have been renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// `table.column`, or a table.
    pub(crate) old: String,
    /// A column of the same table, or a table.
    pub(crate) new: String,
}

/// What may have been renamed, of what the answers say nothing about: something is gone, and something alike is new.
pub(crate) fn questions(
    live: &Live,
    known: &Snapshot,
    target: &Snapshot,
    answers: &Answers,
) -> Vec<Question> {
    if answers.no_renames {
        return Vec::new();
    }
    let mut all = Vec::new();
    let said = |old: &str, new: &str| answers.renames.iter().any(|(from, to)| from == old || to == new);
    let gone = known
        .tables
        .iter()
        .filter(|table| target.table(&table.name).is_none() && live.table(&table.name).is_some());
    for old in gone {
        for new in target.tables.iter().filter(|table| live.table(&table.name).is_none()) {
            if !said(&old.name, &new.name) && are_alike(old, new) {
                all.push(Question { old: old.name.clone(), new: new.name.clone() });
            }
        }
    }
    for new in &target.tables {
        let from = answers.renames.iter().find(|(_, to)| *to == new.name).map_or(&new.name, |(from, _)| from);
        let Some(old) = live.table(from) else { continue };
        for gone in old.columns.iter().filter(|column| new.column(&column.name).is_none()) {
            for added in new.columns.iter().filter(|column| old.column(&column.name).is_none()) {
                let full = format!("{from}.{}", gone.name);
                let is_said = answers.renames.iter().any(|(old, to)| {
                    old.split_once('.').is_some_and(|(table, column)| {
                        (table == from || table == new.name) && (column == gone.name || *to == added.name)
                    })
                });
                if !is_said && gone.sql == added.kind.sql() {
                    all.push(Question { old: full, new: added.name.clone() });
                }
            }
        }
    }
    all
}

/// Whether at least half of the columns have the same names.
fn are_alike(old: &Table, new: &Table) -> bool {
    let same = new.columns.iter().filter(|column| old.column(&column.name).is_some()).count();
    same * 2 >= old.columns.len().max(new.columns.len())
}

/// The renames of one step.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    pub(crate) changes: Vec<Change>,
    pub(crate) sql: Vec<String>,
}

/// The SQL of the renames that the answers have. What was known is renamed too.
///
/// # Errors
/// Sentences: renames of what is not there, or to what is.
pub(crate) fn renames(
    live: &Live,
    known: &mut Snapshot,
    target: &Snapshot,
    answers: &Answers,
) -> Result<Renames, Vec<String>> {
    let mut renames = Renames::default();
    let mut wrong = Vec::new();
    let (columns, tables): (Vec<_>, Vec<_>) = answers.renames.iter().partition(|(old, _)| old.contains('.'));
    let mut moved: Vec<(String, String)> = Vec::new();
    for (from, to) in tables {
        if live.table(from).is_none() {
            wrong.push(format!("there is no table `{from}` to rename"));
        } else if live.table(to).is_some() {
            wrong.push(format!(
                "`{from}` cannot become `{to}`, which is there: drop or rename that in a migration before"
            ));
        } else if target.table(to).is_none() {
            wrong.push(format!("`{from}` cannot become `{to}`: no model has this table"));
        } else {
            moved.push((from.clone(), to.clone()));
        }
    }
    let mut inside = Vec::new();
    for (full, to) in columns {
        let Some((table, from)) = full.split_once('.') else { continue };
        let (before, after) = moved
            .iter()
            .find(|(old, new)| old == table || new == table)
            .map_or((table, table), |(old, new)| (old.as_str(), new.as_str()));
        let there = live.table(before).is_some_and(|live| live.column(from).is_some());
        let taken = live.table(before).is_some_and(|live| live.column(to).is_some());
        let wanted = target
            .table(after)
            .is_some_and(|table| table.column(to).is_some() && table.column(from).is_none());
        if !there {
            wrong.push(format!("there is no column `{full}` to rename"));
        } else if taken {
            wrong.push(format!(
                "`{full}` cannot become `{to}`, which is there: drop that in a migration before"
            ));
        } else if !wanted {
            wrong.push(format!("`{full}` cannot become `{to}`: the model does not say so"));
        } else {
            inside.push((before.to_owned(), after.to_owned(), from.to_owned(), to.clone()));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    // A full-text index knows its table and columns by name, and SQLite does not rename there.
    let touched = |table: &str| {
        moved.iter().any(|(old, _)| old == table) || inside.iter().any(|(before, ..)| before == table)
    };
    for table in live.tables.iter().filter(|table| touched(&table.name)) {
        let is_ours = known.table(&table.name).is_some_and(|known| known.search.is_some());
        if is_ours {
            renames.sql.extend(drop_search(live, &table.name));
        }
    }
    for (from, to) in moved {
        renames.sql.push(format!("ALTER TABLE {} RENAME TO {}", name(&from), name(&to)));
        rename_table(known, &from, &to);
        renames.changes.push(Change::RenameTable { from, to });
    }
    for (_, table, from, to) in inside {
        renames.sql.push(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            name(&table),
            name(&from),
            name(&to)
        ));
        rename_column(known, &table, &from, &to);
        renames.changes.push(Change::RenameColumn { table, from, to });
    }
    Ok(renames)
}

/// Drops a full-text index with its triggers.
pub(crate) fn drop_search(live: &Live, table: &str) -> Vec<String> {
    let all = live.search(table);
    let triggers = all.iter().skip(1).map(|(trigger, _)| format!("DROP TRIGGER {}", name(trigger)));
    triggers.chain(all.first().map(|(own, _)| format!("DROP TABLE {}", name(own)))).collect()
}

fn rename_table(known: &mut Snapshot, from: &str, to: &str) {
    for table in &mut known.tables {
        for column in &mut table.columns {
            if let Some(reference) = column.references.as_mut().filter(|reference| reference.table == from) {
                reference.table = to.to_owned();
            }
        }
    }
    if let Some(table) = known.table_mut(from) {
        table.name = to.to_owned();
    }
}

fn rename_column(known: &mut Snapshot, table: &str, from: &str, to: &str) {
    let Some(table) = known.table_mut(table) else { return };
    let rename = |name: &mut String| {
        if name == from {
            to.clone_into(name);
        }
    };
    rename(&mut table.key);
    table.columns.iter_mut().for_each(|column| rename(&mut column.name));
    table.indexes.iter_mut().flat_map(|index| &mut index.columns).for_each(rename);
}
