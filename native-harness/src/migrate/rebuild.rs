//! What becomes of one table that is there already: what changes in place, and what needs the table to be made anew.

use domicile::model::schema::Kind;
use domicile::value::MAX_SAFE_INTEGER;

use super::answer::{self, Answers};
use super::change::Change;
use super::convert::{Conversion, convert};
use super::ddl;
use super::live::{Live, LiveColumn, LiveIndex, LiveTable};
use super::state::{Column, Index, Table};
use super::text::{name, names};

/// What becomes of a table.
pub(crate) struct Work<'a> {
    live: &'a LiveTable,
    pub(crate) target: &'a Table,
    known: Option<&'a Table>,
    pub(crate) changes: Vec<Change>,
    /// Why it is made anew; empty where it is not.
    pub(crate) why: Vec<String>,
    added: Vec<&'a Column>,
    dropped: Vec<&'a LiveColumn>,
    /// For each column of the target, what its values are, in the rows that are there.
    values: Vec<String>,
    /// Which values the migration refuses.
    refused: Vec<String>,
    pub(crate) drop_indexes: Vec<&'a LiveIndex>,
    pub(crate) create_indexes: Vec<&'a Index>,
}

impl<'a> Work<'a> {
    /// Compares a table with its model.
    pub(crate) fn of(
        live: &'a LiveTable,
        known: Option<&'a Table>,
        target: &'a Table,
        answers: &Answers,
        wrong: &mut Vec<String>,
    ) -> Self {
        let mut work = Self {
            live,
            target,
            known,
            changes: Vec::new(),
            why: Vec::new(),
            added: Vec::new(),
            dropped: live.columns.iter().filter(|column| target.column(&column.name).is_none()).collect(),
            values: Vec::new(),
            refused: Vec::new(),
            drop_indexes: Vec::new(),
            create_indexes: Vec::new(),
        };
        work.compare_table();
        for column in &target.columns {
            match live.column(&column.name) {
                Some(before) => work.compare(before, column, answers, wrong),
                None => work.add(column, answers, wrong),
            }
        }
        work.drop_columns(wrong);
        work.compare_indexes();
        if !work.why.is_empty() {
            let beyond: Vec<&str> =
                live.beyond.iter().map(String::as_str).filter(|word| *word != "DEFERRABLE").collect();
            let several =
                live.keys.iter().any(|key| key.columns.len() > 1).then_some("a key over several columns");
            for word in beyond.into_iter().chain(several) {
                wrong.push(format!(
                    "`{}` must be made anew ({}), and has {word}, which no model can say and which would be lost: write \
                     this migration by hand, `makemigrations --empty`",
                    live.name,
                    work.why.join("; ")
                ));
            }
        }
        work
    }

    pub(crate) fn is_rebuilt(&self) -> bool {
        !self.why.is_empty()
    }

    /// Whether the migration changes anything of the table.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn compare_table(&mut self) {
        let table = &self.target.name;
        let mut differs = |how: &str| {
            self.changes.push(Change::AlterTable { table: table.clone(), how: how.to_owned() });
            self.why.push(how.to_owned());
        };
        if !self.live.strict {
            differs("it becomes STRICT");
        }
        if !self.live.has_rowid {
            differs("it gets a rowid");
        }
        if self.live.key() != [self.target.key.as_str()] {
            differs(&format!("its key becomes {}", self.target.key));
        }
        if self.live.beyond.iter().any(|word| word == "DEFERRABLE") {
            differs("its keys become immediate");
        }
        for index in self.live.indexes.iter().filter(|index| index.sql.is_none()) {
            let columns: Vec<&str> =
                index.columns.iter().map(|column| column.as_deref().unwrap_or("…")).collect();
            differs(&format!("UNIQUE ({}) is no longer part of its definition", columns.join(", ")));
        }
    }

    fn alter(&mut self, column: &str, how: String) {
        self.why.push(format!("{column}: {how}"));
        let (table, column) = (self.target.name.clone(), column.to_owned());
        self.changes.push(Change::AlterColumn { table, column, how });
    }

    /// A column that is there before and after.
    fn compare(&mut self, before: &LiveColumn, after: &Column, answers: &Answers, wrong: &mut Vec<String>) {
        let is_key = after.name == self.target.key;
        let from = self.kind_of(before, after);
        let mut value = name(&after.name);
        if let Some(from) = from {
            match convert(&after.name, from, after.kind) {
                Ok(Conversion::Same) => {}
                Ok(Conversion::By { sql, refuses }) => {
                    value = sql;
                    self.alter(&after.name, format!("{from} becomes {}", after.kind));
                    self.refused.extend(refuses.map(|what| format!("{} of {}", what, after.name)));
                }
                Err(why) => wrong.push(format!(
                    "`{}.{}`: {why}. Add a column of the new kind, fill it in Rust (`makemigrations --rust`), then drop \
                     the old one and rename the new one",
                    self.target.name, after.name
                )),
            }
        }
        if before.sql != after.kind.sql() && from.is_none_or(|from| from.sql() == after.kind.sql()) {
            self.alter(&after.name, format!("{} becomes {}", before.sql, after.kind.sql()));
        }
        let is_rowid = is_key && after.kind.sql() == "INTEGER";
        let wants_not_null = !(after.nullable || is_rowid);
        let was_key = is_key && before.key > 0;
        let has_null = !(before.not_null || was_key);
        if !is_key && before.not_null != wants_not_null {
            let how = if wants_not_null { "it is no longer NULL" } else { "it may be NULL" };
            self.alter(&after.name, how.to_owned());
        }
        let fill = self.fill(after, answers, wrong);
        if wants_not_null && has_null {
            match fill.or_else(|| after.default.clone()) {
                Some(fill) => value = format!("coalesce({value}, {fill})"),
                None => wrong.push(missing(&self.target.name, after, "is no longer NULL")),
            }
        } else if fill.is_some() {
            wrong.push(format!("`{}.{}` has no NULL to fill", self.target.name, after.name));
        }
        if !is_key && before.default != after.default {
            let shown = |default: &Option<String>| default.clone().unwrap_or_else(|| "none".to_owned());
            self.alter(
                &after.name,
                format!("default {} becomes {}", shown(&before.default), shown(&after.default)),
            );
        }
        self.compare_key(after);
        self.values.push(value);
    }

    fn compare_key(&mut self, after: &Column) {
        let keys: Vec<_> = self.live.keys.iter().filter(|key| key.columns == [after.name.as_str()]).collect();
        let same = match (keys.as_slice(), &after.references) {
            ([], None) => true,
            ([key], Some(to)) => {
                key.table == to.table
                    && (key.to.is_empty() || key.to == [to.column.as_str()])
                    && key.on_delete == "NO ACTION"
                    && key.on_update == "NO ACTION"
            }
            _ => false,
        };
        if !same {
            let how = match &after.references {
                Some(to) if keys.iter().any(|key| key.table == to.table) => {
                    "its foreign key becomes NO ACTION".to_owned()
                }
                Some(to) => format!("it points to {}", to.table),
                None => "it points to no table".to_owned(),
            };
            self.alter(&after.name, how);
        }
    }

    /// A column that is new.
    fn add(&mut self, column: &'a Column, answers: &Answers, wrong: &mut Vec<String>) {
        let (table, name) = (self.target.name.clone(), column.name.clone());
        self.changes.push(Change::AddColumn { table, column: name });
        let fill = self.fill(column, answers, wrong);
        let filled = fill.is_some();
        let value = fill.or_else(|| column.default.clone());
        if value.is_none() && !column.nullable {
            wrong.push(missing(&self.target.name, column, "is new and not NULL"));
        }
        // SQLite adds a column in place where old rows can do with its default.
        let in_place = column.name != self.target.key
            && !filled
            && (column.nullable || column.default.is_some())
            && (column.references.is_none() || column.default.is_none());
        if !in_place {
            self.why.push(format!("{} is new, and old rows get a value", column.name));
        }
        self.added.push(column);
        self.values.push(value.unwrap_or_else(|| "NULL".to_owned()));
    }

    fn drop_columns(&mut self, wrong: &mut Vec<String>) {
        for column in &self.dropped {
            let (table, name) = (self.target.name.clone(), column.name.clone());
            let own = self.own_indexes();
            if let Some(index) = own.iter().find(|index| index.columns.contains(&Some(name.clone()))) {
                wrong.push(format!(
                    "`{table}.{name}` is in the index `{}`, which no model knows: drop that by hand before",
                    index.name
                ));
            }
            // A key can be dropped only with its table, and so can what is part of one.
            if column.key > 0 {
                self.why.push(format!("{name} is dropped, which was a key"));
            }
            self.changes.push(Change::DropColumn { table, column: name });
        }
    }

    fn compare_indexes(&mut self) {
        let table = self.target.name.clone();
        let is_there = |wanted: &Index| {
            self.live.indexes.iter().any(|index| index.name == wanted.name && is_same(index, wanted))
        };
        self.drop_indexes = self
            .live
            .indexes
            .iter()
            .filter(|index| index.sql.is_some() && self.is_ours(index))
            .filter(|index| {
                !self.target.indexes.iter().any(|wanted| index.name == wanted.name && is_same(index, wanted))
            })
            .collect();
        self.create_indexes = self.target.indexes.iter().filter(|index| !is_there(index)).collect();
        for index in &self.drop_indexes {
            self.changes.push(Change::DropIndex { table: table.clone(), index: index.name.clone() });
        }
        for index in &self.create_indexes {
            self.changes.push(Change::CreateIndex { table: table.clone(), index: index.name.clone() });
        }
    }

    /// Whether an index is one that models have or had; or is nobody's and does what one of theirs is to do, so that it can
    /// only cost.
    fn is_ours(&self, index: &LiveIndex) -> bool {
        let known = self.known.iter().flat_map(|known| &known.indexes);
        known.chain(&self.target.indexes).any(|other| other.name == index.name)
            || self.target.indexes.iter().any(|wanted| is_same(index, wanted))
    }

    fn own_indexes(&self) -> Vec<&'a LiveIndex> {
        self.live.indexes.iter().filter(|index| index.sql.is_some() && !self.is_ours(index)).collect()
    }

    /// What the developer says that old rows get.
    fn fill(&self, column: &Column, answers: &Answers, wrong: &mut Vec<String>) -> Option<String> {
        let given = answers.fills.get(&(self.target.name.clone(), column.name.clone()))?;
        match answer::value(column.kind, given) {
            Ok(value) => Some(value),
            Err(why) => {
                wrong.push(format!("`--fill {}.{}`: {why}", self.target.name, column.name));
                // Something, so that it is not asked for besides.
                Some("NULL".to_owned())
            }
        }
    }

    /// What the values are that a column holds before: as the models said, where the storage agrees.
    fn kind_of(&self, before: &LiveColumn, after: &Column) -> Option<Kind> {
        let known = self.known.and_then(|known| known.column(&before.name)).map(|column| column.kind);
        let candidates = [known, Some(after.kind)].into_iter().flatten();
        candidates.into_iter().find(|kind| kind.sql() == before.sql).or(match before.sql.as_str() {
            "INTEGER" | "INT" => Some(Kind::Integer { min: -MAX_SAFE_INTEGER, max: MAX_SAFE_INTEGER }),
            "TEXT" => Some(Kind::Text),
            "REAL" => Some(Kind::Float),
            "BLOB" => Some(Kind::Bytes),
            // A table that is not STRICT may call it anything; STRICT refuses what does not fit.
            _ => None,
        })
    }

    /// The statements that change the table in place. Its indexes are dropped and made elsewhere.
    pub(crate) fn in_place(&self) -> Vec<String> {
        let table = name(&self.target.name);
        let added = self
            .added
            .iter()
            .map(|column| format!("ALTER TABLE {table} ADD COLUMN {}", ddl::column(column, false)));
        let dropped = self
            .dropped
            .iter()
            .map(|column| format!("ALTER TABLE {table} DROP COLUMN {}", name(&column.name)));
        added.chain(dropped).collect()
    }

    /// What is written above the statements that make the table anew.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let mut lines = vec![format!("Makes {} anew: {}.", self.target.name, self.why.join("; "))];
        for refused in &self.refused {
            lines.push(format!("Fails for {refused}, and then leaves all as it was."));
        }
        lines
    }

    /// The statements that make the table anew with its rows, its own triggers and its own indexes.
    ///
    /// The rows are copied out and back, since SQLite carries a rename over to the keys that point to the table.
    pub(crate) fn anew(&self, live: &Live) -> Vec<String> {
        let table = name(&self.target.name);
        let mut aside = format!("{}_rebuild", self.target.name);
        while live.table(&aside).is_some()
            || live.virtuals.contains_key(&aside)
            || live.views.contains(&aside)
        {
            aside.push('_');
        }
        let aside = name(&aside);
        // A column of this name hides the number, which nobody can have used then.
        let named = |columns: &[&str]| columns.iter().any(|column| column.eq_ignore_ascii_case("rowid"));
        let before: Vec<&str> = self.live.columns.iter().map(|column| column.name.as_str()).collect();
        let after: Vec<&str> = self.target.columns.iter().map(|column| column.name.as_str()).collect();
        let has_number = self.live.has_rowid && !named(&before) && !named(&after);
        let hidden = has_number && self.live.rowid().is_none();
        let columns = names(self.live.columns.iter().map(|column| &column.name));
        let out = if hidden { format!("rowid AS domicile_rowid, {columns}") } else { columns };
        let mut into: Vec<String> = self.target.columns.iter().map(|column| name(&column.name)).collect();
        let mut values = self.values.clone();
        // A row keeps its number where nothing else says which it has.
        let number = if hidden { Some("domicile_rowid".to_owned()) } else { self.live.rowid().map(name) };
        if let Some(number) = number.filter(|_| has_number && !self.target.key_is_rowid()) {
            into.insert(0, "rowid".to_owned());
            values.insert(0, number);
        }
        let mut sql = vec![
            format!("CREATE TABLE {aside} AS SELECT {out} FROM {table}"),
            format!("DROP TABLE {table}"),
            ddl::create_table(self.target),
            format!("INSERT INTO {table} ({})\nSELECT {}\nFROM {aside}", into.join(", "), values.join(", ")),
            format!("DROP TABLE {aside}"),
        ];
        sql.extend(self.own_indexes().iter().filter_map(|index| index.sql.clone()));
        let search = super::state::search_name(&self.target.name);
        let ours = ["insert", "delete", "update"].map(|end| format!("{search}_{end}"));
        let is_ours = |trigger: &String| live.virtuals.contains_key(&search) && ours.contains(trigger);
        sql.extend(
            self.live.triggers.iter().filter(|(trigger, _)| !is_ours(trigger)).map(|(_, sql)| sql.clone()),
        );
        sql
    }

    /// The indexes that are made once the table is as it should be.
    pub(crate) fn indexes_after(&self) -> Vec<String> {
        let all = if self.is_rebuilt() {
            self.target.indexes.iter().collect()
        } else {
            self.create_indexes.clone()
        };
        all.into_iter().map(|index| ddl::create_index(&self.target.name, index)).collect()
    }
}

fn is_same(index: &LiveIndex, wanted: &Index) -> bool {
    let columns: Vec<Option<&str>> = index.columns.iter().map(Option::as_deref).collect();
    let wanted_columns: Vec<Option<&str>> =
        wanted.columns.iter().map(|column| Some(column.as_str())).collect();
    index.unique == wanted.unique && !index.partial && columns == wanted_columns
}

fn missing(table: &str, column: &Column, how: &str) -> String {
    let unique = if column.references.is_some() { "the key of a row that is there" } else { "a value" };
    format!(
        "`{table}.{name}` {how}, and rows that are there need {unique}: `--fill {table}.{name}=VALUE` gives all of them the \
         same. Where each needs its own, make it an `Option` first, fill it in Rust (`makemigrations --rust`), and then take \
         the `Option` away",
        name = column.name
    )
}
