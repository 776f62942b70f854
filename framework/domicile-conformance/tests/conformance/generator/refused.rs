//! Statements that are refused, or broken.

use super::dice::Dice;

const REFUSED: &[&str] = &[
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "END",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE s",
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO 'x'",
    "CREATE TEMP TABLE z (a)",
    "CREATE TEMP VIEW z AS SELECT 1",
    "CREATE TABLE temp.z (a)",
    "CREATE TABLE _cf_z (a)",
    "CREATE INDEX _CF_z ON t1 (a)",
    "SELECT * FROM _cf_METADATA",
    "SELECT * FROM _cf_nothing",
    "PRAGMA journal_mode",
    "PRAGMA user_version",
    "PRAGMA user_version = 3",
    "PRAGMA cache_size = 1",
    "PRAGMA integrity_check",
    "PRAGMA writable_schema = ON",
    "PRAGMA nothing",
    "PRAGMA page_size = 512",
    "SELECT sqlite_version()",
    "SELECT sqlite_source_id()",
    "SELECT load_extension('x')",
    "SELECT power(2, 3)",
    "SELECT log10(3)",
    "SELECT nothing(1)",
    "SELECT soundex('a')",
    "CREATE VIRTUAL TABLE z USING fts4(a)",
    "CREATE VIRTUAL TABLE z USING csv(a)",
    "INSERT OR ROLLBACK INTO t1 DEFAULT VALUES",
    "DELETE FROM t1 LIMIT 1",
    "UPDATE t1 SET a = 1 ORDER BY a LIMIT 1",
    "SELECT 1 FROM nothing",
    "SELECT nothing FROM t1",
    "INSERT INTO sqlite_schema VALUES (1)",
    "DROP TABLE sqlite_schema",
    "UPDATE sqlite_schema SET sql = ''",
    "SELECT * FROM sqlite_master, dbstat",
    "EXPLAIN BEGIN",
    "",
    " ",
    ";",
    "-- nothing",
    "/* nothing */",
    "SELECT",
    "SELECT 1 SELECT 2",
    "SELECT 'open",
    "SELECT \"open",
    "SELECT 1 /* open",
    "SELECT (1",
    "SELECT x'1'",
    "SELECT 1e",
    "SELECT 1abc",
    "SELECT #",
    "SELECT $a",
    "SELECT ?5",
    "SELECT 0x",
    "SELECT 99999999999999999999",
];

/// One that is refused on its own.
pub fn refused(dice: &mut Dice) -> String {
    dice.pick(REFUSED).to_owned()
}

/// A statement with something wrong in it.
pub fn broken(dice: &mut Dice, sql: &str) -> String {
    let mut words: Vec<&str> = sql.split(' ').collect();
    let at = dice.below(words.len());
    match dice.below(5) {
        0 => {
            words.remove(at);
        }
        1 => words.insert(at, words[at]),
        2 => {
            let other = dice.below(words.len());
            words.swap(at, other);
        }
        3 => {
            words[at] = dice.pick(&[
                "(",
                ")",
                ",",
                "SELECT",
                "'",
                "nothing",
                "NULL",
                ";",
                "--",
                "sqlite_version()",
                "_cf_x",
            ])
        }
        _ => words.truncate(at.max(1)),
    }
    words.join(" ")
}
