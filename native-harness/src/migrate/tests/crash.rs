//! A power cut before each statement of a step that makes a parent anew, with children of every `on_delete`: what lies on
//! the disk then is the old schema with all rows, and the next start migrates it.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use domicile::Migration;
use domicile::model::Schema;

use crate::Limits;
use crate::migrate::live::Live;
use crate::migrate::plan::{fresh, ours, plan};
use crate::migrate::scratch::Scratch;
use crate::migrate::state::Snapshot;
use crate::migrate::text::name;
use crate::sqlite::Database;
use crate::vfs::Vfs;

/// Customers, and rows of every `on_delete` that point to them.
macro_rules! shop {
    ($module:ident, { $($customer:tt)* }) => {
        mod $module {
            use domicile::prelude::*;

            #[derive(Model)]
            #[model(search(name))]
            struct Customer { id: i64, $($customer)* }

            #[derive(Model)]
            struct Protected { id: i64, #[model(on_delete = protect)] customer: ForeignKey<Customer> }

            #[derive(Model)]
            struct Cascaded { id: i64, #[model(on_delete = cascade)] customer: ForeignKey<Customer> }

            #[derive(Model)]
            struct Nulled { id: i64, #[model(on_delete = set_null)] customer: Option<ForeignKey<Customer>> }

            #[derive(Model)]
            struct Defaulted { id: i64, #[model(on_delete = set_default, default = 1)] customer: ForeignKey<Customer> }

            #[derive(Model)]
            struct Friend { id: i64, #[model(on_delete = cascade)] of: ForeignKey<Customer>, #[model(on_delete = set_null)] by: Option<ForeignKey<Friend>> }

            pub(super) const MODELS: &[&domicile::model::Schema] = &[
                Customer::SCHEMA, Protected::SCHEMA, Cascaded::SCHEMA, Nulled::SCHEMA, Defaulted::SCHEMA, Friend::SCHEMA,
            ];
        }
    };
}

shop!(first, { #[model(unique)] name: String, note: Option<String>, balance: i32 });
shop!(second, { #[model(unique)] name: String, note: String, balance: String });

const CUSTOMERS: usize = 3000;

fn step(
    name: &'static str,
    known: &[&Schema],
    target: &[&Schema],
    before: &[Migration],
    vfs: &Vfs,
) -> Migration {
    let scratch = Scratch::new(vfs).unwrap();
    scratch.apply(before).unwrap();
    let mut answers = crate::migrate::Answers::default();
    answers.fills.insert(("customer".to_owned(), "note".to_owned()), "none".to_owned());
    if before.is_empty() {
        answers.fills.clear();
    }
    let known = Snapshot::of(known).unwrap();
    let plan = plan(&scratch, &known, &Snapshot::of(target).unwrap(), &answers)
        .unwrap_or_else(|why| panic!("{why:?}"));
    Migration::sql(name, plan.sql.leak())
}

/// Every row of every table, and the schema.
fn contents(db: &Database) -> (Live, Vec<String>) {
    let live = Live::of(db).unwrap();
    let mut rows = Vec::new();
    for table in &live.tables {
        let columns: Vec<String> =
            table.columns.iter().map(|column| format!("quote({})", name(&column.name))).collect();
        let sql = format!("SELECT {} FROM {} ORDER BY rowid", columns.join(" || ' ' || "), name(&table.name));
        let all: Vec<String> = db.privileged(|host| host.all(&sql, (), |row| row.get(0))).unwrap();
        rows.extend(all.into_iter().map(|row| format!("{}: {row}", table.name)));
    }
    (live, rows)
}

/// What a crash would leave of a database: its files as they are now.
fn copy(path: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for end in ["", "-wal"] {
        let file = PathBuf::from(format!("{}{end}", path.display()));
        if file.exists() {
            fs::copy(&file, to.join(format!("store{end}"))).unwrap();
        }
    }
}

#[test]
fn a_power_cut_at_any_statement_of_a_rebuild_loses_nothing() {
    let vfs = Scratch::vfs().unwrap();
    let initial = step("0001_initial", &[], first::MODELS, &[], &vfs);
    let all = [initial, step("0002_anew", first::MODELS, second::MODELS, &[initial], &vfs)];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let open = |path: &Path| Scratch::on(Database::open(path, &vfs, Limits::PRODUCTION).unwrap());

    let store = open(&path);
    store.apply(&[initial]).unwrap();
    let mut rows = format!(
        "INSERT INTO customer
         WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n LIMIT {CUSTOMERS})
         SELECT id, 'name ' || id, iif(id % 2, 'note', NULL), id * 7 FROM n;\n"
    );
    for (table, columns) in [
        ("protected", "customer"),
        ("cascaded", "customer"),
        ("nulled", "customer"),
        ("defaulted", "customer"),
        ("friend", "of"),
    ] {
        rows.push_str(&format!(
            "INSERT INTO {table} (id, {columns}) SELECT id * 2, id FROM customer WHERE id % 3 > 0;\n"
        ));
    }
    rows.push_str(
        "UPDATE friend SET by = id WHERE id % 4 = 0; UPDATE nulled SET customer = NULL WHERE id % 5 = 0;",
    );
    store.run(&rows).unwrap();
    let before = contents(&store.db().unwrap());
    assert!(before.1.len() > CUSTOMERS * 4, "{}", before.1.len());

    let copies = Rc::new(RefCell::new(Vec::new()));
    let (seen, place, file) = (copies.clone(), folder.path().to_owned(), path.clone());
    store.watch(move |_, sql| {
        let to = place.join(format!("copy {}", seen.borrow().len()));
        copy(&file, &to);
        seen.borrow_mut().push((to, sql.to_owned()));
    });
    store.apply(&all).unwrap();
    let after = contents(&store.db().unwrap());
    let snapshots = (Snapshot::of(first::MODELS).unwrap(), Snapshot::of(second::MODELS).unwrap());
    let wanted = ours(fresh(&vfs, &snapshots.1).unwrap(), &snapshots.0, &snapshots.1);
    assert_eq!(ours(after.0.clone(), &snapshots.0, &snapshots.1), wanted);
    assert_eq!(after.1.len(), before.1.len());
    assert!(after.1.contains(&"customer: 2 'name 2' 'none' '14'".to_owned()), "{:?}", &after.1[..3]);

    let copies = copies.borrow();
    let written = copies
        .iter()
        .filter(|(copy, _)| copy.join("store-wal").metadata().is_ok_and(|wal| wal.len() > 100_000));
    assert!(copies.len() > 15 && written.count() > 5, "what is not committed reaches the disk too");
    for (copy, sql) in copies.iter() {
        let store = open(&copy.join("store"));
        let found = contents(&store.db().unwrap());
        assert!(found == before, "a crash before this statement lost something: {sql}");
        let sound: Option<String> = store
            .db()
            .unwrap()
            .privileged(|host| host.first("PRAGMA integrity_check", (), |row| row.get(0)))
            .unwrap();
        assert_eq!(sound.as_deref(), Some("ok"), "{sql}");
        store.apply(&all).unwrap();
        assert!(contents(&store.db().unwrap()) == after, "the next start does not migrate: {sql}");
    }
}
