//! The property: whatever models and rows there were, and however the models were edited, the step that is planned gives
//! the schema that a new store has, and the rows that were there as they must be; or fails and leaves all as it was.
//!
//! `DOMICILE_SEED` chooses one round, `DOMICILE_ROUNDS` how many there are.

use std::collections::BTreeMap;

use domicile::Migration;
use fastrand::Rng;
use rusqlite::types::Value;

use super::edit::Draft;
use super::expect::{Expected, expect};
use super::world::{self, Names, ROWID, Row, Rows};
use crate::migrate::live::Live;
use crate::migrate::plan::{Plan, fresh, ours, plan, verify};
use crate::migrate::scratch::Scratch;
use crate::migrate::state::Snapshot;
use crate::migrate::text::{name, names};
use crate::vfs::Vfs;

const ROUNDS: u64 = 1000;

/// What rounds came to.
#[derive(Default, Debug)]
struct Tally {
    kept: usize,
    failed: usize,
    unchanged: usize,
    rebuilt: usize,
    rows: usize,
}

#[test]
fn a_step_keeps_what_was_there_and_gives_what_a_new_store_has() {
    let number =
        |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a whole number"));
    let vfs = Scratch::vfs().unwrap();
    let mut tally = Tally::default();
    let seeds = match number("DOMICILE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("DOMICILE_ROUNDS").unwrap_or(ROUNDS),
    };
    let rounds = seeds.end - seeds.start;
    for seed in seeds {
        round(seed, &vfs, &mut tally);
    }
    eprintln!("{rounds} rounds: {tally:?}");
    if rounds >= ROUNDS {
        // The rounds are about something.
        assert!(
            tally.kept > 500 && tally.rebuilt > 300 && tally.failed > 50 && tally.rows > 2000,
            "{tally:?}"
        );
    }
}

/// A step that lives as long as the process: migrations are const data.
fn step(name: &'static str, sql: &str) -> Migration {
    Migration::sql(name, Box::leak(sql.to_owned().into_boxed_str()))
}

fn round(seed: u64, vfs: &Vfs, tally: &mut Tally) {
    let mut rng = Rng::with_seed(seed);
    let mut names = Names::default();
    let before = world::models(&mut rng, &mut names);
    let rows = world::rows(&mut rng, &before);
    let mut draft = Draft::of(&before);
    for _ in 0..rng.usize(1..6) {
        draft.edit(&mut rng, &mut names, &rows, &before);
    }
    draft.finish(&mut rng, &before);
    let target = draft.target();
    let answers = draft.answers();
    let say = |what: &str, sql: &str| -> ! {
        panic!(
            "{what}\n\nDOMICILE_SEED={seed}\nedits: {:#?}\nanswers: {answers:#?}\nbefore: {before:#?}\nrows: {rows:#?}\nsql:\n{sql}",
            draft.log
        )
    };

    let initial = plan(&Scratch::new(vfs).unwrap(), &Snapshot::default(), &before, &Default::default());
    let initial = initial.unwrap_or_else(|why| say(&format!("the models cannot be made: {why:?}"), ""));
    let mut steps = vec![step("0001_initial", &initial.sql)];
    let store = Scratch::new(vfs).unwrap();
    store.apply(&steps).unwrap_or_else(|why| say(&why, &initial.sql));
    insert(&store, &before, &rows);
    let own = own_triggers(&before);
    steps.push(step("0002_own", &own));
    store.apply(&steps).unwrap_or_else(|why| say(&why, &own));
    let start = Live::of(&store.db().unwrap()).unwrap();
    let try_out = Scratch::new(vfs).unwrap();
    try_out.apply(&steps).unwrap();
    let Plan { sql, changes } =
        plan(&try_out, &before, &target, &answers).unwrap_or_else(|why| say(&why.join("\n"), ""));
    if changes.is_empty() {
        assert_eq!(sql, "", "{seed}");
        tally.unchanged += 1;
        return;
    }
    steps.push(step("0003_edit", &sql));
    verify(vfs, &steps, &before, &target).unwrap_or_else(|why| say(&why, &sql));
    let applied = store.apply(&steps);
    let end = Live::of(&store.db().unwrap()).unwrap();
    match expect(&rows, &draft) {
        Expected::Fails(why) => {
            if applied.is_ok() {
                say(&format!("it should fail: {why}"), &sql);
            }
            if end != start || read(&store, &before) != sorted(&rows) {
                say(&format!("it failed and left something: {applied:?}"), &sql);
            }
            tally.failed += 1;
        }
        Expected::Rows(expected) => {
            applied.unwrap_or_else(|why| say(&why, &sql));
            let fresh = ours(fresh(vfs, &target).unwrap(), &before, &target);
            let end = ours(end, &before, &target);
            if end != fresh {
                say(&format!("the schema is\n{end:#?}\nand a new one is\n{fresh:#?}"), &sql);
            }
            let found = read(&store, &target);
            if found != sorted(&expected) {
                say(&format!("the rows are\n{found:#?}\nand should be\n{:#?}", sorted(&expected)), &sql);
            }
            check_own(&store, &draft).unwrap_or_else(|why| say(&why, &sql));
            check_search(&store, &target, &expected).unwrap_or_else(|why| say(&why, &sql));
            // Once more is no change.
            match plan(&store, &target, &target, &Default::default()) {
                Ok(again) if again.changes.is_empty() => {}
                again => say(&format!("there is still something to do: {again:?}"), &sql),
            }
            tally.kept += 1;
            tally.rebuilt += usize::from(sql.contains("_rebuild"));
            tally.rows += expected.values().map(Vec::len).sum::<usize>();
        }
    }
}

/// Triggers that are no model's, and the table that they write to.
fn own_triggers(models: &Snapshot) -> String {
    let mut sql = "CREATE TABLE own_log (what TEXT NOT NULL) STRICT;\n".to_owned();
    for table in &models.tables {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            sql.push_str(&format!(
                "CREATE TRIGGER {} AFTER {event} ON {} BEGIN INSERT INTO own_log VALUES ('{event}'); END;\n",
                name(&format!("own {} {event}", table.name)),
                name(&table.name)
            ));
        }
    }
    sql
}

/// They are all there, and nothing has set them off.
fn check_own(store: &Scratch, draft: &Draft) -> Result<(), String> {
    let db = store.db()?;
    let fired: Vec<String> = db
        .privileged(|host| host.all("SELECT what FROM own_log", (), |row| row.get(0)))
        .map_err(|error| error.message().to_owned())?;
    if !fired.is_empty() {
        return Err(format!("the step has set off triggers: {fired:?}"));
    }
    let live = Live::of(&db)?;
    for table in &draft.tables {
        let Some(origin) = &table.origin else { continue };
        let there = live.table(&table.table.name).map_or(0, |live| {
            live.triggers.keys().filter(|trigger| trigger.starts_with(&format!("own {origin} "))).count()
        });
        if there != 3 {
            return Err(format!("{} has {there} of its 3 own triggers", table.table.name));
        }
    }
    Ok(())
}

/// Each full-text index has what its table has.
fn check_search(store: &Scratch, models: &Snapshot, rows: &Rows) -> Result<(), String> {
    let db = store.db()?;
    for table in &models.tables {
        let Some(search) = &table.search else { continue };
        let it = name(&table.search_name());
        let check = format!("INSERT INTO {it} ({it}, rank) VALUES ('integrity-check', 1)");
        db.privileged(|host| host.execute(&check, ()))
            .map_err(|error| format!("{it}: {}", error.message()))?;
        let query = format!("SELECT count(*) FROM {it} WHERE {it} MATCH 'quoted'");
        let found: Option<i64> = db
            .privileged(|host| host.first(&query, (), |row| row.get(0)))
            .map_err(|error| error.message().to_owned())?;
        let has = |row: &&Row| {
            search
                .columns
                .iter()
                .any(|column| matches!(&row[column], Value::Text(text) if text.contains("quoted")))
        };
        let expected = i64::try_from(rows[&table.name].iter().filter(has).count()).unwrap();
        if found != Some(expected) {
            return Err(format!("{it} finds {found:?} of {expected}"));
        }
    }
    Ok(())
}

fn insert(store: &Scratch, models: &Snapshot, rows: &Rows) {
    let mut sql = "BEGIN; PRAGMA defer_foreign_keys = ON;\n".to_owned();
    for table in &models.tables {
        for row in &rows[&table.name] {
            let columns: Vec<String> = row
                .keys()
                .map(|column| if column == ROWID { "rowid".to_owned() } else { name(column) })
                .collect();
            let values: Vec<String> = row.values().map(world::sql).collect();
            sql.push_str(&format!(
                "INSERT INTO {} ({}) VALUES ({});\n",
                name(&table.name),
                columns.join(", "),
                values.join(", ")
            ));
        }
    }
    sql.push_str("COMMIT;");
    let db = store.db().unwrap();
    db.privileged(|host| host.batch(&sql)).unwrap_or_else(|error| panic!("{}\n{sql}", error.message()));
}

/// The rows of each table, in an order of their own.
type Sorted = BTreeMap<String, Vec<String>>;

fn sorted(rows: &Rows) -> Sorted {
    let shown = |rows: &Vec<Row>| {
        let mut shown: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        shown.sort();
        shown
    };
    rows.iter().map(|(table, rows)| (table.clone(), shown(rows))).collect()
}

fn read(store: &Scratch, models: &Snapshot) -> Sorted {
    let db = store.db().unwrap();
    let mut all = Rows::new();
    for table in &models.tables {
        let mut columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let mut list = names(&columns);
        if !table.key_is_rowid() {
            columns.push(ROWID.to_owned());
            list.push_str(", rowid");
        }
        let rows = db.privileged(|host| {
            host.all(&format!("SELECT {list} FROM {}", name(&table.name)), (), |row| {
                let cell = |(at, column): (usize, &String)| Ok((column.clone(), row.get(at)?));
                columns.iter().enumerate().map(cell).collect()
            })
        });
        all.insert(table.name.clone(), rows.unwrap());
    }
    sorted(&all)
}
