//! Everything that a store holds, in an order that does not depend on how it came in.

use domicile::Value;
use domicile::prelude::*;
use serde_json::{Value as Plain, json};

use super::value::{error, shown};

/// The schema, and the rows of each table with their storage classes.
///
/// # Errors
/// The schema cannot be read.
pub(super) fn dump(store: &Store) -> Result<Plain> {
    let schema: Vec<Vec<Value>> = store.query_all(SCHEMA, ())?;
    let tables: Vec<String> = store.query_all(TABLES, ())?;
    let rows: Vec<Plain> = tables
        .iter()
        .map(|table| match rows(store, table) {
            Ok(rows) => json!([table, rows]),
            Err(failed) => json!([table, error(&failed)]),
        })
        .collect();
    Ok(
        json!({ "schema": schema.iter().map(|row| row.iter().map(shown).collect()).collect::<Vec<Vec<_>>>(), "tables": rows }),
    )
}

/// The platform and the host have tables of their own, which begin with `_cf_`; and what ANALYZE keeps is no state of the
/// app's.
const SCHEMA: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema
    WHERE lower(substr(name, 1, 4)) <> '_cf_' AND lower(substr(tbl_name, 1, 4)) <> '_cf_'
        AND name NOT LIKE 'sqlite_stat_' ORDER BY type, name";

/// Shadow tables, in which a virtual table keeps what it holds, are left out.
const TABLES: &str = "SELECT name FROM pragma_table_list
    WHERE schema = 'main' AND type IN ('table', 'virtual') AND lower(substr(name, 1, 4)) <> '_cf_'
        AND name <> 'sqlite_schema' AND name NOT LIKE 'sqlite_stat_' ORDER BY name";

fn rows(store: &Store, table: &str) -> Result<Vec<Plain>> {
    let named = quoted(table);
    let columns: Vec<String> =
        store.query_all("SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 LIMIT 90", (table,))?;
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    // `quote` tells 1 from 1.0 and from '1'.
    let cells: Vec<_> = columns.iter().map(|column| format!("quote({})", quoted(column))).collect();
    let order: Vec<_> = (1..=cells.len().min(20)).map(|n| n.to_string()).collect();
    let sql = format!("SELECT {} FROM {named} ORDER BY {}", cells.join(", "), order.join(", "));
    let rows: Vec<Vec<Value>> = store.query_all(&sql, ())?;
    Ok(rows.iter().map(|row| row.iter().map(shown).collect()).collect())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
