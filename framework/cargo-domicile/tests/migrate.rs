//! `cargo domicile migrate --d1` on Miniflare's D1, by both of its ways: workerd alone, and wrangler with `--local`, which is
//! told the same as with `--remote`. Both are on the same files.
//!
//! `cargo domicile test` says where the programs are; without them, nothing of this runs.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;

use anyhow::Result;
use cargo_domicile::describe::{D1, Description};
use cargo_domicile::migrate::{Door, Place, Workerd, Wrangler, migrate, missing};
use cargo_domicile::npm::Tools;
use cargo_domicile::output::Files;
use domicile::Migration;
use domicile::migration::batches;
use rusqlite::Connection;
use tempfile::TempDir;

const INITIAL: Migration = Migration::sql(
    "0001_initial",
    include_str!("../../domicile-conformance/src/app/rebuilt/0001_initial.sql"),
);

const FILL: Migration =
    Migration::sql("0002_fill", include_str!("../../domicile-conformance/src/app/rebuilt/fill.sql"));

const REBUILD: Migration = Migration::sql(
    "0003_customer_changes",
    include_str!("../../domicile-conformance/src/app/rebuilt/0002_customer_changes.sql"),
);

const ORPHANS: Migration =
    Migration::sql("0003_orphans", include_str!("../../domicile-conformance/src/app/rebuilt/orphans.sql"));

const FAILS: Migration =
    Migration::sql("0003_fails", "CREATE TABLE half (n INTEGER) STRICT;\nINSERT INTO absent VALUES (1);");

/// A build folder as far as migrations need one, a data folder, and a wrangler configuration.
struct World {
    tools: Tools,
    folder: TempDir,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Workerd,
    Wrangler,
}

impl World {
    fn new() -> Option<Self> {
        let Some(build) = std::env::var_os("DOMICILE_BUILD") else {
            eprintln!("left out: workerd and wrangler, which `cargo domicile test` runs");
            return None;
        };
        let tools = Tools::fetch(&Path::new(&build).with_file_name("npm")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = "{ \"d1_databases\": [{ \"binding\": \"DB\", \"database_name\": \"shop\", \"database_id\": \"shop-id\" }] }";
        fs::write(folder.path().join("wrangler.jsonc"), config).unwrap();
        Some(Self { tools, folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Builds, as far as it concerns D1.
    fn app(&self, migrations: &[Migration]) -> D1 {
        let d1 = D1 {
            binding: "DB".to_owned(),
            local: Some("shop-id".to_owned()),
            migrations: batches(migrations).unwrap(),
        };
        let description =
            Description { classes: vec![], vars: vec![], d1: vec![d1.clone()], mistakes: vec![] };
        let mut files = Files::default();
        let runtime = self.path("runtime");
        fs::create_dir_all(&runtime).unwrap();
        files.complete(&description, &runtime, &self.tools.miniflare_workers()).unwrap();
        files.write(&self.path("build")).unwrap();
        d1
    }

    fn through<T>(&self, way: Way, run: impl FnOnce(&dyn Door) -> T) -> T {
        let (build, data, config, scratch) =
            (self.path("build"), self.path("data"), self.path("wrangler.jsonc"), self.path("scratch"));
        match way {
            Way::Workerd => run(&Workerd::open(&self.tools, &build, &data, "DB").unwrap()),
            Way::Wrangler => run(&Wrangler {
                tools: &self.tools,
                config: &config,
                binding: "DB",
                place: Place::Local(data),
                scratch: &scratch,
            }),
        }
    }

    /// Migrates, and gives the names of what was applied.
    fn migrate(&self, way: Way, migrations: &[Migration]) -> Result<Vec<String>> {
        let database = self.app(migrations);
        let applied = self.through(way, |door| migrate(door, &database).map(<[_]>::to_vec))?;
        Ok(applied.into_iter().map(|batch| batch.name).collect())
    }

    /// What the one database has: its schema's names, every row, and the books.
    fn stored(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("data/v3/d1/miniflare-D1DatabaseObject")).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        let mut files = files.iter().filter(|file| {
            file.extension().is_some_and(|kind| kind == "sqlite") && !file.ends_with("metadata.sqlite")
        });
        let db = Connection::open(files.next().unwrap()).unwrap();
        assert_eq!(files.next(), None, "both ways are on one database");
        let mut all = Vec::new();
        for sql in [
            "SELECT concat_ws(' ', type, name) FROM sqlite_master WHERE substr(name, 1, 4) <> '_cf_' ORDER BY name",
            "SELECT concat_ws(' ', id, name, ifnull(note, 'none'), balance) FROM customer ORDER BY id",
            "SELECT concat_ws(' ', 'protected', id, customer) FROM protected ORDER BY id",
            "SELECT concat_ws(' ', 'cascaded', id, customer) FROM cascaded ORDER BY id",
            "SELECT concat_ws(' ', 'nulled', id, ifnull(customer, 'none')) FROM nulled ORDER BY id",
            "SELECT concat_ws(' ', 'defaulted', id, customer) FROM defaulted ORDER BY id",
            "SELECT 'found ' || rowid FROM customer_search WHERE customer_search MATCH 'name7'",
        ] {
            let mut statement = db.prepare(sql).unwrap();
            let lines: Result<Vec<String>, _> = statement.query_map([], |row| row.get(0)).unwrap().collect();
            all.extend(lines.unwrap());
        }
        all
    }
}

fn a_rebuild_keeps_every_row(way: Way, other: Way) {
    let Some(world) = World::new() else { return };
    assert_eq!(world.migrate(way, &[INITIAL, FILL]).unwrap(), ["0001_initial", "0002_fill"]);
    let before = world.stored();
    assert!(before.len() > 1500 && before.contains(&"found 7".to_owned()), "{} lines", before.len());
    for (wrong, says) in [
        (FAILS, "migration `0003_fails` failed"),
        (ORPHANS, "migration `0003_orphans` failed: it leaves rows that point to a row which is not there"),
    ] {
        let error = world.migrate(way, &[INITIAL, FILL, wrong]).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert_eq!(world.stored(), before, "{says}");
    }
    assert_eq!(world.migrate(way, &[INITIAL, FILL, REBUILD]).unwrap(), ["0003_customer_changes"]);
    assert_eq!(world.stored(), before);
    // The other way finds it done.
    assert_eq!(world.migrate(other, &[INITIAL, FILL, REBUILD]).unwrap(), [""; 0]);
    let database = world.app(&[INITIAL, REBUILD]);
    let error = world.through(other, |door| missing(door, &database).map(drop)).unwrap_err().to_string();
    let says = "the D1 database `DB` cannot be migrated: migration 2 is `0003_customer_changes` and this store had `0002_fill`";
    assert!(error.contains(says), "{error}");
}

#[test]
fn workerd_rebuilds_a_parent_and_keeps_every_row() {
    a_rebuild_keeps_every_row(Way::Workerd, Way::Wrangler);
}

#[test]
fn wrangler_rebuilds_a_parent_and_keeps_every_row() {
    a_rebuild_keeps_every_row(Way::Wrangler, Way::Workerd);
}

/// One that has seen the database before another one migrated it.
#[test]
fn none_is_applied_twice() {
    let Some(world) = World::new() else { return };
    world.migrate(Way::Workerd, &[INITIAL]).unwrap();
    let database = world.app(&[INITIAL, FILL]);
    for way in [Way::Workerd, Way::Wrangler] {
        let apply = || world.through(way, |door| door.apply(&database.migrations, 1));
        if way == Way::Workerd {
            apply().unwrap();
        }
        let before = world.stored();
        let error = apply().unwrap_err().to_string();
        assert!(
            error.contains("`0002_fill` was applied by somebody else meanwhile: run this again"),
            "{error}"
        );
        assert_eq!(world.stored(), before);
    }
}

/// As two that are told to serve the same folder would.
#[test]
fn two_at_once_wait_for_each_other() {
    let Some(world) = World::new() else { return };
    let database = world.app(&[INITIAL, FILL, REBUILD]);
    let start = Barrier::new(2);
    let one = || {
        start.wait();
        world
            .through(Way::Workerd, |door| migrate(door, &database).map(<[_]>::len))
            .map_err(|e| format!("{e:#}"))
    };
    let both = std::thread::scope(|scope| [scope.spawn(one), scope.spawn(one)].map(|t| t.join().unwrap()));
    let mut both = both.map(Result::unwrap);
    both.sort_unstable();
    assert_eq!(both, [0, 3]);
    let stored = world.stored();
    assert_eq!(stored.iter().filter(|line| line.starts_with("cascaded ")).count(), 300);
}
