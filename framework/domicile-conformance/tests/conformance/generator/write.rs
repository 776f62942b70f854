//! Statements that write rows.

use domicile_conformance::program::Bound;

use super::dice::Dice;
use super::expression::{Scope, expression};
use super::schema::{Schema, Table};
use super::value::{bound, literal, text_literal};

/// A statement and its parameters.
pub type Parameterised = (String, Vec<Bound>);

/// An INSERT in one of its forms.
pub fn insert(dice: &mut Dice, schema: &Schema) -> Option<Parameterised> {
    if let Some(texts) = schema.texts.last().filter(|_| dice.one_in(4)) {
        return Some((format!("INSERT INTO {texts} VALUES ({})", text_literal(dice)), Vec::new()));
    }
    let table = schema.table(dice)?;
    let columns = if dice.one_in(3) { dice.some(&table.stored()) } else { table.stored() };
    let mut params = Vec::new();
    let verb = dice.pick(&[
        "INSERT",
        "INSERT",
        "INSERT",
        "INSERT OR REPLACE",
        "INSERT OR IGNORE",
        "REPLACE",
        "INSERT OR FAIL",
        "INSERT OR ABORT",
    ]);
    let source = match dice.below(10) {
        0 => "DEFAULT VALUES".to_owned(),
        1 => {
            let scope = Scope { columns: table.names() };
            let values: Vec<String> = columns.iter().map(|_| expression(dice, &scope, 1)).collect();
            format!("SELECT {} FROM {} WHERE true LIMIT 5", values.join(", "), table.name)
        }
        _ => {
            let rows: Vec<String> =
                (0..1 + dice.below(3)).map(|_| row(dice, columns.len(), &mut params)).collect();
            format!("VALUES {}", rows.join(", "))
        }
    };
    let target =
        if source == "DEFAULT VALUES" { String::new() } else { format!(" ({})", columns.join(", ")) };
    let mut sql = format!("{verb} INTO {}{target} {source}", table.name);
    if verb == "INSERT" && source != "DEFAULT VALUES" && dice.one_in(4) {
        sql += &upsert(dice, table);
    }
    sql += &returning(dice, table);
    Some((sql, params))
}

/// An UPDATE.
pub fn update(dice: &mut Dice, schema: &Schema) -> Option<Parameterised> {
    let table = schema.table(dice)?;
    let scope = Scope { columns: table.names() };
    let mut params = Vec::new();
    let changes: Vec<String> = dice
        .some(&table.stored())
        .iter()
        .take(2)
        .map(|column| {
            let value = if dice.one_in(2) { expression(dice, &scope, 2) } else { value(dice, &mut params) };
            format!("{column} = {value}")
        })
        .collect();
    let verb = dice.pick(&["UPDATE", "UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE"]);
    let filter = filter(dice, &scope);
    Some((
        format!("{verb} {} SET {}{filter}{}", table.name, changes.join(", "), returning(dice, table)),
        params,
    ))
}

/// A DELETE.
pub fn delete(dice: &mut Dice, schema: &Schema) -> Option<Parameterised> {
    let table = schema.table(dice)?;
    let scope = Scope { columns: table.names() };
    Some((
        format!("DELETE FROM {}{}{}", table.name, filter(dice, &scope), returning(dice, table)),
        Vec::new(),
    ))
}

fn row(dice: &mut Dice, columns: usize, params: &mut Vec<Bound>) -> String {
    // One value too many, or too few, now and then.
    let columns = if dice.one_in(40) { columns + 1 } else { columns };
    let values: Vec<String> = (0..columns).map(|_| value(dice, params)).collect();
    format!("({})", values.join(", "))
}

fn value(dice: &mut Dice, params: &mut Vec<Bound>) -> String {
    if dice.one_in(2) {
        return literal(dice);
    }
    params.push(bound(dice));
    if dice.one_in(30) {
        // One parameter is missing then.
        params.pop();
    }
    "?".to_owned()
}

fn upsert(dice: &mut Dice, table: &Table) -> String {
    let target = if table.key.is_empty() || dice.one_in(3) {
        String::new()
    } else {
        format!(" ({})", table.key.join(", "))
    };
    let column = dice.pick(&table.stored());
    match dice.below(3) {
        0 => format!(" ON CONFLICT{target} DO NOTHING"),
        1 => format!(" ON CONFLICT{target} DO UPDATE SET {column} = excluded.{column}"),
        _ => format!(
            " ON CONFLICT{target} DO UPDATE SET {column} = {column} || '+' WHERE {column} IS NOT NULL"
        ),
    }
}

fn filter(dice: &mut Dice, scope: &Scope) -> String {
    if dice.one_in(4) { String::new() } else { format!(" WHERE {}", expression(dice, scope, 2)) }
}

fn returning(dice: &mut Dice, table: &Table) -> String {
    match dice.below(6) {
        0 => " RETURNING *".to_owned(),
        1 => format!(" RETURNING {}", dice.some(&table.names()).join(", ")),
        _ => String::new(),
    }
}
