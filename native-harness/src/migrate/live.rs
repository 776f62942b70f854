//! [`Live`]: the schema that a database has, as SQLite tells it.

use std::collections::BTreeMap;

use domicile::sql::statement::tokens;

use super::state::search_name;
use crate::sqlite::{Database, Host, SqlError};

/// The schema of a database, without what the runtime and the migrations keep of themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Live {
    /// In the order in which they were made.
    pub(crate) tables: Vec<LiveTable>,
    /// Virtual tables by name, with their SQL.
    pub(crate) virtuals: BTreeMap<String, String>,
    /// The names of views.
    pub(crate) views: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LiveTable {
    pub(crate) name: String,
    pub(crate) strict: bool,
    pub(crate) has_rowid: bool,
    pub(crate) columns: Vec<LiveColumn>,
    pub(crate) keys: Vec<LiveKey>,
    pub(crate) indexes: Vec<LiveIndex>,
    /// By name, with their SQL.
    pub(crate) triggers: BTreeMap<String, String>,
    /// Words of its definition that models have no word for, such as CHECK.
    pub(crate) beyond: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LiveColumn {
    pub(crate) name: String,
    /// As declared, in capitals.
    pub(crate) sql: String,
    pub(crate) not_null: bool,
    /// As it stands in the definition.
    pub(crate) default: Option<String>,
    /// Where it stands in the primary key, from 1; 0 where it does not.
    pub(crate) key: u8,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LiveKey {
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    /// The columns that it points to; empty for the primary key, where the definition does not say.
    pub(crate) to: Vec<String>,
    pub(crate) on_delete: String,
    pub(crate) on_update: String,
}

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LiveIndex {
    pub(crate) name: String,
    /// An expression has no name, nor has a column that is sorted in another way than it is by itself.
    pub(crate) columns: Vec<Option<String>>,
    pub(crate) unique: bool,
    pub(crate) partial: bool,
    /// Nothing where it is part of the table's definition.
    pub(crate) sql: Option<String>,
}

/// Words of a table's definition that models have no word for.
const BEYOND: [&str; 6] = ["CHECK", "COLLATE", "GENERATED", "AUTOINCREMENT", "CONFLICT", "DEFERRABLE"];

impl Live {
    /// Looks at a database.
    ///
    /// # Errors
    /// When memory runs out.
    pub(crate) fn of(db: &Database) -> Result<Self, String> {
        db.privileged(read).map_err(|error| error.message().to_owned())
    }

    pub(crate) fn table(&self, name: &str) -> Option<&LiveTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The full-text index that is called as that of a model with this table would be: the table and its triggers, each
    /// with its name.
    pub(crate) fn search(&self, table: &str) -> Vec<(String, String)> {
        let own = search_name(table);
        let Some(sql) = self.virtuals.get(&own) else { return Vec::new() };
        let mut all = vec![(own.clone(), sql.clone())];
        let triggers = self.table(table).map(|table| &table.triggers);
        for end in ["insert", "delete", "update"] {
            let trigger = format!("{own}_{end}");
            if let Some(sql) = triggers.and_then(|triggers| triggers.get(&trigger)) {
                all.push((trigger, sql.clone()));
            }
        }
        all
    }
}

impl LiveTable {
    pub(crate) fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The primary key.
    pub(crate) fn key(&self) -> Vec<&str> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        key.into_iter().map(|column| column.name.as_str()).collect()
    }

    /// The column that is the rowid.
    pub(crate) fn rowid(&self) -> Option<&str> {
        match *self.key() {
            [key] if self.has_rowid && self.column(key).is_some_and(|column| column.sql == "INTEGER") => {
                Some(key)
            }
            _ => None,
        }
    }
}

fn read(host: &Host<'_>) -> Result<Live, SqlError> {
    let mut live = Live::default();
    let listed = host.all(
        "SELECT m.name, l.type, l.wr, l.strict, m.sql FROM sqlite_master AS m
         JOIN pragma_table_list AS l ON l.schema = 'main' AND l.name = m.name
         WHERE m.type IN ('table', 'view') AND l.type <> 'shadow' AND m.name <> 'domicile_migration'
           AND substr(m.name, 1, 4) <> '_cf_' AND substr(m.name, 1, 7) <> 'sqlite_'
         ORDER BY m.rowid",
        (),
        |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    for (name, sort, without_rowid, strict, sql) in listed {
        let (name, without_rowid, strict, sql): (String, bool, bool, String) =
            (name, without_rowid, strict, sql);
        match sort.as_str() {
            "view" => live.views.push(name),
            "virtual" => drop(live.virtuals.insert(name, sql)),
            _ => {
                let columns = columns(host, &name)?;
                let keys = keys(host, &name)?;
                let indexes = indexes(host, &name)?;
                let triggers = triggers(host, &name)?;
                let words: Vec<String> = tokens(&sql).map(str::to_ascii_uppercase).collect();
                let beyond = BEYOND.into_iter().filter(|word| words.iter().any(|other| other == word));
                let mut beyond: Vec<String> = beyond.map(str::to_owned).collect();
                if is_generated(host, &name)? && !beyond.iter().any(|word| word == "GENERATED") {
                    beyond.push("GENERATED".to_owned());
                }
                let has_rowid = !without_rowid;
                live.tables.push(LiveTable {
                    name,
                    strict,
                    has_rowid,
                    columns,
                    keys,
                    indexes,
                    triggers,
                    beyond,
                });
            }
        }
    }
    Ok(live)
}

fn columns(host: &Host<'_>, table: &str) -> Result<Vec<LiveColumn>, SqlError> {
    host.all(
        "SELECT name, upper(type), \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?) ORDER BY cid",
        [table],
        |row| {
            Ok(LiveColumn {
                name: row.get(0)?,
                sql: row.get(1)?,
                not_null: row.get(2)?,
                default: row.get(3)?,
                key: row.get(4)?,
            })
        },
    )
}

/// Whether a table has a column that is made of others, whose definition may do without the word.
fn is_generated(host: &Host<'_>, table: &str) -> Result<bool, SqlError> {
    let any = "SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden > 1 LIMIT 1";
    Ok(host.first(any, [table], |_| Ok(()))?.is_some())
}

fn keys(host: &Host<'_>, table: &str) -> Result<Vec<LiveKey>, SqlError> {
    let parts = host.all(
        "SELECT id, \"table\", \"from\", \"to\", on_delete, on_update FROM pragma_foreign_key_list(?) ORDER BY id, seq",
        [table],
        |row| {
            let key = LiveKey {
                table: row.get(1)?,
                columns: vec![row.get(2)?],
                to: row.get::<_, Option<String>>(3)?.into_iter().collect(),
                on_delete: row.get(4)?,
                on_update: row.get(5)?,
            };
            Ok((row.get::<_, i64>(0)?, key))
        },
    )?;
    let mut keys: BTreeMap<i64, LiveKey> = BTreeMap::new();
    for (id, part) in parts {
        match keys.get_mut(&id) {
            None => drop(keys.insert(id, part)),
            Some(key) => {
                key.columns.extend(part.columns);
                key.to.extend(part.to);
            }
        }
    }
    Ok(keys.into_values().collect())
}

fn indexes(host: &Host<'_>, table: &str) -> Result<Vec<LiveIndex>, SqlError> {
    let listed = host.all(
        "SELECT l.name, l.\"unique\", l.partial, m.sql FROM pragma_index_list(?) AS l
         LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = l.name
         WHERE l.origin <> 'pk' ORDER BY l.seq",
        [table],
        |row| {
            Ok(LiveIndex {
                name: row.get(0)?,
                columns: Vec::new(),
                unique: row.get(1)?,
                partial: row.get(2)?,
                sql: row.get(3)?,
            })
        },
    )?;
    let with_columns = |mut index: LiveIndex| {
        index.columns = host.all(
            "SELECT iif(\"desc\" OR coll <> 'BINARY', NULL, name) FROM pragma_index_xinfo(?) WHERE \"key\" ORDER BY seqno",
            [&index.name],
            |row| row.get(0),
        )?;
        Ok(index)
    };
    listed.into_iter().map(with_columns).collect()
}

fn triggers(host: &Host<'_>, table: &str) -> Result<BTreeMap<String, String>, SqlError> {
    let all = host.all(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? ORDER BY rowid",
        [table],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(all.into_iter().collect())
}
