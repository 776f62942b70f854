//! Steps that have a trap, one by one.

use domicile::Migration;

use crate::migrate::live::Live;
use crate::migrate::plan::{plan, verify};
use crate::migrate::scratch::Scratch;
use crate::migrate::state::{Column, Index, Reference, Snapshot, Table};
use crate::migrate::{Answers, Plan};

/// `name kind`, with `?` where it may be NULL, `= literal` for a default and `-> table` for a key to its `id`.
fn column(text: &str) -> Column {
    let (text, to) = text.split_once(" -> ").map_or((text, None), |(text, to)| (text, Some(to)));
    let (text, default) = text.split_once(" = ").map_or((text, None), |(text, value)| (text, Some(value)));
    let (text, nullable) = text.strip_suffix('?').map_or((text, false), |text| (text, true));
    let (name, kind) = text.split_once(' ').unwrap();
    Column {
        name: name.to_owned(),
        kind: kind.parse().unwrap(),
        nullable,
        default: default.map(str::to_owned),
        references: to.map(|to| Reference { table: to.to_owned(), column: "id".to_owned() }),
    }
}

/// Tables whose first column is the key.
fn models(tables: &[(&str, &[&str])]) -> Snapshot {
    let tables = tables.iter().map(|(name, columns)| {
        let columns: Vec<Column> = columns.iter().map(|text| column(text)).collect();
        Table {
            name: (*name).to_owned(),
            key: columns[0].name.clone(),
            columns,
            indexes: Vec::new(),
            search: None,
        }
    });
    Snapshot { tables: tables.collect() }
}

/// A store with a step that was written by hand.
struct Case {
    steps: Vec<Migration>,
    known: Snapshot,
}

impl Case {
    fn of(sql: &str) -> Self {
        let step = Migration::sql("0001_by_hand", sql.to_owned().leak())
            .with_foreign_key_actions()
            .with_deferrable_keys();
        Self { steps: vec![step], known: Snapshot::default() }
    }

    fn knows(mut self, known: Snapshot) -> Self {
        self.known = known;
        self
    }

    fn plan(&self, target: &Snapshot, answers: &Answers) -> Result<Plan, Vec<String>> {
        let scratch = Scratch::new(&Scratch::vfs().unwrap()).unwrap();
        scratch.apply(&self.steps).unwrap_or_else(|why| panic!("{why}"));
        plan(&scratch, &self.known, target, answers)
    }

    /// The store with these rows after the step to `target`.
    #[track_caller]
    fn migrate(&self, rows: &str, target: &Snapshot, answers: &Answers) -> Result<Scratch, String> {
        let planned = self.plan(target, answers).unwrap_or_else(|why| panic!("{why:#?}"));
        let vfs = Scratch::vfs().unwrap();
        let store = Scratch::new(&vfs).unwrap();
        store.apply(&self.steps).unwrap();
        store.run(rows).unwrap();
        let mut all = self.steps.clone();
        all.push(Migration::sql("0002_next", planned.sql.clone().leak()));
        verify(&vfs, &all, &self.known, target).unwrap_or_else(|why| panic!("{why}\n{}", planned.sql));
        store.apply(&all)?;
        Ok(store)
    }

    #[track_caller]
    fn refused(&self, target: &Snapshot, says: &[&str]) {
        let why = self.plan(target, &Answers::default()).expect_err("it is refused").join("\n");
        for part in says {
            assert!(why.contains(part), "`{part}` is not in:\n{why}");
        }
    }
}

fn rows(store: &Scratch, sql: &str) -> Vec<String> {
    store.db().unwrap().privileged(|host| host.all(sql, (), |row| row.get(0))).unwrap()
}

const PARENT: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT) STRICT;";

#[test]
fn children_of_sqlites_own_actions_are_not_lost() {
    for action in ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"] {
        let child = format!(
            "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE {action}) STRICT;"
        );
        let case = Case::of(&format!("{PARENT}{child}"));
        // The child is no model: SQLite would delete its rows.
        let target = models(&[("parent", &["id i64", "name text"])]);
        let mut answers = Answers::default();
        answers.fills.insert(("parent".to_owned(), "name".to_owned()), "x".to_owned());
        let why = case.plan(&target, &answers).expect_err("it is refused").join("\n");
        assert!(why.contains(&format!("`child` points to it with ON DELETE {action}")), "{why}");
        // It is one: its key becomes NO ACTION before.
        let target =
            models(&[("parent", &["id i64", "name text"]), ("child", &["id i64", "parent i64? -> parent"])]);
        let store = case
            .migrate("INSERT INTO parent VALUES (1, NULL), (2, 'b'); INSERT INTO child VALUES (1, 1), (2, 2), (3, NULL)", &target, &answers)
            .unwrap();
        assert_eq!(
            rows(&store, "SELECT id || ifnull(parent, '-') FROM child"),
            ["11", "22", "3-"],
            "{action}"
        );
        assert_eq!(rows(&store, "SELECT name FROM parent"), ["x", "b"]);
    }
}

#[test]
fn tables_that_point_to_each_other_can_be_made_and_made_anew() {
    let both =
        [("a", &["id i64", "b i64? -> b", "n i64?"][..]), ("b", &["id i64", "a i64 -> a", "n text?"][..])];
    let first = models(&both);
    let sql = Case::of("CREATE TABLE own (x TEXT) STRICT").plan(&first, &Answers::default()).unwrap().sql;
    let case = Case::of(&sql).knows(first);
    // The key of `b` becomes text, and so does what points to it.
    let target = models(&[
        ("a", &["id i64", "b text? -> b", "n text?"]),
        ("b", &["id text", "a i64 -> a", "n text = 'x'"]),
    ]);
    let insert = "INSERT INTO a VALUES (1, NULL, 5); INSERT INTO b VALUES (7, 1, NULL); UPDATE a SET b = 7;";
    let store = case.migrate(insert, &target, &Answers::default()).unwrap();
    assert_eq!(rows(&store, "SELECT a.b || a.n || b.id || b.n FROM a JOIN b ON b.id = a.b"), ["757x"]);
}

#[test]
fn keys_are_immediate_again_for_what_follows() {
    let case = Case::of(PARENT);
    let target =
        models(&[("parent", &["id i64", "name text = ''"]), ("child", &["id i64", "parent i64 -> parent"])]);
    let store = case.migrate("INSERT INTO parent VALUES (1, NULL)", &target, &Answers::default()).unwrap();
    let why = store.run("INSERT INTO child VALUES (1, 99); SELECT 1").unwrap_err();
    assert!(why.contains("INSERT INTO child") && why.contains("FOREIGN KEY"), "{why}");
}

#[test]
fn what_no_model_can_say_is_not_lost() {
    let target = models(&[("t", &["id i64", "n i64", "more text?"])]);
    for (definition, says) in [
        ("id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0)", "CHECK"),
        ("id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER", "AUTOINCREMENT"),
        ("id INTEGER PRIMARY KEY, n INTEGER, m TEXT COLLATE NOCASE", "COLLATE"),
        (
            "id INTEGER PRIMARY KEY, n INTEGER, FOREIGN KEY (id, n) REFERENCES t (id, n)",
            "a key over several columns",
        ),
    ] {
        let case = Case::of(&format!("CREATE TABLE t ({definition}) STRICT"));
        let mut answers = Answers::default();
        answers.fills.insert(("t".to_owned(), "n".to_owned()), "1".to_owned());
        let why = case.plan(&target, &answers).expect_err("it is refused").join("\n");
        assert!(why.contains(&format!("has {says}, which no model can say")), "{why}");
    }
    // Where nothing must be made anew it may stay.
    let case = Case::of("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n > 0)) STRICT");
    let plan = case.plan(&target, &Answers::default()).unwrap();
    assert_eq!(plan.sql, "ALTER TABLE t ADD COLUMN more TEXT;\n");
    // An index of nobody's over a column that goes.
    let case = Case::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, more TEXT, gone TEXT) STRICT; CREATE INDEX own ON t (gone)",
    );
    case.refused(&target, &["`t.gone` is in the index `own`, which no model knows"]);
}

#[test]
fn a_table_of_another_sort_becomes_one_of_a_model() {
    let case = Case::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL UNIQUE, price NUMERIC, at DATETIME) WITHOUT ROWID",
    );
    let target = models(&[("t", &["id i64", "title text", "price i64?", "at text?"])]);
    let store = case.migrate(
        "INSERT INTO t VALUES (3, 'a', 5, '2026-01-01'), (1, 'b', NULL, NULL)",
        &target,
        &Answers::default(),
    );
    assert_eq!(rows(&store.unwrap(), "SELECT id || title || ifnull(price, '-') FROM t"), ["1b-", "3a5"]);
    // What does not fit fails, and leaves the table as it was.
    let why = case
        .migrate("INSERT INTO t VALUES (3, 'a', 'five', NULL)", &target, &Answers::default())
        .err()
        .unwrap();
    assert!(why.contains("cannot store TEXT value in INTEGER column t.price"), "{why}");
}

#[test]
fn a_table_that_is_no_models_is_left_alone() {
    let own = "CREATE TABLE own (x TEXT); CREATE VIEW v AS SELECT x FROM own; CREATE VIRTUAL TABLE docs USING fts5(x);";
    let first = models(&[("t", &["id i64"]), ("u", &["id i64", "t i64? -> t"])]);
    let made = "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id)) STRICT;";
    let case = Case::of(&format!("{made}{own}")).knows(first);
    let target = models(&[("t", &["id i64"])]);
    let plan = case.plan(&target, &Answers::default()).unwrap();
    assert!(plan.sql.ends_with("DROP TABLE u;\n") && !plan.sql.contains("own"), "{}", plan.sql);
    // It points to a table that goes.
    let case =
        Case::of(&format!("{made}CREATE TABLE own (t INTEGER REFERENCES t (id)) STRICT;")).knows(case.known);
    case.refused(&models(&[]), &["`t` must be dropped, and `own`, which is no model's, points to it"]);
}

#[test]
fn another_column_becomes_the_key() {
    let case = Case::of("CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT NOT NULL) STRICT");
    let mut target = models(&[("t", &["code text", "n i64?"])]);
    let store = case
        .migrate(
            "INSERT INTO t VALUES (4, 'a'), (9, 'b')",
            &target,
            &Answers { no_renames: true, ..Answers::default() },
        )
        .unwrap();
    assert_eq!(rows(&store, "SELECT rowid || code FROM t"), ["4a", "9b"]);
    let why =
        case.migrate("INSERT INTO t VALUES (4, 'a'), (9, 'a')", &target, &Answers::default()).err().unwrap();
    assert!(why.contains("UNIQUE constraint failed: t.code"), "{why}");
    target.tables[0].key = "n".to_owned();
    target.tables[0].columns[1].nullable = false;
    case.refused(&target, &["`t.n` is new and not NULL"]);
}

#[test]
fn values_that_do_not_become_others_are_a_matter_for_rust() {
    let case = Case::of("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL) STRICT")
        .knows(models(&[("t", &["id i64", "a text"])]));
    case.refused(
        &models(&[("t", &["id i64", "a uuid"])]),
        &["`t.a`: text does not become uuid by itself", "makemigrations --rust"],
    );
    // Where models.json says another kind than the column has, the column is believed.
    let case = Case::of("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL) STRICT")
        .knows(models(&[("t", &["id i64", "a uuid"])]));
    let plan = case.plan(&models(&[("t", &["id i64", "a decimal(5, 2)"])]), &Answers::default()).unwrap();
    assert_eq!(plan.sql, "", "{:?}", plan.changes);
}

#[test]
fn a_failed_step_leaves_all_as_it_was() {
    let case = Case::of("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL) STRICT")
        .knows(models(&[("t", &["id i64", "a text"])]));
    let target = models(&[("t", &["id i64", "a i64", "b text?"])]);
    let planned = case.plan(&target, &Answers::default()).unwrap();
    let store = Scratch::new(&Scratch::vfs().unwrap()).unwrap();
    store.apply(&case.steps).unwrap();
    store.run("INSERT INTO t VALUES (1, '5'), (2, 'five')").unwrap();
    let before = Live::of(&store.db().unwrap()).unwrap();
    let mut all = case.steps.clone();
    all.push(Migration::sql("0002_next", planned.sql.clone().leak()));
    for _ in 0..2 {
        let why = store.apply(&all).unwrap_err();
        assert!(
            why.contains("`0002_next` failed: statement 5, line")
                && why.contains("BLOB value in INTEGER column t.a"),
            "{why}"
        );
        assert_eq!(Live::of(&store.db().unwrap()).unwrap(), before);
        assert_eq!(rows(&store, "SELECT id || a FROM t"), ["15", "2five"]);
    }
    assert!(
        planned.sql.contains("-- Fails for what is not written as a whole number in range of a"),
        "{}",
        planned.sql
    );
    store.run("UPDATE t SET a = '6' WHERE id = 2").unwrap();
    store.apply(&all).unwrap();
    assert_eq!(rows(&store, "SELECT id || a FROM t"), ["15", "26"]);
}

/// It hides the number that SQLite gives to rows, so nothing can have used that.
#[test]
fn a_column_may_be_called_rowid() {
    let first = models(&[("t", &["code text", "rowid i64?"])]);
    let case =
        Case::of("CREATE TABLE t (code TEXT PRIMARY KEY NOT NULL, \"rowid\" INTEGER) STRICT").knows(first);
    let target = models(&[("t", &["code text", "rowid text?"])]);
    let store =
        case.migrate("INSERT INTO t VALUES ('a', 7), ('b', NULL)", &target, &Answers::default()).unwrap();
    assert_eq!(rows(&store, "SELECT code || ifnull(\"rowid\", '-') FROM t ORDER BY code"), ["a7", "b-"]);
}

#[test]
fn an_index_that_does_what_a_models_is_to_do_gives_way_to_it() {
    let mut target = models(&[("t", &["id i64", "n i64"])]);
    target.tables[0].indexes.push(Index {
        name: String::new(),
        columns: vec!["n".to_owned()],
        unique: false,
    });
    target.name_indexes();
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;";
    let case =
        Case::of(&format!("{table} CREATE INDEX by_n ON t (n); CREATE INDEX some ON t (n) WHERE n > 5;"));
    let plan = case.plan(&target, &Answers::default()).unwrap();
    assert_eq!(plan.sql, "DROP INDEX by_n;\nCREATE INDEX t_n_idx ON t (n);\n");
    case.migrate("INSERT INTO t VALUES (1, 2)", &target, &Answers::default()).unwrap();
}
