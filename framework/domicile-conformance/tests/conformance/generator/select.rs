//! Queries: joins, aggregates, windows, common table expressions, compounds, subqueries. Their rows are in a total order.

use super::dice::Dice;
use super::expression::{Scope, constant, expression};
use super::schema::{Schema, Table};
use super::value::literal;

/// A query.
pub fn select(dice: &mut Dice, schema: &Schema) -> String {
    let Some(table) = schema.table(dice) else { return without_table(dice) };
    match dice.below(14) {
        0..=2 => simple(dice, table),
        3 => join(dice, schema, table),
        4 | 5 => aggregate(dice, table),
        6 | 7 => window(dice, table),
        8 => compound(dice, schema, table),
        9 => common(dice, table),
        10 => nested(dice, schema, table),
        11 => each_of_json(dice),
        12 => from_view_or_text(dice, schema).unwrap_or_else(|| simple(dice, table)),
        _ => without_table(dice),
    }
}

fn scope(table: &Table) -> Scope {
    Scope { columns: table.names() }
}

/// An order in which no two rows that differ are equal.
fn order(count: usize) -> String {
    let each: Vec<String> = (1..=count).map(|n| format!("{n} COLLATE BINARY")).collect();
    format!("ORDER BY {}", each.join(", "))
}

fn several(dice: &mut Dice, scope: &Scope, most: usize) -> Vec<String> {
    (0..1 + dice.below(most)).map(|_| expression(dice, scope, 2)).collect()
}

fn simple(dice: &mut Dice, table: &Table) -> String {
    let scope = scope(table);
    let columns = if dice.one_in(3) { table.names() } else { several(dice, &scope, 3) };
    let distinct = dice.pick(&["", "", "DISTINCT "]);
    let filter =
        if dice.one_in(2) { format!(" WHERE {}", expression(dice, &scope, 2)) } else { String::new() };
    let limit = dice.pick(&["", "", " LIMIT 3", " LIMIT 2 OFFSET 1", " LIMIT -1", " LIMIT '2'", " LIMIT 0"]);
    format!(
        "SELECT {distinct}{} FROM {}{filter} {}{limit}",
        columns.join(", "),
        table.name,
        order(columns.len())
    )
}

fn join(dice: &mut Dice, schema: &Schema, table: &Table) -> String {
    let Some(other) = schema.table(dice) else { return simple(dice, table) };
    let (a, b) = (dice.pick(&table.names()), dice.pick(&other.names()));
    let kind = dice.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"]);
    let scope = Scope { columns: vec![format!("l.{a}"), format!("r.{b}")] };
    let on = dice.pick(&["=", "<", "IS"]);
    let extra = expression(dice, &scope, 2);
    format!(
        "SELECT l.{a}, r.{b}, {extra} FROM {} l {kind} {} r ON l.{a} {on} r.{b} {}",
        table.name,
        other.name,
        order(3)
    )
}

fn aggregate(dice: &mut Dice, table: &Table) -> String {
    let scope = scope(table);
    let of = expression(dice, &scope, 1);
    let group = dice.pick(&table.names());
    let function = match dice.below(12) {
        0 => "count(*)".to_owned(),
        1 => format!("count(DISTINCT {of})"),
        2 => format!("sum({of})"),
        3 => format!("total({of})"),
        4 => format!("avg({of})"),
        5 => format!("min({of})"),
        6 => format!("max({of})"),
        7 => format!("group_concat({of}, '|' ORDER BY {of})"),
        8 => format!("string_agg({of}, ',' ORDER BY {of} DESC)"),
        9 => format!("json_group_array({of} ORDER BY {of})"),
        10 => format!("count(*) FILTER (WHERE {of})"),
        _ => format!("json_group_object(quote({group}), {of} ORDER BY {of})"),
    };
    if dice.one_in(3) {
        return format!("SELECT {function} FROM {}", table.name);
    }
    let having = if dice.one_in(3) { " HAVING count(*) > 1" } else { "" };
    format!("SELECT {group}, {function} FROM {} GROUP BY {group}{having} {}", table.name, order(2))
}

fn window(dice: &mut Dice, table: &Table) -> String {
    let all = table.names();
    let of = dice.pick(&all);
    let part = if dice.one_in(2) { format!("PARTITION BY {} ", dice.pick(&all)) } else { String::new() };
    let frame = dice.pick(&[
        "",
        "",
        " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
        " ROWS UNBOUNDED PRECEDING",
        " GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING",
        " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW",
    ]);
    let function = match dice.below(12) {
        0 => "row_number()".to_owned(),
        1 => "rank()".to_owned(),
        2 => "dense_rank()".to_owned(),
        3 => "percent_rank()".to_owned(),
        4 => "cume_dist()".to_owned(),
        5 => "ntile(3)".to_owned(),
        6 => format!("lag({of}, 1, 'none')"),
        7 => format!("lead({of})"),
        8 => format!("first_value({of})"),
        9 => format!("nth_value({of}, 2)"),
        10 => format!("sum({of})"),
        _ => format!("count({of})"),
    };
    let by: Vec<String> = all.iter().map(|column| format!("{column} COLLATE BINARY")).collect();
    format!(
        "SELECT {}, {function} OVER ({part}ORDER BY {}{frame}) FROM {} {}",
        all.join(", "),
        by.join(", "),
        table.name,
        order(all.len() + 1)
    )
}

fn compound(dice: &mut Dice, schema: &Schema, table: &Table) -> String {
    let other = schema.table(dice).unwrap_or(table);
    let mut parts = format!("SELECT {} FROM {}", dice.pick(&table.names()), table.name);
    // Now and then one more than are allowed.
    for _ in 0..1 + dice.below(5) {
        let operator = dice.pick(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]);
        let next = match dice.below(3) {
            0 => format!("VALUES ({})", literal(dice)),
            1 => format!("SELECT {}", constant(dice, 1)),
            _ => format!("SELECT {} FROM {}", dice.pick(&other.names()), other.name),
        };
        parts += &format!(" {operator} {next}");
    }
    format!("{parts} ORDER BY 1")
}

fn common(dice: &mut Dice, table: &Table) -> String {
    let scope = scope(table);
    if dice.one_in(2) {
        let rows = 1 + dice.below(20);
        return format!(
            "WITH RECURSIVE n(i, s) AS (VALUES (1, '') UNION ALL SELECT i + 1, s || {} FROM n WHERE i < {rows}) \
             SELECT i, s FROM n {}",
            literal(dice),
            order(2)
        );
    }
    let materialized = dice.pick(&["", "MATERIALIZED ", "NOT MATERIALIZED "]);
    let of = expression(dice, &scope, 2);
    format!(
        "WITH w(x) AS {materialized}(SELECT {of} FROM {}) SELECT x, typeof(x) FROM w {}",
        table.name,
        order(2)
    )
}

fn nested(dice: &mut Dice, schema: &Schema, table: &Table) -> String {
    let other = schema.table(dice).unwrap_or(table);
    let (a, b) = (dice.pick(&table.names()), dice.pick(&other.names()));
    let inner = format!("SELECT i.{b} FROM {} i", other.name);
    let test = match dice.below(4) {
        0 => format!("o.{a} IN ({inner})"),
        1 => format!("EXISTS ({inner} WHERE i.{b} = o.{a})"),
        2 => format!("o.{a} = (SELECT max(i.{b}) FROM {} i)", other.name),
        _ => format!("NOT EXISTS ({inner} WHERE i.{b} > o.{a})"),
    };
    format!(
        "SELECT o.{a}, (SELECT count(*) FROM {} i WHERE i.{b} IS o.{a}) FROM {} o WHERE {test} {}",
        other.name,
        table.name,
        order(2)
    )
}

fn each_of_json(dice: &mut Dice) -> String {
    let function = dice.pick(&["json_each", "json_tree"]);
    let json =
        dice.pick(&["[1,2.5,null,\"x\",[true]]", "{\"a\":{\"b\":[0]},\"c\":\"\"}", "[]", "7", "{oops"]);
    format!("SELECT key, value, type, atom, fullkey, path FROM {function}('{json}') {}", order(6))
}

fn from_view_or_text(dice: &mut Dice, schema: &Schema) -> Option<String> {
    if dice.one_in(2) {
        let table = schema.texts.last()?;
        let wanted =
            dice.pick(&["quick", "ab*", "\"brown fox\"", "x OR y", "NOT", "a NEAR b", "zzz", "body : fox"]);
        return Some(format!(
            "SELECT body, highlight({table}, 0, '<', '>'), round(bm25({table}), 6) FROM {table} WHERE {table} MATCH '{wanted}' {}",
            order(3)
        ));
    }
    let (name, columns) = schema.views.last()?;
    Some(format!("SELECT {} FROM {name} {}", columns.join(", "), order(columns.len())))
}

fn without_table(dice: &mut Dice) -> String {
    let columns: Vec<String> = (0..1 + dice.below(3)).map(|_| constant(dice, 3)).collect();
    match dice.below(3) {
        0 => format!("VALUES ({})", columns.join(", ")),
        _ => format!("SELECT {}", columns.join(", ")),
    }
}
