//! What the generator believes to be in a store. It may be wrong after a statement that failed, which is no harm.

use super::dice::Dice;

/// Tables, views and indexes.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub tables: Vec<Table>,
    pub views: Vec<(String, Vec<String>)>,
    pub indexes: Vec<String>,
    pub triggers: Vec<String>,
    /// Full-text tables, with one column `body`.
    pub texts: Vec<String>,
    /// There is, or was, something for which the rows written are known to be counted otherwise (`KNOWN.md`).
    pub computed: bool,
    /// Names given so far.
    pub named: usize,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns of its key, where it has one.
    pub key: Vec<String>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// It is computed, and nothing can be put in.
    pub generated: bool,
}

impl Schema {
    /// A name that was not given before.
    pub fn name(&mut self, kind: &str, dice: &mut Dice) -> String {
        self.named += 1;
        match dice.below(12) {
            0 => format!("\"{kind} {}\"", self.named),
            1 => format!("[{kind}-{}]", self.named),
            2 => format!("`ä{kind}{}`", self.named),
            _ => format!("{kind}{}", self.named),
        }
    }

    /// A table, where there is one.
    pub fn table(&self, dice: &mut Dice) -> Option<&Table> {
        (!self.tables.is_empty()).then(|| &self.tables[dice.below(self.tables.len())])
    }
}

impl Table {
    /// The names of all columns.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The names of the columns that take values.
    pub fn stored(&self) -> Vec<String> {
        self.columns.iter().filter(|column| !column.generated).map(|column| column.name.clone()).collect()
    }
}
