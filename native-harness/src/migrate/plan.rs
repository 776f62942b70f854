//! [`Plan`]: the step from what migrations give to what models want, as SQL that a reviewer can read.

use domicile::Migration;

use super::answer::Answers;
use super::change::Change;
use super::ddl;
use super::live::{Live, LiveTable};
use super::rebuild::Work;
use super::rename::{drop_search, renames};
use super::scratch::Scratch;
use super::state::{Snapshot, Table};
use super::text::name;
use crate::vfs::Vfs;

/// The next step.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What it changes; empty where nothing differs.
    pub(crate) changes: Vec<Change>,
    /// Its SQL.
    pub(crate) sql: String,
}

/// Plans the step from the database in `scratch`, of which `known` is what the models said when the last step was made,
/// to `target`. The renames of the step have then been made in the scratch.
///
/// # Errors
/// Sentences that say what keeps it from being made, and what would help.
pub(crate) fn plan(
    scratch: &Scratch,
    known: &Snapshot,
    target: &Snapshot,
    answers: &Answers,
) -> Result<Plan, Vec<String>> {
    let one = |error: String| vec![error];
    let mut known = known.clone();
    let before = Live::of(&*scratch.db().map_err(one)?).map_err(one)?;
    let renames = renames(&before, &mut known, target, answers)?;
    for sql in &renames.sql {
        scratch.run(sql).map_err(one)?;
    }
    let live = Live::of(&*scratch.db().map_err(one)?).map_err(one)?;
    let mut wrong = Vec::new();
    let parts = Parts::of(&live, &known, target, answers, &mut wrong);
    parts.check(&live, &mut wrong);
    for (table, column) in answers.fills.keys() {
        if target.table(table).is_none_or(|target| target.column(column).is_none()) {
            wrong.push(format!("`--fill {table}.{column}`: no model has this column"));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut changes = renames.changes;
    changes.extend(parts.changes());
    let mut script = Script::default();
    if parts.empties_a_table() {
        script.say("Keys are checked at the end, when all rows are back.");
        script.run("PRAGMA defer_foreign_keys = ON");
    }
    script.run_all(renames.sql);
    parts.write(&live, &mut script);
    Ok(Plan { changes, sql: script.text })
}

/// What differs between the database in `scratch` and `target`, whether a step could be planned or not.
///
/// # Errors
/// When memory runs out.
pub(crate) fn differences(
    scratch: &Scratch,
    known: &Snapshot,
    target: &Snapshot,
) -> Result<Vec<Change>, String> {
    let live = Live::of(&*scratch.db()?)?;
    // What stands in the way of a step is said by the one who plans it.
    Ok(Parts::of(&live, known, target, &Answers::default(), &mut Vec::new()).changes())
}

/// What becomes of each table.
struct Parts<'a> {
    created: Vec<&'a Table>,
    works: Vec<Work<'a>>,
    dropped: Vec<&'a LiveTable>,
    /// The tables whose full-text index goes, and those that get one.
    unsearched: Vec<String>,
    searched: Vec<&'a Table>,
    /// Full-text indexes that change by more than their table.
    search_changes: Vec<Change>,
}

impl<'a> Parts<'a> {
    fn of(
        live: &'a Live,
        known: &'a Snapshot,
        target: &'a Snapshot,
        answers: &Answers,
        wrong: &mut Vec<String>,
    ) -> Self {
        let mut created: Vec<_> =
            target.tables.iter().filter(|table| live.table(&table.name).is_none()).collect();
        order(&mut created, |table| {
            (&table.name, table.columns.iter().filter_map(|c| Some(&c.references.as_ref()?.table)).collect())
        });
        let mut works: Vec<_> = target
            .tables
            .iter()
            .filter_map(|table| Some((live.table(&table.name)?, table)))
            .map(|(live, table)| Work::of(live, known.table(&table.name), table, answers, wrong))
            .filter(|work| !work.is_empty())
            .collect();
        // A table whose key has an action of SQLite's is made anew before the table that it points to, and so without it.
        works.sort_by_key(|work| !has_actions(live, &work.target.name));
        let mut dropped: Vec<_> = known
            .tables
            .iter()
            .filter(|table| target.table(&table.name).is_none())
            .filter_map(|table| live.table(&table.name))
            .collect();
        order(&mut dropped, |table| (&table.name, table.keys.iter().map(|key| &key.table).collect()));
        dropped.reverse();
        let mut parts = Self {
            created,
            works,
            dropped,
            unsearched: Vec::new(),
            searched: Vec::new(),
            search_changes: Vec::new(),
        };
        parts.compare_search(live, known, target);
        parts
    }

    fn compare_search(&mut self, live: &Live, known: &Snapshot, target: &'a Snapshot) {
        for table in &target.tables {
            let had = known.table(&table.name).is_some_and(|known| known.search.is_some());
            let there = if had || table.search.is_some() { live.search(&table.name) } else { Vec::new() };
            let wanted = ddl::search(table);
            let anew = self.works.iter().any(|work| work.target.name == table.name && work.is_rebuilt());
            if there == wanted && (!anew || there.is_empty()) {
                continue;
            }
            if !there.is_empty() {
                self.unsearched.push(table.name.clone());
            }
            if !wanted.is_empty() {
                self.searched.push(table);
            }
            let how = match (there.is_empty(), wanted.is_empty()) {
                (true, true) => continue,
                // That of a table that was renamed is gone by now.
                (true, false) if had => "change",
                (true, false) => "create",
                (_, true) => "drop",
                _ => "change",
            };
            let is_new = self.created.iter().any(|created| created.name == table.name);
            if there != wanted && !is_new {
                self.search_changes.push(Change::Search { table: table.name.clone(), how });
            }
        }
        for table in &self.dropped {
            if known.table(&table.name).is_some_and(|known| known.search.is_some()) {
                self.unsearched.push(table.name.clone());
            }
        }
    }

    fn changes(&self) -> Vec<Change> {
        let created = self.created.iter().map(|table| Change::CreateTable(table.name.clone()));
        let worked = self.works.iter().flat_map(|work| work.changes.iter().cloned());
        let dropped = self.dropped.iter().map(|table| Change::DropTable(table.name.clone()));
        created.chain(worked).chain(dropped).chain(self.search_changes.iter().cloned()).collect()
    }

    /// Whether a table is emptied for a while, or for good, that others may point to.
    fn empties_a_table(&self) -> bool {
        !self.dropped.is_empty() || self.works.iter().any(Work::is_rebuilt)
    }

    /// Refuses what would lose rows of tables that point here.
    fn check(&self, live: &Live, wrong: &mut Vec<String>) {
        let mut without_actions: Vec<&str> = Vec::new();
        let rebuilt =
            self.works.iter().filter(|work| work.is_rebuilt()).map(|work| work.target.name.as_str());
        let emptied = rebuilt.map(|table| (table, "made anew"));
        for (table, how) in emptied.chain(self.dropped.iter().map(|table| (table.name.as_str(), "dropped"))) {
            for other in live.tables.iter().filter(|other| other.name != table) {
                let Some(key) = other.keys.iter().find(|key| key.table == table) else { continue };
                let acts = other.keys.iter().any(|key| key.table == table && key.on_delete != "NO ACTION");
                if acts && !without_actions.contains(&other.name.as_str()) {
                    wrong.push(format!(
                        "`{table}` must be {how}, and `{}` points to it with ON DELETE {}, which SQLite would carry out for \
                         all of its rows: make that key NO ACTION in a migration of your own before",
                        other.name, key.on_delete
                    ));
                }
                let stays = !self.dropped.iter().any(|dropped| dropped.name == other.name);
                let is_model = self.works.iter().any(|work| work.target.name == other.name);
                if how == "dropped" && stays && !is_model {
                    wrong.push(format!(
                        "`{table}` must be dropped, and `{}`, which is no model's, points to it: drop that by hand before",
                        other.name
                    ));
                }
            }
            without_actions.push(table);
        }
    }

    fn write(&self, live: &Live, script: &mut Script) {
        for table in &self.unsearched {
            script.run_all(drop_search(live, table));
        }
        for work in self.works.iter().filter(|work| !work.is_rebuilt()) {
            script.run_all(work.drop_indexes.iter().map(|index| format!("DROP INDEX {}", name(&index.name))));
        }
        for table in &self.created {
            script.run(ddl::create_table(table));
        }
        for work in &self.works {
            if work.is_rebuilt() {
                script.gap();
                work.reasons().iter().for_each(|reason| script.say(reason));
                script.run_all(work.anew(live));
                script.gap();
            } else {
                script.run_all(work.in_place());
            }
        }
        for table in &self.dropped {
            script.run(format!("DROP TABLE {}", name(&table.name)));
        }
        for table in &self.created {
            script.run_all(table.indexes.iter().map(|index| ddl::create_index(&table.name, index)));
        }
        for work in &self.works {
            script.run_all(work.indexes_after());
        }
        for table in &self.searched {
            script.run_all(ddl::search(table).into_iter().map(|(_, sql)| sql));
            if !self.created.iter().any(|created| created.name == table.name) {
                script.run(ddl::fill_search(table));
            }
        }
    }
}

fn has_actions(live: &Live, table: &str) -> bool {
    live.table(table).is_some_and(|table| table.keys.iter().any(|key| key.on_delete != "NO ACTION"))
}

/// Puts each table behind those that it points to; where they point to each other, in the order given.
fn order<'a, T>(tables: &mut Vec<&'a T>, read: impl Fn(&'a T) -> (&'a String, Vec<&'a String>)) {
    let mut ordered: Vec<&'a T> = Vec::new();
    while !tables.is_empty() {
        let waits = |table: &&'a T| {
            let (own, to) = read(table);
            to.iter().any(|to| *to != own && tables.iter().any(|other| read(other).0 == *to))
        };
        let next = tables.iter().position(|table| !waits(table)).unwrap_or(0);
        ordered.push(tables.remove(next));
    }
    *tables = ordered;
}

/// The text of a step.
#[derive(Default)]
struct Script {
    text: String,
}

impl Script {
    fn say(&mut self, comment: &str) {
        self.text.push_str(&format!("-- {comment}\n"));
    }

    fn run(&mut self, sql: impl AsRef<str>) {
        self.text.push_str(sql.as_ref());
        self.text.push_str(";\n");
    }

    fn run_all(&mut self, all: impl IntoIterator<Item = String>) {
        all.into_iter().for_each(|sql| self.run(sql));
    }

    /// Leaves a line free, once.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

/// The schema that the models have in a store that is made anew.
///
/// # Errors
/// SQLite refuses the models.
pub(crate) fn fresh(vfs: &Vfs, target: &Snapshot) -> Result<Live, String> {
    let scratch = Scratch::new(vfs)?;
    for table in &target.tables {
        scratch.run(&ddl::create_table(table))?;
    }
    for table in &target.tables {
        for index in &table.indexes {
            scratch.run(&ddl::create_index(&table.name, index))?;
        }
        for (_, sql) in ddl::search(table) {
            scratch.run(&sql)?;
        }
    }
    Live::of(&*scratch.db()?)
}

/// Makes sure that `migrations`, applied to an empty store, give what the models want, and that the triggers and views
/// that are no model's still stand.
///
/// # Errors
/// What does not.
pub(crate) fn verify(
    vfs: &Vfs,
    migrations: &[Migration],
    known: &Snapshot,
    target: &Snapshot,
) -> Result<(), String> {
    let scratch = Scratch::new(vfs)?;
    scratch.apply(migrations)?;
    let live = Live::of(&*scratch.db()?)?;
    for table in live.tables.iter().filter(|table| !table.triggers.is_empty()) {
        let of = name(&table.name);
        let set: Vec<String> =
            table.columns.iter().map(|column| format!("{0} = {0}", name(&column.name))).collect();
        for sql in [
            format!("EXPLAIN INSERT INTO {of} DEFAULT VALUES"),
            format!("EXPLAIN UPDATE {of} SET {}", set.join(", ")),
            format!("EXPLAIN DELETE FROM {of}"),
        ] {
            scratch
                .run(&sql)
                .map_err(|error| format!("a trigger of `{}` no longer stands: {error}", table.name))?;
        }
    }
    for view in &live.views {
        scratch
            .run(&format!("EXPLAIN SELECT * FROM {}", name(view)))
            .map_err(|error| format!("the view `{view}` no longer stands, drop or replace it: {error}"))?;
    }
    let (live, fresh) = (ours(live, known, target), ours(fresh(vfs, target)?, known, target));
    if live == fresh {
        return Ok(());
    }
    let differs = fresh.tables.iter().find(|table| live.table(&table.name) != Some(table));
    let which = differs.map_or("the full-text indexes".to_owned(), |table| format!("`{}`", table.name));
    Err(format!("{which} would not be as in a store that is made anew"))
}

/// What of a schema the models decide, in an order that does not depend on how it came about.
pub(crate) fn ours(mut live: Live, known: &Snapshot, target: &Snapshot) -> Live {
    let wanted = |table: &str| target.table(table);
    live.tables.retain(|table| wanted(&table.name).is_some() || known.table(&table.name).is_some());
    live.views.clear();
    let searches: Vec<_> = live.tables.iter().map(|table| super::state::search_name(&table.name)).collect();
    live.virtuals.retain(|name, _| searches.contains(name));
    let indexes: Vec<&str> = known
        .tables
        .iter()
        .chain(&target.tables)
        .flat_map(|table| table.indexes.iter().map(|index| index.name.as_str()))
        .collect();
    for (table, search) in live.tables.iter_mut().zip(searches) {
        table.indexes.retain(|index| index.sql.is_none() || indexes.contains(&index.name.as_str()));
        // Their definitions may be written in another way.
        table.indexes.iter_mut().for_each(|index| index.sql = None);
        table.triggers.retain(|trigger, _| trigger.starts_with(&search));
        table.beyond.clear();
        // A key is never NULL, whether its definition says so or not.
        table.columns.iter_mut().for_each(|column| column.not_null |= column.key > 0);
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.keys.sort_by(|a, b| a.columns.cmp(&b.columns));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    live.tables.sort_by(|a, b| a.name.cmp(&b.name));
    live
}
