//! The classification against SQLite itself: the corpus, mutations of it, and noise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Batch, Connection};

use super::super::token::Tokens;
use super::super::{Class, Refused, classify};
use super::{BROKEN, READS, WRITES};

const SCHEMA: &str = "
    CREATE TABLE t(a UNIQUE, b, \"limit\", [order]);
    CREATE INDEX i ON t(b);
    CREATE TABLE child(p REFERENCES t(a));
    CREATE TABLE \"insert\"(a);
    CREATE TABLE [delete;](a);
    CREATE TABLE _cf_KV(key, value);
    CREATE VIRTUAL TABLE f USING fts5(x);
    CREATE VIEW v AS SELECT a FROM t;
    CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t(a) VALUES (new.a); END;
    INSERT INTO t(a, b) VALUES (1, 2), (3, 4), (5, 6);
    INSERT INTO child VALUES (NULL), (NULL);
    INSERT INTO f VALUES ('hello'), ('world');
    INSERT INTO _cf_KV VALUES ('secret', 1);
";

/// Texts that SQLite would run but no host may, as material for mutations.
const REFUSED: &[&str] = &[
    "INSERT OR ROLLBACK INTO t(a) VALUES (1)",
    "UPDATE OR ROLLBACK t SET a = 1",
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'no'); END; INSERT INTO t(a) VALUES (9)",
    "BEGIN",
    "COMMIT",
    "END",
    "ROLLBACK",
    "SAVEPOINT a",
    "PRAGMA foreign_keys = OFF",
    "SELECT * FROM pragma_optimize(65538)",
    "SELECT key FROM _cf_KV",
    "SELECT * FROM t, '_cf_KV'",
    "DELETE FROM '_cf_KV'",
    "INSERT INTO \"_cf_KV\" SELECT 1, 2",
    "DROP TABLE IF EXISTS [_cf_KV]",
    "SELECT 1 WHERE 1 IN (SELECT key FROM '_cf_KV')",
];

/// What stands between tokens or replaces one.
const MATERIAL: &[&str] = &[
    ";",
    "(",
    ")",
    ",",
    ".",
    "=",
    "'",
    "\"",
    "[",
    "]",
    "`",
    "--",
    "\n",
    "/*",
    "*/",
    "x'",
    "$a(",
    "::",
    "\u{feff}",
    "é",
    "\x0b",
    "1",
    "1e",
    "0x",
    "?",
    "t",
    "a",
    "'t'",
    "\"a\"",
    "'_cf_KV'",
    "begin",
    "AS",
    "IN",
    "FROM",
    "SELECT",
    "VALUES",
    "WITH",
    "EXPLAIN",
    "QUERY",
    "PLAN",
    "PRAGMA",
    "TRIGGER",
    "CREATE",
    "BEGIN",
    "END",
    "CASE",
    "INSERT",
    "INTO",
    "OR",
    "UPDATE",
    "SET",
    "DELETE",
    "REPLACE",
    "LIMIT",
    "ORDER",
    "BY",
    "COMMIT",
    "ROLLBACK",
    "ON",
    "CONFLICT",
    "foreign_keys",
    "reverse_unordered_selects",
    "table_info",
    "optimize",
    "SAVEPOINT",
    "RETURNING",
    "WHERE",
    "UNION",
];

/// The generator of Vigna's SplitMix64: enough for a test, and the same everywhere.
struct Random(u64);

impl Random {
    /// `DOMICILE_SEED` chooses another run than the usual one.
    fn new() -> Self {
        let seed = std::env::var("DOMICILE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
        println!("DOMICILE_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn corpus(&mut self) -> &'static str {
        let part = self.pick(&[READS, READS, READS, WRITES, WRITES, WRITES, REFUSED, REFUSED, BROKEN]);
        self.pick(part)
    }

    /// One or two texts of the corpus with a few tokens dropped, doubled, swapped or put in.
    fn mutation(&mut self) -> String {
        let mut tokens: Vec<&[u8]> = Tokens::new(self.corpus()).map(|token| token.text).collect();
        if self.below(3) == 0 {
            tokens.truncate(self.below(tokens.len() + 1));
            tokens.extend([self.pick(&[&b";"[..], b" ", b"AS", b"("])]);
            tokens.extend(Tokens::new(self.corpus()).map(|token| token.text));
        }
        for _ in 0..self.below(3) {
            let at = self.below(tokens.len() + 1);
            match self.below(4) {
                0 if at < tokens.len() => drop(tokens.remove(at)),
                1 if at < tokens.len() => tokens[at] = self.pick(MATERIAL).as_bytes(),
                2 if at < tokens.len() => {
                    let other = self.below(tokens.len());
                    tokens.swap(at, other);
                }
                _ => tokens.insert(at, self.pick(MATERIAL).as_bytes()),
            }
        }
        let mut sql = String::new();
        for token in tokens {
            sql.push_str(std::str::from_utf8(token).unwrap());
            sql.push_str(if self.below(20) == 0 { self.pick(&["", "\n", "/**/", "\u{feff}"]) } else { " " });
        }
        sql
    }
}

/// A database whose statements are stopped after some 100,000 steps, so that no mutation runs for ever.
struct Database {
    connection: Connection,
    steps: Arc<AtomicU64>,
}

impl Database {
    fn new() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let steps = Arc::new(AtomicU64::new(0));
        let counted = steps.clone();
        let stop = move || counted.fetch_add(1, Ordering::Relaxed) > 100;
        connection.progress_handler(1_000, Some(stop)).unwrap();
        Self { connection, steps }
    }

    /// Runs the statements of `sql` up to the first error; gives how many ran and whether any was not read-only.
    fn run(&self, sql: &str) -> (usize, bool, rusqlite::Result<()>) {
        let (mut ran, mut wrote) = (0, false);
        let mut batch = Batch::new(&self.connection, sql);
        let mut go = || {
            while let Some(mut statement) = batch.next()? {
                self.steps.store(0, Ordering::Relaxed);
                // SQLite says of EXPLAIN what it would say of the explained statement.
                wrote |= !statement.readonly() && statement.is_explain() == 0;
                let mut rows = statement.raw_query();
                while rows.next()?.is_some() {}
                ran += 1;
            }
            Ok(())
        };
        let result = go();
        (ran, wrote, result)
    }

    /// All that a read must leave as it was.
    fn state(&self) -> String {
        let get = |sql: &str| -> String {
            self.connection.query_row(sql, [], |row| Ok(format!("{:?}", row.get_ref(0)?))).unwrap()
        };
        self.steps.store(0, Ordering::Relaxed);
        let mut state = format!("{} {} ", self.connection.total_changes(), self.connection.is_autocommit());
        for sql in [
            "SELECT json_group_array(json_array(name, sql)) FROM (SELECT * FROM sqlite_schema UNION ALL SELECT * FROM temp.sqlite_schema)",
            "SELECT json_group_array(json_array(rowid, a, b)) FROM t",
            "SELECT json_group_array(p) FROM child",
            "SELECT json_group_array(x) FROM f",
            "PRAGMA schema_version",
            "PRAGMA user_version",
            "PRAGMA foreign_keys",
            "PRAGMA defer_foreign_keys",
            "PRAGMA ignore_check_constraints",
            "PRAGMA legacy_alter_table",
            "PRAGMA recursive_triggers",
            "PRAGMA reverse_unordered_selects",
            "SELECT 'a' LIKE 'A'",
        ] {
            state += &get(sql);
        }
        state
    }
}

/// Runs what is a read and says whether all its statements ran.
#[track_caller]
fn check_read(database: &Database, before: &str, sql: &str) -> bool {
    let (_, wrote, result) = database.run(sql);
    assert!(!wrote, "SQLite calls it a write: {sql:?}");
    assert_eq!(database.state(), before, "it changed something: {sql:?}");
    result.is_ok()
}

#[test]
fn sqlite_runs_the_corpus() {
    let database = Database::new();
    let before = database.state();
    for sql in READS {
        assert!(check_read(&database, &before, sql), "{:?}", database.run(sql).2);
    }
    for sql in WRITES {
        let database = Database::new();
        database.run(sql).2.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    for sql in BROKEN {
        assert!(database.run(sql).2.is_err(), "{sql}");
    }
}

#[test]
fn what_is_classified_as_a_read_changes_nothing() {
    let mut random = Random::new();
    let database = Database::new();
    let before = database.state();
    let (mut reads, mut ran) = (0, 0);
    for _ in 0..40_000 {
        let sql = random.mutation();
        if classify(&sql) == Ok(Class::Read) {
            reads += 1;
            ran += usize::from(check_read(&database, &before, &sql));
        }
    }
    assert!(reads > 5_000 && ran > 2_000, "{reads} reads, {ran} of them valid: too few to say anything");
}

#[test]
fn what_is_accepted_keeps_the_transaction_and_the_hidden_tables() {
    let mut random = Random::new();
    let mut ran = 0;
    let mut database = Database::new();
    let touched = Arc::new(AtomicU64::new(0));
    for round in 0..40_000 {
        let sql = random.mutation();
        if classify(&sql).is_err() {
            continue;
        }
        // Settings and statistics stay behind a rollback, so now and then everything starts anew.
        if round % 100 == 0 {
            database = Database::new();
        }
        database.connection.execute_batch("BEGIN; SAVEPOINT outer; INSERT INTO child VALUES (NULL)").unwrap();
        watch(&mut database.connection, &touched);
        let (statements, _, _) = database.run(&sql);
        ran += statements;
        database.connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).unwrap();
        assert_eq!(touched.load(Ordering::Relaxed), 0, "it reached a hidden table: {sql:?}");
        let rest = database.connection.execute_batch("ROLLBACK TO outer; RELEASE outer; ROLLBACK");
        assert!(rest.is_ok(), "it ended the transaction: {sql:?}: {rest:?}");
    }
    assert!(ran > 6_000, "{ran} statements ran: too few to say anything");
}

/// Counts the statements that name a hidden table.
fn watch(connection: &mut Connection, touched: &Arc<AtomicU64>) {
    let touched = touched.clone();
    let hook = move |context: AuthContext<'_>| {
        let table = match context.action {
            AuthAction::Read { table_name, .. }
            | AuthAction::Insert { table_name }
            | AuthAction::Delete { table_name }
            | AuthAction::Update { table_name, .. }
            | AuthAction::DropTable { table_name }
            | AuthAction::CreateTable { table_name }
            | AuthAction::AlterTable { table_name, .. } => table_name,
            _ => "",
        };
        if table.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("_cf_")) {
            touched.fetch_add(1, Ordering::Relaxed);
        }
        Authorization::Allow
    };
    connection.authorizer(Some(hook)).unwrap();
}

#[test]
fn noise_is_taken_without_a_panic() {
    let mut random = Random::new();
    for round in 0..60_000 {
        let length = random.below(60);
        let sql = match round % 3 {
            0 => (0..length).map(|_| random.pick(MATERIAL)).collect::<String>(),
            1 => {
                let bytes: Vec<u8> = (0..length).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            _ => {
                let ends = [
                    '\'', '"', '[', '`', '/', '*', '-', '$', ':', '(', 'x', '.', 'e', '0', '\u{feff}', '€',
                    ';',
                ];
                (0..length).map(|_| random.pick(&ends)).collect()
            }
        };
        drop(classify(&sql));
        let mut last = 0;
        for token in Tokens::new(&sql) {
            assert!(token.end > last && sql.is_char_boundary(token.end), "{sql:?}");
            last = token.end;
        }
    }
}

/// Why two rules exist that SQLite's own [`Statement::readonly`](rusqlite::Statement::readonly) does not know.
#[test]
fn sqlite_calls_some_writes_read_only() {
    for (sql, refused) in [
        ("SELECT * FROM pragma_optimize(65538)", Err(Refused::PragmaOptimize)),
        ("EXPLAIN PRAGMA legacy_alter_table = ON", Ok(Class::Write)),
    ] {
        let database = Database::new();
        let before = database.state();
        let (_, wrote, result) = database.run(sql);
        result.unwrap();
        assert!(!wrote && database.state() != before, "{sql}");
        assert_eq!(classify(sql), refused);
    }
}
