//! [`Snapshot`]: what models say of tables, owned, as it is compared and as it stands in `models.json`.
//!
//! `on_delete` is not in it: the data layer carries it out, and in SQL every key is NO ACTION. Nor is what only the
//! program knows, such as names for people and what is allowed in a form: to change these is no migration.

use std::collections::HashMap;

use domicile::model::Schema;
use domicile::model::schema::{self, DECIMAL_INTEGER_DIGITS, Kind};
use serde::{Deserialize, Serialize};

use super::text::literal;

/// All tables of one store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// The column that is the key.
    pub(crate) key: String,
    pub(crate) columns: Vec<Column>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) indexes: Vec<Index>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) search: Option<Search>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(with = "kind_as_text")]
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) nullable: bool,
    /// The default as it stands in the table's definition; only of what is the same for all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) references: Option<Reference>,
}

/// What a foreign key points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) table: String,
    pub(crate) column: String,
}

/// An index, which has a name so that it can be dropped by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unique: bool,
}

/// A full-text index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Search {
    pub(crate) columns: Vec<String>,
    pub(crate) tokenizer: String,
}

impl Snapshot {
    /// What these models say.
    ///
    /// # Errors
    /// Sentences: models that cannot be tables of one store.
    pub(crate) fn of(models: &[&Schema]) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        for (at, model) in models.iter().enumerate() {
            if models.iter().take(at).any(|other| other.table.eq_ignore_ascii_case(model.table)) {
                mistakes
                    .push(format!("two models have the table `{}`: give one `table = \"…\"`", model.table));
            }
            for column in model.columns {
                let Some(to) = column.references.map(|reference| (reference.model)()) else { continue };
                if !models.contains(&to) {
                    mistakes.push(format!(
                        "`{}.{}` points to `{}`, which is not among the models of this store: list it too",
                        model.name, column.name, to.name
                    ));
                }
            }
        }
        let mut snapshot = Self { tables: models.iter().map(|model| Table::of(model)).collect() };
        snapshot.name_indexes();
        if mistakes.is_empty() { Ok(snapshot) } else { Err(mistakes) }
    }

    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    pub(crate) fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.name == name)
    }

    /// Gives each index a name that no other has: tables and indexes share one room of names.
    pub(crate) fn name_indexes(&mut self) {
        let mut taken: HashMap<String, usize> = HashMap::new();
        for table in &self.tables {
            *taken.entry(table.name.to_lowercase()).or_default() += 1;
            for index in &table.indexes {
                *taken.entry(table.plain_name(index).to_lowercase()).or_default() += 1;
            }
        }
        for table in &mut self.tables {
            let names: Vec<String> = table
                .indexes
                .iter()
                .map(|index| {
                    let plain = table.plain_name(index);
                    // `a_b` of `c` and `a` of `b_c` would have one name.
                    if taken.get(&plain.to_lowercase()).is_some_and(|times| *times > 1) {
                        format!("{plain}_{:08x}", table.mark(index))
                    } else {
                        plain
                    }
                })
                .collect();
            for (index, name) in table.indexes.iter_mut().zip(names) {
                index.name = name;
            }
        }
    }
}

impl Table {
    fn of(model: &Schema) -> Self {
        let mut indexes: Vec<Index> = Vec::new();
        let mut add = |columns: Vec<String>, unique: bool| {
            if !indexes.iter().any(|index| index.columns == columns && (index.unique || !unique)) {
                indexes.retain(|index| index.columns != columns);
                indexes.push(Index { name: String::new(), columns, unique });
            }
        };
        for column in model.columns.iter().filter(|column| column.name != model.key().name) {
            if column.unique || column.index {
                add(vec![column.name.to_owned()], column.unique);
            }
        }
        for index in model.indexes {
            add(index.columns.iter().map(|column| (*column).to_owned()).collect(), index.unique);
        }
        Self {
            name: model.table.to_owned(),
            key: model.key().name.to_owned(),
            columns: model.columns.iter().map(|column| Column::of(column, model)).collect(),
            indexes,
            search: model.search.map(|search| Search {
                columns: search.columns.iter().map(|column| (*column).to_owned()).collect(),
                tokenizer: search.tokenizer.to_owned(),
            }),
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether the key is the rowid.
    pub(crate) fn key_is_rowid(&self) -> bool {
        self.column(&self.key).is_some_and(|key| key.kind.sql() == "INTEGER")
    }

    /// The name that the key has for SQLite where a number is wanted.
    pub(crate) fn rowid(&self) -> &str {
        if self.key_is_rowid() { &self.key } else { "rowid" }
    }

    /// The table of the full-text index.
    pub(crate) fn search_name(&self) -> String {
        search_name(&self.name)
    }

    fn plain_name(&self, index: &Index) -> String {
        let end = if index.unique { "uniq" } else { "idx" };
        format!("{}_{}_{end}", self.name, index.columns.join("_"))
    }

    /// FNV-1a of what an index is over.
    fn mark(&self, index: &Index) -> u32 {
        let parts = std::iter::once(&self.name).chain(&index.columns);
        parts
            .flat_map(|part| part.bytes().chain([0]))
            .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

/// The full-text index of a table.
pub(crate) fn search_name(table: &str) -> String {
    format!("{table}_search")
}

impl Column {
    fn of(column: &schema::Column, model: &Schema) -> Self {
        let is_key = column.name == model.key().name;
        Self {
            name: column.name.to_owned(),
            kind: column.kind,
            nullable: column.nullable && !is_key,
            default: match column.default {
                schema::Default::Value(value) if !is_key => Some(literal(value)),
                _ => None,
            },
            references: column.references.map(|reference| {
                let model = (reference.model)();
                Reference { table: model.table.to_owned(), column: model.key().name.to_owned() }
            }),
        }
    }
}

/// Whether a decimal is an INTEGER.
pub(crate) fn is_small(digits: u8) -> bool {
    digits <= DECIMAL_INTEGER_DIGITS
}

/// Kinds as models.json has them.
mod kind_as_text {
    use domicile::model::schema::Kind;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(kind)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
