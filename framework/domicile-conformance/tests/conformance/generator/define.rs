//! Statements that define tables, indexes, views and triggers.

use domicile_conformance::program::Step;

use super::dice::Dice;
use super::expression::{Scope, constant, expression};
use super::schema::{Column, Schema, Table};
use super::value::literal;

const TYPES: &[&str] = &[
    "INTEGER",
    "TEXT",
    "REAL",
    "NUMERIC",
    "BLOB",
    "",
    "INT",
    "VARCHAR(10)",
    "DOUBLE",
    "BOOLEAN",
    "DATETIME",
    "ANY",
];
const STRICT_TYPES: &[&str] = &["INTEGER", "INT", "TEXT", "REAL", "BLOB", "ANY"];
const CONFLICTS: &[&str] = &[
    "",
    "",
    "",
    "",
    " ON CONFLICT REPLACE",
    " ON CONFLICT IGNORE",
    " ON CONFLICT FAIL",
    " ON CONFLICT ABORT",
];
const ACTIONS: &[&str] = &[
    "",
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL",
    " ON UPDATE CASCADE",
    " ON DELETE RESTRICT",
    " ON DELETE SET DEFAULT",
];

/// The statements that a group begins with.
pub fn start(dice: &mut Dice, schema: &mut Schema) -> Vec<Step> {
    let mut steps = Vec::new();
    for _ in 0..1 + dice.below(2) {
        steps.push(plain(table(dice, schema)));
    }
    if dice.one_in(2) {
        steps.extend(index(dice, schema).map(plain));
    }
    if dice.one_in(6) {
        steps.push(plain(full_text(dice, schema)));
    }
    steps
}

/// Any such statement.
pub fn any(dice: &mut Dice, schema: &mut Schema) -> String {
    let made = match dice.below(10) {
        0 => Some(table(dice, schema)),
        1..=3 => index(dice, schema),
        4 => view(dice, schema),
        5 | 6 => trigger(dice, schema),
        7 | 8 => alter(dice, schema),
        _ => drop(dice, schema),
    };
    made.unwrap_or_else(|| table(dice, schema))
}

fn plain(sql: String) -> Step {
    Step::Sql(sql, Vec::new())
}

fn table(dice: &mut Dice, schema: &mut Schema) -> String {
    let name = schema.name("t", dice);
    let strict = dice.one_in(4);
    let rowless = dice.one_in(6);
    let types = if strict { STRICT_TYPES } else { TYPES };
    let mut columns: Vec<Column> = Vec::new();
    let mut parts = Vec::new();
    let mut key = Vec::new();
    let keyed = if rowless { 0 } else { dice.below(4) };
    for n in 0..2 + dice.below(4) {
        let column =
            if dice.one_in(15) { format!("\"c {n}\"") } else { ["a", "b", "c", "d", "e", "f"][n].to_owned() };
        let kind = dice.pick(types);
        let mut part = format!("{column} {kind}");
        let generated = n > 0 && dice.one_in(9);
        if n == 0 && keyed == 0 {
            let auto = !rowless && kind == "INTEGER" && dice.one_in(3);
            part += if auto { " PRIMARY KEY AUTOINCREMENT" } else { " PRIMARY KEY" };
            part += if auto { "" } else { dice.pick(CONFLICTS) };
            key.push(column.clone());
        } else if generated {
            let of = columns.iter().map(|column| column.name.clone()).collect();
            let scope = Scope { columns: of };
            let how = dice.pick(&["", " STORED", " VIRTUAL"]);
            part += &format!(" AS ({}){how}", expression(dice, &scope, 2));
        } else {
            constraints(dice, schema, &column, &mut part);
        }
        parts.push(part);
        columns.push(Column { name: column, generated });
    }
    let names: Vec<String> = columns.iter().filter(|c| !c.generated).map(|c| c.name.clone()).collect();
    if keyed == 1 {
        key = dice.some(&names);
        parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
    }
    if dice.one_in(5) {
        parts.push(format!("UNIQUE ({}){}", dice.some(&names).join(", "), dice.pick(CONFLICTS)));
    }
    if dice.one_in(6) {
        let scope = Scope { columns: names };
        parts.push(format!("CONSTRAINT right CHECK ({} OR 1)", expression(dice, &scope, 2)));
    }
    let mut options = Vec::new();
    if strict {
        options.push("STRICT");
    }
    if rowless {
        options.push("WITHOUT ROWID");
        // What an upsert then writes is known to be counted otherwise (`KNOWN.md`).
        schema.computed |= parts.iter().any(|part| part.ends_with("ON CONFLICT REPLACE"));
    }
    schema.tables.push(Table { name: name.clone(), columns, key });
    format!("CREATE TABLE {name} ({}) {}", parts.join(", "), options.join(", ")).trim_end().to_owned()
}

fn constraints(dice: &mut Dice, schema: &Schema, column: &str, part: &mut String) {
    match dice.below(14) {
        0 => *part += &format!(" NOT NULL{}", dice.pick(CONFLICTS)),
        1 => *part += &format!(" UNIQUE{}", dice.pick(CONFLICTS)),
        2 => *part += &format!(" DEFAULT {}", literal(dice)),
        3 => *part += &format!(" DEFAULT ({})", constant(dice, 2)),
        4 => *part += &format!(" CHECK ({column} IS NULL OR {column} <> {})", literal(dice)),
        5 => *part += &format!(" COLLATE {}", dice.pick(&["NOCASE", "RTRIM", "BINARY"])),
        6 => {
            let parent = schema
                .table(dice)
                .and_then(|parent| Some((parent.name.clone(), parent.key.first()?.clone())));
            if let Some((table, key)) = parent {
                let later = dice.pick(&["", "", " DEFERRABLE INITIALLY IMMEDIATE"]);
                *part += &format!(" REFERENCES {table} ({key}){}{later}", dice.pick(ACTIONS));
            }
        }
        _ => {}
    }
}

fn index(dice: &mut Dice, schema: &mut Schema) -> Option<String> {
    let table = schema.table(dice)?.clone();
    let name = schema.name("i", dice);
    let scope = Scope { columns: table.names() };
    let mut on: Vec<String> = dice
        .some(&table.names())
        .into_iter()
        .map(|column| column + dice.pick(&["", "", " DESC", " COLLATE NOCASE"]))
        .collect();
    let plain = on.len();
    if dice.one_in(4) {
        on.push(expression(dice, &scope, 2));
    }
    let unique = if dice.one_in(5) { "UNIQUE " } else { "" };
    let part = if dice.one_in(4) { format!(" WHERE {}", expression(dice, &scope, 1)) } else { String::new() };
    let generated = table.columns.iter().any(|column| column.generated);
    schema.computed |= !part.is_empty() || on.len() > plain || generated;
    schema.indexes.push(name.clone());
    Some(format!("CREATE {unique}INDEX {name} ON {} ({}){part}", table.name, on.join(", ")))
}

fn view(dice: &mut Dice, schema: &mut Schema) -> Option<String> {
    let table = schema.table(dice)?.clone();
    let name = schema.name("v", dice);
    let columns = dice.some(&table.names());
    let scope = Scope { columns: table.names() };
    let sql =
        format!("SELECT {} FROM {} WHERE {}", columns.join(", "), table.name, expression(dice, &scope, 2));
    schema.views.push((name.clone(), columns));
    Some(format!("CREATE VIEW {name} AS {sql}"))
}

fn trigger(dice: &mut Dice, schema: &mut Schema) -> Option<String> {
    let table = schema.table(dice)?.clone();
    let other = schema.table(dice)?.clone();
    let name = schema.name("r", dice);
    let when = dice.pick(&["BEFORE", "AFTER"]);
    let (event, row) =
        dice.pick(&[("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")]);
    let column = dice.pick(&table.names());
    let target = dice.pick(&other.stored());
    let body = match dice.below(5) {
        0 => format!("INSERT OR IGNORE INTO {} ({target}) VALUES ({row}.{column})", other.name),
        1 => {
            format!("UPDATE {} SET {target} = {} WHERE {target} = {row}.{column}", other.name, literal(dice))
        }
        2 => format!("DELETE FROM {} WHERE {target} IS {row}.{column}", other.name),
        3 => format!(
            "SELECT RAISE({}, 'no') WHERE {row}.{column} = {}",
            dice.pick(&["ABORT", "FAIL", "IGNORE"]),
            literal(dice)
        ),
        _ => format!("SELECT {}", constant(dice, 2)),
    };
    let condition = if dice.one_in(3) { format!("WHEN {row}.{column} IS NOT NULL ") } else { String::new() };
    schema.computed = true;
    schema.triggers.push(name.clone());
    Some(format!("CREATE TRIGGER {name} {when} {event} ON {} {condition}BEGIN {body}; END", table.name))
}

fn full_text(dice: &mut Dice, schema: &mut Schema) -> String {
    let name = schema.name("f", dice);
    let options = dice.pick(&[
        "",
        ", tokenize = 'porter'",
        ", prefix = '1 2'",
        ", tokenize = \"unicode61 remove_diacritics 2\"",
    ]);
    schema.computed = true;
    schema.texts.push(name.clone());
    format!("CREATE VIRTUAL TABLE {name} USING fts5(body{options})")
}

fn alter(dice: &mut Dice, schema: &mut Schema) -> Option<String> {
    let at = dice.below(schema.tables.len());
    let fresh = schema.name("n", dice);
    let plain_name = format!("x{}", schema.named);
    schema.computed = true;
    let table = schema.tables.get_mut(at)?;
    let name = table.name.clone();
    Some(match dice.below(4) {
        0 => {
            table.name.clone_from(&fresh);
            format!("ALTER TABLE {name} RENAME TO {fresh}")
        }
        1 => {
            let column = dice.below(table.columns.len());
            let before = std::mem::replace(&mut table.columns[column].name, plain_name.clone());
            format!("ALTER TABLE {name} RENAME COLUMN {before} TO {plain_name}")
        }
        2 => {
            table.columns.push(Column { name: plain_name.clone(), generated: false });
            let default = if dice.one_in(2) { format!(" DEFAULT {}", literal(dice)) } else { String::new() };
            let needed = dice.pick(&["", "", " NOT NULL"]);
            format!("ALTER TABLE {name} ADD COLUMN {plain_name} {}{needed}{default}", dice.pick(STRICT_TYPES))
        }
        _ => {
            let column = dice.below(table.columns.len());
            let dropped = table.columns[column].name.clone();
            if table.columns.len() > 2 {
                table.columns.remove(column);
            }
            format!("ALTER TABLE {name} DROP COLUMN {dropped}")
        }
    })
}

fn drop(dice: &mut Dice, schema: &mut Schema) -> Option<String> {
    let exists = dice.pick(&["", "IF EXISTS "]);
    let (kind, name) = match dice.below(6) {
        0 if !schema.tables.is_empty() => {
            ("TABLE", schema.tables.remove(dice.below(schema.tables.len())).name)
        }
        1 => ("VIEW", schema.views.pop()?.0),
        2 => ("TRIGGER", schema.triggers.pop()?),
        3 => ("TABLE", "nothing".to_owned()),
        _ => ("INDEX", schema.indexes.pop()?),
    };
    Some(format!("DROP {kind} {exists}{name}"))
}
