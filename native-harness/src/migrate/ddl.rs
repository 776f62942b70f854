//! The SQL of a table as it is made anew: what a store that never knew an older version has.

use super::state::{Column, Index, Table};
use super::text::{name, names, text};

/// `CREATE TABLE …`. Keys are immediate and NO ACTION.
pub(crate) fn create_table(table: &Table) -> String {
    let columns: Vec<String> =
        table.columns.iter().map(|each| format!("    {}", column(each, each.name == table.key))).collect();
    format!("CREATE TABLE {} (\n{}\n) STRICT", name(&table.name), columns.join(",\n"))
}

/// A column's definition.
pub(crate) fn column(column: &Column, is_key: bool) -> String {
    let mut sql = format!("{} {}", name(&column.name), column.kind.sql());
    if is_key {
        sql.push_str(" PRIMARY KEY");
    }
    // The rowid fills itself where it is NULL.
    let is_rowid = is_key && column.kind.sql() == "INTEGER";
    if !(column.nullable || is_rowid) {
        sql.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        sql.push_str(" DEFAULT ");
        sql.push_str(default);
    }
    if let Some(to) = &column.references {
        sql.push_str(&format!(" REFERENCES {} ({})", name(&to.table), name(&to.column)));
    }
    sql
}

/// `CREATE INDEX …`.
pub(crate) fn create_index(table: &str, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    format!("CREATE {unique}INDEX {} ON {} ({})", name(&index.name), name(table), names(&index.columns))
}

/// The full-text index of a table: FTS5 over the table's own rows, and the triggers that keep it. Each with its name.
pub(crate) fn search(table: &Table) -> Vec<(String, String)> {
    let Some(search) = &table.search else { return Vec::new() };
    let own = table.search_name();
    let (it, of, rowid) = (name(&own), name(&table.name), name(table.rowid()));
    let columns = names(&search.columns);
    let values = |row: &str| {
        let columns = std::iter::once(rowid.clone()).chain(search.columns.iter().map(|column| name(column)));
        columns.map(|column| format!("{row}.{column}")).collect::<Vec<_>>().join(", ")
    };
    let insert = format!("    INSERT INTO {it} (rowid, {columns}) VALUES ({});\n", values("new"));
    let delete =
        format!("    INSERT INTO {it} ({it}, rowid, {columns}) VALUES ('delete', {});\n", values("old"));
    let trigger = |end: &str, event: &str, body: &str| {
        let trigger = format!("{own}_{end}");
        let sql = format!("CREATE TRIGGER {} AFTER {event} ON {of} BEGIN\n{body}END", name(&trigger));
        (trigger, sql)
    };
    // A key may change too. The rowid of a table with another key cannot be named here, and stays.
    let mut watched = search.columns.clone();
    if table.key_is_rowid() {
        watched.insert(0, table.key.clone());
    }
    let table = format!(
        "CREATE VIRTUAL TABLE {it} USING fts5({columns}, content={}, content_rowid={}, tokenize={})",
        text(&table.name),
        text(table.rowid()),
        text(&search.tokenizer)
    );
    vec![
        (own.clone(), table),
        trigger("insert", "INSERT", &insert),
        trigger("delete", "DELETE", &delete),
        trigger("update", &format!("UPDATE OF {}", names(&watched)), &format!("{delete}{insert}")),
    ]
}

/// Fills a full-text index from the rows of its table.
pub(crate) fn fill_search(table: &Table) -> String {
    let it = name(&table.search_name());
    format!("INSERT INTO {it} ({it}) VALUES ('rebuild')")
}
