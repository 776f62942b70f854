//! What each text is classified as, and, in `sqlite`, whether SQLite agrees.

mod sqlite;

use super::token::{Kind, Tokens};
use super::{Class, Refused, classify};

#[track_caller]
fn check(expect: Result<Class, Refused>, texts: &[&str]) {
    for sql in texts {
        assert_eq!(classify(sql), expect, "{sql}");
    }
}

#[track_caller]
fn check_limit(verb: &'static str, texts: &[&str]) {
    check(Err(Refused::RowLimit { verb }), texts);
}

/// Each text, and the name it may not use.
#[track_caller]
fn check_hidden(texts: &[(&str, &str)]) {
    for (sql, name) in texts {
        check(Err(Refused::HiddenName((*name).into())), &[sql]);
    }
}

/// Reads that SQLite runs on the schema of the `sqlite` tests.
const READS: &[&str] = &[
    "SELECT 1",
    "select a from t;",
    "SELECT 1; ",
    "SELECT 1;\n\n",
    "  \t\r\n\x0cSELECT 1",
    "\u{feff}SELECT 1",
    "SELECT \u{feff}1",
    ";;SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1;; SELECT 2",
    "SELECT 1 -- and that is all",
    "SELECT 1 /* never closed",
    "/* a */ -- b\nSELECT /**/ 1",
    "/* ; DELETE FROM t */ SELECT 1",
    "SELECT 1 -- ; DELETE FROM t",
    "SELECT '; DELETE FROM t'",
    "SELECT 'it''s; DELETE FROM t; --'",
    "SELECT \"a\", [a], `a` FROM t",
    "SELECT \"a\"\"; DELETE FROM t\"",
    "SELECT * FROM 't'",
    "SELECT * FROM \"insert\"",
    "SELECT * FROM [delete;]",
    "SELECT 1_000 + 0xFF + 0x1_0 + 1.5e-3 + .5 + 1e1_0",
    "SELECT x'00ff', X''",
    "SELECT replace('a', 'b', 'c')",
    "SELECT ?, ?2, :a, @b, $c, #d",
    "SELECT $a::b(;DELETE)",
    "SELECT naïve, \"größe\" FROM (SELECT 1 AS naïve, 2 AS größe)",
    "SELECT a$b FROM (SELECT 1 AS a$b)",
    "SELECT CASE a WHEN 1 THEN 2 ELSE 3 END FROM t",
    "SELECT a->>'$.x', '{}'->'x' FROM t",
    "SELECT * FROM t ORDER BY a LIMIT 1 OFFSET 1",
    "SELECT a FROM t UNION SELECT b FROM t EXCEPT VALUES (1)",
    "SELECT group_concat(a ORDER BY b), sum(a) OVER (ORDER BY a) FROM t",
    "SELECT begin, \"commit\", savepoint FROM (SELECT 1 AS begin, 2 AS \"commit\", 3 AS savepoint)",
    "VALUES (1, 2), (3, 4)",
    "values(1)",
    "EXPLAIN SELECT 1",
    "EXPLAIN QUERY PLAN SELECT * FROM t",
    "EXPLAIN DELETE FROM t",
    "EXPLAIN QUERY PLAN UPDATE t SET a = 1",
    "EXPLAIN CREATE TABLE other(a)",
    "EXPLAIN CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END; SELECT 2",
    "EXPLAIN WITH x AS (SELECT 1) INSERT INTO t(a) SELECT * FROM x",
    "EXPLAIN PRAGMA table_info(t)",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "WITH x AS (SELECT 1) VALUES (2)",
    "WITH x(a, b) AS (SELECT 1, 2), y AS MATERIALIZED (SELECT 3) SELECT * FROM x, y",
    "WITH RECURSIVE n(i) AS NOT MATERIALIZED (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 5) SELECT i FROM n",
    "WITH replace AS (SELECT 1) SELECT * FROM replace",
    "WITH \"delete\" AS (SELECT 1) SELECT * FROM \"delete\"",
    "WITH x AS (SELECT ') DELETE FROM t') SELECT * FROM x",
    "WITH x AS (WITH y AS (SELECT 1) SELECT * FROM y) SELECT * FROM x",
    "SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x)",
    "PRAGMA table_info(t)",
    "PRAGMA table_info('t')",
    "PRAGMA table_info = t",
    "pragma main.\"table_xinfo\"(t);",
    "PRAGMA 'index_list'(t)",
    "PRAGMA index_info(i); PRAGMA index_xinfo(i)",
    "PRAGMA foreign_key_list(child)",
    "PRAGMA foreign_key_check",
    "PRAGMA foreign_key_check(child)",
    "PRAGMA table_list",
    "PRAGMA quick_check",
    "PRAGMA quick_check(1)",
    "PRAGMA foreign_keys",
    "PRAGMA foreign_keys /* = 0 */ -- = 0\n;",
    "PRAGMA defer_foreign_keys",
    "PRAGMA case_sensitive_like",
    "PRAGMA data_version; PRAGMA page_size",
    "SELECT * FROM pragma_table_info('t')",
    "SELECT * FROM f WHERE f MATCH 'hello'",
    "SELECT name FROM sqlite_schema WHERE name NOT LIKE '_cf_%'",
];

/// Writes that SQLite runs on the same schema.
const WRITES: &[&str] = &[
    "INSERT INTO t(a) VALUES (10)",
    "REPLACE INTO t(a) VALUES (1)",
    "INSERT OR REPLACE INTO t(a) VALUES (1)",
    "INSERT OR ABORT INTO t(a) VALUES (10)",
    "INSERT INTO t(a) SELECT a + 20 FROM t ORDER BY a LIMIT 1",
    "INSERT INTO t(a) VALUES (1) ON CONFLICT(a) DO UPDATE SET b = 1 WHERE b = 2 RETURNING a",
    "INSERT INTO f(f) VALUES ('optimize')",
    "UPDATE t SET b = 1",
    "UPDATE t SET b = (SELECT a FROM t ORDER BY a LIMIT 1)",
    "UPDATE t SET b = x.c FROM (SELECT 1 AS c ORDER BY 1 LIMIT 1) AS x WHERE t.a = x.c RETURNING b",
    "DELETE FROM t",
    "DELETE FROM t WHERE a IN (SELECT a FROM t ORDER BY a LIMIT 1) RETURNING a",
    "DELETE FROM t WHERE \"limit\" = 1 OR [order] = 2",
    "SELECT 1; DELETE FROM t",
    "DELETE FROM t; SELECT 1",
    "WITH x AS (SELECT 1) INSERT INTO t(a) SELECT 30 FROM x LIMIT 1",
    "WITH x AS (SELECT 1) REPLACE INTO t(a) SELECT * FROM x",
    "WITH x AS (SELECT 1) UPDATE t SET b = 3",
    "WITH x(a) AS (SELECT 1), y AS (SELECT 2) DELETE FROM t",
    "EXPLAIN SELECT 1; DELETE FROM t",
    "CREATE TABLE other(a)",
    "CREATE TABLE other AS SELECT * FROM t",
    "CREATE TABLE \"rollback\"([rollback], y CHECK (`rollback` > 1), x DEFAULT 'ROLLBACK') -- ROLLBACK",
    "CREATE INDEX j ON t(b)",
    "CREATE VIEW w AS SELECT * FROM t LIMIT 1",
    "CREATE VIRTUAL TABLE g USING fts5(x)",
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; SELECT 2;",
    "CREATE TRIGGER g AFTER UPDATE OF a ON t WHEN new.a > 1 BEGIN DELETE FROM child; UPDATE t SET b = 1; END",
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN RAISE(ABORT, 'no') END; END;",
    "CREATE TRIGGER begin AFTER INSERT ON t BEGIN INSERT INTO child(p) SELECT 1 ORDER BY 1 LIMIT 1; END",
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM child; INSERT INTO child SELECT 1 LIMIT 1; END",
    "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
    "ALTER TABLE t ADD COLUMN c",
    "DROP TABLE child",
    "ANALYZE",
    "REINDEX",
    "PRAGMA optimize",
    "PRAGMA defer_foreign_keys = ON",
    "PRAGMA defer_foreign_keys(1)",
    "EXPLAIN PRAGMA legacy_alter_table = ON",
    "EXPLAIN QUERY PLAN PRAGMA recursive_triggers(1)",
    "PRAGMA recursive_triggers = delete",
    "PRAGMA user_version",
    "PRAGMA 'page_size' = 512",
];

/// Texts that SQLite refuses: it may say why.
const BROKEN: &[&str] = &[
    "SELECT 'never closed",
    "SELECT \"never closed",
    "SELECT [never closed",
    "SELECT `never closed",
    "SELECT x'0'",
    "SELECT x'0g'",
    "SELECT x'00",
    "SELECT 1rollback",
    "SELECT 0x1g",
    "SELECT 1e",
    "SELECT $a(b c)",
    "SELECT ::a",
    "SELECT 1 ! 2",
    "SELECT 1 {",
    "SELECT\u{1}1",
    "\x0bSELECT 1",
    "\\",
    "(SELECT 1)",
    "1",
    "'SELECT' 1",
    "\"SELECT\" 1",
    "EXPLAIN",
    "EXPLAIN ; SELECT 1",
    "WITH",
    "WITH x AS (SELECT 1)",
    "WITH x AS (SELECT 1), SELECT 1",
    "PRAGMA",
    "PRAGMA ;",
    "PRAGMA main.",
    "PRAGMA 1",
    "CREATE TRIGGER g; SELECT 1",
    "/*",
    "naïve",
    "SELECT\u{feff}1",
    "ſELECT 1",
];

#[test]
fn what_only_reads_is_a_read() {
    check(Ok(Class::Read), READS);
}

#[test]
fn what_may_write_is_a_write() {
    check(Ok(Class::Write), WRITES);
}

#[test]
fn what_is_not_understood_is_a_write() {
    check(Ok(Class::Write), BROKEN);
}

#[test]
fn a_text_without_a_statement_is_refused() {
    check(
        Err(Refused::NoStatement),
        &["", " \n\t", ";", " ; ;", "-- SELECT 1", "/* SELECT 1 */", "\u{feff}", "/**"],
    );
}

#[test]
fn behind_the_last_statement_only_spaces_and_newlines_follow() {
    check(
        Err(Refused::Trailing),
        &[
            "SELECT 1; -- done",
            "SELECT 1;\n/* done */",
            "SELECT 1;;",
            "SELECT 1;\t",
            "SELECT 1;\r\n",
            "SELECT 1;\u{feff}",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; -- done",
        ],
    );
}

#[test]
fn a_nul_is_refused_wherever_it_stands() {
    check(
        Err(Refused::Nul),
        &["\0", "SELECT 1\0", "SELECT '\0'", "SELECT 1 -- \0", "SELECT 1;\0DELETE FROM t"],
    );
}

#[test]
fn a_statement_may_not_open_or_end_a_transaction() {
    check(
        Err(Refused::Transaction),
        &[
            "BEGIN",
            "begin immediate",
            " /* a */ Begin",
            "\u{feff}BEGIN",
            ";COMMIT",
            "END TRANSACTION",
            "ROLLBACK",
            "ROLLBACK TO a",
            "SAVEPOINT a",
            "RELEASE a",
            "EXPLAIN BEGIN",
            "EXPLAIN QUERY PLAN COMMIT",
            "SELECT 1; COMMIT",
            "SELECT CASE 1 WHEN 1 THEN 2 END; END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; COMMIT; END",
            "CREATE TABLE trigger(a); END",
            "CREATE TABLE x(\"trigger\" BEGIN); COMMIT",
        ],
    );
}

#[test]
fn the_keyword_rollback_is_refused_everywhere() {
    check(
        Err(Refused::Rollback),
        &[
            "INSERT OR ROLLBACK INTO t(a) VALUES (1)",
            "insert or/**/rollback into t(a) values (1)",
            "UPDATE OR Rollback t SET a = 1",
            "CREATE TABLE x(a UNIQUE ON CONFLICT ROLLBACK)",
            "CREATE TABLE x(a, PRIMARY KEY(a) ON CONFLICT ROLLBACK)",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; INSERT OR ROLLBACK INTO t(a) VALUES (1); END",
            "EXPLAIN INSERT OR ROLLBACK INTO t(a) VALUES (1)",
            "WITH x AS (SELECT 1) INSERT OR ROLLBACK INTO t(a) SELECT * FROM x",
            "SELECT rollback FROM t",
            "SELECT t.rollback FROM t",
            "WITH rollback AS (SELECT 1) SELECT 1",
            "SELECT 1; INSERT OR ROLLBACK INTO t(a) VALUES (1)",
        ],
    );
}

#[test]
fn a_limit_on_delete_or_update_is_refused() {
    check_limit(
        "DELETE",
        &[
            "DELETE FROM t LIMIT 1",
            "delete from t order by a",
            "DELETE FROM t WHERE a IN (SELECT 1) ORDER BY a LIMIT 1",
            "DELETE FROM t RETURNING a LIMIT 1",
            "DELETE FROM begin LIMIT 1",
            "EXPLAIN DELETE FROM t LIMIT 1",
            "WITH x AS (SELECT 1 LIMIT 1) DELETE FROM t LIMIT 1",
            "SELECT 1; DELETE FROM t LIMIT 1",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t LIMIT 1; END",
            "CREATE TRIGGER begin AFTER DELETE ON t BEGIN DELETE FROM begin ORDER BY a; END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; DELETE FROM begin LIMIT 1; END",
        ],
    );
    check_limit(
        "UPDATE",
        &[
            "UPDATE t SET a = 1 LIMIT 1",
            "UPDATE t SET a = 1 WHERE b = 2 ORDER BY a LIMIT 1",
            "UPDATE OR IGNORE t SET a = 1 LIMIT 1",
            "UPDATE t SET a = 1 FROM (SELECT 1) LIMIT 1",
            "WITH x(a) AS (SELECT 1) UPDATE t SET a = 1 LIMIT 1",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; UPDATE t SET a = 1 LIMIT 1; END",
        ],
    );
}

#[test]
fn foreign_keys_cannot_be_set() {
    check(
        Err(Refused::ForeignKeys),
        &[
            "PRAGMA foreign_keys = ON",
            "PRAGMA foreign_keys=0",
            "PRAGMA foreign_keys(1)",
            "pragma main . Foreign_Keys = off",
            "PRAGMA \"foreign_keys\" = 1",
            "PRAGMA [foreign_keys] = 1",
            "PRAGMA 'main'.'foreign_keys'(1)",
            "EXPLAIN PRAGMA foreign_keys = 1",
            "EXPLAIN QUERY PLAN PRAGMA foreign_keys(1)",
            "SELECT 1; PRAGMA foreign_keys == 1",
        ],
    );
}

#[test]
fn what_needs_a_second_database_is_refused() {
    check(
        Err(Refused::Attach),
        &["ATTACH 'x' AS y", "attach database 'x' as y", "DETACH y", "EXPLAIN ATTACH 'x' AS y"],
    );
    check(Err(Refused::Vacuum), &["VACUUM", "vacuum into 'x'", "SELECT 1; VACUUM main"]);
}

#[test]
fn the_platforms_names_are_refused() {
    check_hidden(&[
        ("SELECT * FROM _cf_KV", "_cf_KV"),
        ("SELECT * FROM main._CF_kv", "_CF_kv"),
        ("SELECT * FROM \"_cf_KV\"", "_cf_KV"),
        ("SELECT * FROM [_cf_KV]", "_cf_KV"),
        ("SELECT * FROM `_cf_KV`", "_cf_KV"),
        ("SELECT * FROM '_cf_KV'", "_cf_KV"),
        ("SELECT \"_cf_no_such_column\"", "_cf_no_such_column"),
        ("SELECT 1 AS _cf_", "_cf_"),
        ("CREATE TABLE _cf_a(x)", "_cf_a"),
        ("CREATE TABLE IF NOT EXISTS '_cf_a'(x)", "_cf_a"),
        ("ALTER TABLE t RENAME TO '_cf_a'", "_cf_a"),
        ("DROP TABLE '_cf_a'", "_cf_a"),
        ("INSERT INTO '_cf_a' VALUES (1)", "_cf_a"),
        ("UPDATE '_cf_a' SET x = 1", "_cf_a"),
        ("UPDATE OR IGNORE '_cf_a' SET x = 1", "_cf_a"),
        ("SELECT * FROM main.'_cf_a'", "_cf_a"),
        ("SELECT * FROM t, '_cf_a'", "_cf_a"),
        ("SELECT * FROM (t, '_cf_a')", "_cf_a"),
        ("SELECT * FROM ('_cf_a')", "_cf_a"),
        ("SELECT 1, (SELECT a FROM t, '_cf_a')", "_cf_a"),
        ("SELECT * FROM t JOIN t AS u ON t.a = u.a, '_cf_a'", "_cf_a"),
        ("SELECT 1 WHERE 1 IN '_cf_a'", "_cf_a"),
        ("SELECT 1 UNION SELECT 2 FROM t CROSS JOIN '_cf_a'", "_cf_a"),
        ("DELETE FROM t WHERE a = 1; DELETE FROM '_cf_a'", "_cf_a"),
        ("CREATE INDEX i ON '_cf_a'(x)", "_cf_a"),
        ("CREATE VIRTUAL TABLE g USING fts5(x, content='_cf_a')", "_cf_a"),
        ("PRAGMA table_info('_cf_a')", "_cf_a"),
        ("PRAGMA table_info='_cf_a'", "_cf_a"),
        ("SELECT * FROM pragma_table_info('_cf_a')", "_cf_a"),
        ("EXPLAIN SELECT * FROM _cf_KV", "_cf_KV"),
    ]);
}

#[test]
fn a_value_may_look_like_the_platforms_name() {
    check(
        Ok(Class::Read),
        &[
            "SELECT '_cf_a'",
            "SELECT a, '_cf_a', ('_cf_b') FROM t",
            "SELECT * FROM t WHERE a = '_cf_a' AND b <> '_cf_b' OR a || '_cf_c' = b",
            "SELECT * FROM t WHERE a LIKE '_cf_%' OR a NOT GLOB '_cf_*'",
            "SELECT * FROM t WHERE a IN ('_cf_a', '_cf_b')",
            "SELECT * FROM t JOIN t AS u ON t.a NOT IN ('_cf_a', '_cf_b')",
            "SELECT CASE '_cf_a' WHEN '_cf_b' THEN '_cf_c' ELSE '_cf_d' END",
            "SELECT (SELECT a FROM t), '_cf_a'",
            "SELECT 'not _cf_a', :_cf_a, \"not_cf_a\", _cfa, cf_, x'' FROM t -- _cf_a",
            "VALUES ('_cf_a', 1), ('_cf_b', 2)",
            "PRAGMA table_list; SELECT * FROM t WHERE a = '_cf_a'",
        ],
    );
    check(
        Ok(Class::Write),
        &[
            "INSERT INTO t(a, b) VALUES ('_cf_a', '_cf_b')",
            "INSERT INTO t(a) SELECT '_cf_a'",
            "UPDATE t SET a = '_cf_a', b = iif(a, '_cf_b', '_cf_c')",
            "CREATE TABLE x(a DEFAULT '_cf_a', b CHECK (b NOT IN ('_cf_a')))",
        ],
    );
}

#[test]
fn a_table_that_writes_when_it_is_read_is_refused() {
    check(
        Err(Refused::PragmaOptimize),
        &[
            "SELECT * FROM pragma_optimize(65538)",
            "SELECT * FROM main.\"Pragma_Optimize\"",
            "SELECT * FROM 'pragma_optimize'",
            "CREATE VIEW w AS SELECT * FROM pragma_optimize",
        ],
    );
    check(Ok(Class::Read), &["SELECT 'pragma_optimize'", "SELECT * FROM pragma_table_list"]);
}

#[test]
fn the_sentences_name_the_fix() {
    let said = |sql: &str| classify(sql).unwrap_err().to_string();
    assert_eq!(said(""), "SQL code did not contain a statement.");
    assert!(
        said("BEGIN").starts_with("To execute a transaction, please use the state.storage.transaction() or ")
    );
    assert!(
        said("DELETE FROM t LIMIT 1")
            .contains("DELETE … WHERE rowid IN (SELECT rowid FROM … ORDER BY … LIMIT …)")
    );
    assert!(said("SELECT rollback").contains("needs quotes: \"rollback\""));
    assert!(said("SELECT * FROM _CF_x").contains("_CF_x"));
    assert!(said("PRAGMA foreign_keys=1").contains("PRAGMA defer_foreign_keys = ON"));
}

#[test]
fn tokens_end_where_sqlites_do() {
    use Kind::{Broken, Close, Dot, Open, Operator, Quoted, Semicolon, Text, Value, Word};
    let sql = "a$1.[b]]c`d``e`-->\n->>'f''';x'0A'X'1'(0x_1 1.e5 1e+ $a::b(c)::d @1) é.5";
    let expect: &[(Kind, &str)] = &[
        (Word, "a$1"),
        (Dot, "."),
        (Quoted, "[b]"),
        (Broken, "]"),
        (Word, "c"),
        (Quoted, "`d``e`"),
        (Operator, "->>"),
        (Text, "'f'''"),
        (Semicolon, ";"),
        (Value, "x'0A'"),
        (Broken, "X'1'"),
        (Open, "("),
        (Broken, "0x_1"),
        (Value, "1.e5"),
        (Broken, "1e"),
        (Operator, "+"),
        (Value, "$a::b(c)"),
        (Broken, ":"),
        (Value, ":d"),
        (Value, "@1"),
        (Close, ")"),
        (Word, "é"),
        (Value, ".5"),
    ];
    let found: Vec<_> = Tokens::new(sql).map(|t| (t.kind, std::str::from_utf8(t.text).unwrap())).collect();
    assert_eq!(found, expect);
}

#[test]
fn rows_that_nobody_reads_are_refused_where_they_are_written() {
    check(
        Err(Refused::Returning),
        &[
            "INSERT INTO t(a) VALUES (1) RETURNING a; SELECT 1",
            "UPDATE t SET b = 1 RETURNING b; -- and\nUPDATE t SET b = 2",
            "WITH x AS (SELECT 1) DELETE FROM t RETURNING a;; SELECT 1;",
        ],
    );
    check(
        Ok(Class::Write),
        &[
            "SELECT 1; INSERT INTO t(a) VALUES (1) RETURNING a",
            "INSERT INTO t(a) VALUES (1) RETURNING a;",
            "INSERT INTO t(a) VALUES (1); UPDATE t SET b = 1 RETURNING b",
            "INSERT INTO t(\"returning\") VALUES (1); SELECT 1",
        ],
    );
    check(Ok(Class::Read), &["SELECT returning FROM t; SELECT 1"]);
}
