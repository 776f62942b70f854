//! [`Change`]: what differs between models and migrations, in words and for the name of a file.

use std::fmt;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    CreateTable(String),
    DropTable(String),
    RenameTable { from: String, to: String },
    AddColumn { table: String, column: String },
    DropColumn { table: String, column: String },
    RenameColumn { table: String, from: String, to: String },
    AlterColumn { table: String, column: String, how: String },
    AlterTable { table: String, how: String },
    CreateIndex { table: String, index: String },
    DropIndex { table: String, index: String },
    Search { table: String, how: &'static str },
}

impl Change {
    /// The table that changes, by its new name.
    pub(crate) fn table(&self) -> &str {
        match self {
            Self::CreateTable(table) | Self::DropTable(table) | Self::RenameTable { to: table, .. } => table,
            Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AlterColumn { table, .. }
            | Self::AlterTable { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::Search { table, .. } => table,
        }
    }

    /// What it is called in the name of a file.
    fn short(&self) -> String {
        match self {
            Self::CreateTable(table) => table.clone(),
            Self::DropTable(table) => format!("drop_{table}"),
            Self::RenameTable { from, to } => format!("rename_{from}_{to}"),
            Self::AddColumn { table, column } => format!("{table}_add_{column}"),
            Self::DropColumn { table, column } => format!("{table}_drop_{column}"),
            Self::RenameColumn { table, from, to } => format!("{table}_rename_{from}_{to}"),
            Self::AlterColumn { table, column, .. } => format!("{table}_alter_{column}"),
            Self::AlterTable { table, .. } => format!("{table}_alter"),
            Self::CreateIndex { index, .. } => index.clone(),
            Self::DropIndex { index, .. } => format!("drop_{index}"),
            Self::Search { table, .. } => format!("{table}_search"),
        }
    }

    /// Whether the change comes with that of a column, whose name says enough.
    fn is_minor(&self) -> bool {
        matches!(self, Self::CreateIndex { .. } | Self::DropIndex { .. } | Self::Search { .. })
    }
}

/// The name of a migration of these changes, without its number.
pub(crate) fn file_name(changes: &[Change], first: bool) -> String {
    if first {
        return "initial".to_owned();
    }
    let major: Vec<_> = changes.iter().filter(|change| !change.is_minor()).collect();
    let named = if major.is_empty() { changes.iter().collect() } else { major };
    let name = match named.as_slice() {
        [] => "empty".to_owned(),
        [one] => one.short(),
        [one, two] if one.short().len() + two.short().len() < 40 => {
            format!("{}_{}", one.short(), two.short())
        }
        [one, rest @ ..] if rest.iter().all(|change| change.table() == one.table()) => {
            format!("{}_changes", one.table())
        }
        [one, ..] => format!("{}_and_more", one.short()),
    };
    let mut plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .collect();
    plain.truncate(60);
    plain
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable(table) => write!(f, "create {table}"),
            Self::DropTable(table) => write!(f, "drop {table} with all its rows"),
            Self::RenameTable { from, to } => write!(f, "rename {from} to {to}"),
            Self::AddColumn { table, column } => write!(f, "add {table}.{column}"),
            Self::DropColumn { table, column } => write!(f, "drop {table}.{column} with all its values"),
            Self::RenameColumn { table, from, to } => write!(f, "rename {table}.{from} to {to}"),
            Self::AlterColumn { table, column, how } => write!(f, "alter {table}.{column}: {how}"),
            Self::AlterTable { table, how } => write!(f, "alter {table}: {how}"),
            Self::CreateIndex { index, .. } => write!(f, "create the index {index}"),
            Self::DropIndex { index, .. } => write!(f, "drop the index {index}"),
            Self::Search { table, how } => write!(f, "{how} the full-text index of {table}"),
        }
    }
}
