//! Random edits of models, each as a developer makes it: a struct and its fields, and what the flags must say.

use std::collections::BTreeMap;

use domicile::model::schema::Kind;
use fastrand::Rng;
use rusqlite::types::Value;

use super::world::{self, Names, Rows};
use crate::migrate::answer::Answers;
use crate::migrate::state::{Reference, Snapshot, Table};

/// Models that are being edited, and where each part came from.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) tables: Vec<Drafted>,
    /// What was done, for a message.
    pub(super) log: Vec<String>,
}

/// A table that is being edited.
#[derive(Debug)]
pub(super) struct Drafted {
    pub(super) table: Table,
    pub(super) origin: Option<String>,
    /// For each column, which it was, and of which kind.
    pub(super) origins: Vec<Option<(String, Kind)>>,
    /// What old rows get, as a value and as the flag has it.
    pub(super) fills: BTreeMap<String, (Value, String)>,
}

impl Drafted {
    pub(super) fn key(&self) -> usize {
        self.table.columns.iter().position(|column| column.name == self.table.key).unwrap()
    }
}

/// Which kinds a kind is changed to.
fn others(rng: &mut Rng, kind: Kind) -> Option<Kind> {
    // Few draws would find another decimal.
    if let Kind::Decimal { digits: 0..=15, places } = kind
        && rng.bool()
    {
        let to = Kind::Decimal { digits: rng.u8(places + 4..15), places: rng.u8(0..5) };
        return (to != kind).then_some(to);
    }
    let mut drawn = || world::kind(rng);
    (0..40)
        .map(|_| drawn())
        .find(|to| *to != kind && crate::migrate::convert::convert("c", kind, *to).is_ok())
}

impl Draft {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let tables = snapshot.tables.iter().map(|table| Drafted {
            table: table.clone(),
            origin: Some(table.name.clone()),
            origins: table.columns.iter().map(|column| Some((column.name.clone(), column.kind))).collect(),
            fills: BTreeMap::new(),
        });
        Self { tables: tables.collect(), log: Vec::new() }
    }

    pub(super) fn target(&self) -> Snapshot {
        let mut snapshot = Snapshot { tables: self.tables.iter().map(|table| table.table.clone()).collect() };
        snapshot.name_indexes();
        snapshot
    }

    pub(super) fn answers(&self) -> Answers {
        let mut answers = Answers { no_renames: true, ..Answers::default() };
        for Drafted { table, origin, origins, fills } in &self.tables {
            let Some(origin) = origin else { continue };
            if *origin != table.name {
                answers.renames.push((origin.clone(), table.name.clone()));
            }
            for (column, before) in table.columns.iter().zip(origins) {
                if let Some((before, _)) = before.as_ref().filter(|(before, _)| *before != column.name) {
                    answers.renames.push((format!("{origin}.{before}"), column.name.clone()));
                }
            }
            for (column, (_, flag)) in fills {
                answers.fills.insert((table.name.clone(), column.clone()), flag.clone());
            }
        }
        answers
    }

    /// Says what old rows get where they need something.
    pub(super) fn finish(&mut self, rng: &mut Rng, original: &Snapshot) {
        for table in &mut self.tables {
            let Some(before) = table.origin.as_ref().and_then(|origin| original.table(origin)) else {
                continue;
            };
            for at in 0..table.table.columns.len() {
                let column = table.table.columns[at].clone();
                let was = table.origins[at].as_ref().and_then(|(name, _)| before.column(name));
                let needs = !column.nullable && was.is_none_or(|was| was.nullable);
                if needs && (column.default.is_none() || rng.u8(..4) == 0) {
                    table.fill(rng, &column.name, column.kind);
                }
            }
        }
    }

    /// Edits something; `before` are the rows that are there.
    pub(super) fn edit(&mut self, rng: &mut Rng, names: &mut Names, before: &Rows, original: &Snapshot) {
        if self.tables.is_empty() || rng.u8(..14) == 0 {
            let table = world::table(rng, names);
            self.log.push(format!("add {}", table.name));
            let origins = vec![None; table.columns.len()];
            return self.tables.push(Drafted { table, origin: None, origins, fills: BTreeMap::new() });
        }
        let at = rng.usize(..self.tables.len());
        let column = rng.usize(..self.tables[at].table.columns.len());
        match rng.u8(..20) {
            0 => self.drop_table(at),
            1 => self.rename_table(rng, names, at),
            2..=4 => self.add_column(rng, names, at, original),
            5 | 6 => self.drop_column(at, column),
            7 | 8 => self.rename_column(rng, names, at, column),
            9..=11 => {
                // Numbers have the most ways to become something else.
                let columns = &self.tables[at].table.columns;
                let number =
                    |column: &usize| matches!(columns[*column].kind, Kind::Decimal { .. } | Kind::Float);
                let column = (0..columns.len()).find(number).filter(|_| rng.bool()).unwrap_or(column);
                self.change_kind(rng, at, column);
            }
            12 | 13 => self.change_null(rng, at, column),
            14 => self.change_default(rng, at, column),
            15 | 16 => self.change_reference(rng, at, column, before),
            17 | 18 => self.change_index(rng, at),
            _ => self.change_search(rng, at),
        }
    }

    fn drop_table(&mut self, at: usize) {
        let gone = self.tables.remove(at).table.name;
        self.log.push(format!("drop {gone}"));
        for column in self.tables.iter_mut().flat_map(|table| &mut table.table.columns) {
            column.references = column.references.take().filter(|to| to.table != gone);
        }
    }

    fn rename_table(&mut self, rng: &mut Rng, names: &mut Names, at: usize) {
        let to = names.next(rng, "t");
        let from = std::mem::replace(&mut self.tables[at].table.name, to.clone());
        self.log.push(format!("rename {from} to {to}"));
        for reference in self.references().filter(|reference| reference.table == from) {
            reference.table.clone_from(&to);
        }
    }

    fn references(&mut self) -> impl Iterator<Item = &mut Reference> {
        self.tables
            .iter_mut()
            .flat_map(|table| &mut table.table.columns)
            .filter_map(|column| column.references.as_mut())
    }

    fn add_column(&mut self, rng: &mut Rng, names: &mut Names, at: usize, original: &Snapshot) {
        let to = &self.tables[rng.usize(..self.tables.len())].table;
        let target = (to.name.clone(), world::key(to).clone());
        let points = rng.u8(..4) == 0;
        let mut column =
            if points { world::reference(rng, names, &target) } else { world::column(rng, names) };
        if points {
            // What all old rows would point to depends on the rows that are there.
            column.nullable = true;
        }
        let table = &mut self.tables[at];
        // The name of one that is gone, now and then: it is then that one, altered.
        let before = table.origin.as_ref().and_then(|origin| original.table(origin));
        let gone = before.and_then(|before| {
            before.columns.iter().find(|old| {
                table.table.column(&old.name).is_none()
                    && !table.origins.iter().flatten().any(|(name, _)| *name == old.name)
            })
        });
        let mut origin = None;
        if let Some(old) = gone.filter(|_| rng.bool() && !points)
            && (old.kind == column.kind
                || crate::migrate::convert::convert("c", old.kind, column.kind).is_ok())
        {
            column.name.clone_from(&old.name);
            origin = Some((old.name.clone(), old.kind));
        }
        self.log.push(format!("add {}.{} {} {:?}", table.table.name, column.name, column.kind, origin));
        let place = rng.usize(..=table.table.columns.len());
        table.table.columns.insert(place, column);
        table.origins.insert(place, origin);
    }

    fn drop_column(&mut self, at: usize, column: usize) {
        let table = &mut self.tables[at];
        if table.key() == column {
            return;
        }
        let gone = table.table.columns.remove(column).name;
        table.origins.remove(column);
        table.table.indexes.retain(|index| !index.columns.contains(&gone));
        table.unsearch(&gone);
        self.log.push(format!("drop {}.{gone}", table.table.name));
    }

    fn rename_column(&mut self, rng: &mut Rng, names: &mut Names, at: usize, column: usize) {
        let to = names.next(rng, "c");
        let table = &mut self.tables[at].table;
        let from = std::mem::replace(&mut table.columns[column].name, to.clone());
        let rename = |name: &mut String| {
            if *name == from {
                name.clone_from(&to);
            }
        };
        table.indexes.iter_mut().flat_map(|index| &mut index.columns).for_each(rename);
        table.search.iter_mut().flat_map(|search| &mut search.columns).for_each(rename);
        let name = table.name.clone();
        self.log.push(format!("rename {name}.{from} to {to}"));
        if self.tables[at].table.key == from {
            self.tables[at].table.key.clone_from(&to);
            for reference in self.references().filter(|reference| reference.table == name) {
                reference.column.clone_from(&to);
            }
        }
    }

    fn change_kind(&mut self, rng: &mut Rng, at: usize, column: usize) {
        let is_key = self.tables[at].key() == column;
        let name = self.tables[at].table.name.clone();
        let from = self.tables[at].table.columns[column].kind;
        let is_first = |table: &Drafted, column: usize| {
            table.origins[column].as_ref().is_none_or(|(_, kind)| *kind == table.table.columns[column].kind)
        };
        let points = self.tables[at].table.columns[column].references.is_some();
        if points || !is_first(&self.tables[at], column) {
            return;
        }
        let to = if is_key {
            [world::I64, Kind::Text][rng.usize(..2)]
        } else if let Some(to) = others(rng, from) {
            to
        } else {
            return;
        };
        if to == from || crate::migrate::convert::convert("c", from, to).is_err() {
            return;
        }
        if is_key {
            let all = self.tables.iter().all(|table| {
                table.table.columns.iter().enumerate().all(|(column, known)| {
                    known.references.as_ref().is_none_or(|reference| reference.table != name)
                        || is_first(table, column)
                })
            });
            if !all {
                return;
            }
        }
        self.log.push(format!("{name}.{} from {from} to {to}", self.tables[at].table.columns[column].name));
        for (place, table) in self.tables.iter_mut().enumerate() {
            for number in 0..table.table.columns.len() {
                let known = &table.table.columns[number];
                let points_here =
                    is_key && known.references.as_ref().is_some_and(|reference| reference.table == name);
                if points_here || (place == at && number == column) {
                    table.set_kind(rng, number, to);
                }
            }
        }
    }

    fn change_null(&mut self, rng: &mut Rng, at: usize, column: usize) {
        let table = &mut self.tables[at];
        let is_key = table.key() == column;
        let known = &mut table.table.columns[column];
        // What all old rows would point to is seldom there.
        if is_key || (known.references.is_some() && rng.u8(..4) > 0) {
            return;
        }
        known.nullable ^= true;
        self.log.push(format!("{}.{} null: {}", table.table.name, known.name, known.nullable));
    }

    fn change_default(&mut self, rng: &mut Rng, at: usize, column: usize) {
        let table = &mut self.tables[at];
        let is_key = table.key() == column;
        let known = &mut table.table.columns[column];
        if is_key || known.references.is_some() {
            return;
        }
        known.default = world::default(rng, known.kind);
        self.log.push(format!("{}.{} default {:?}", table.table.name, known.name, known.default));
    }

    /// Lets a key go, or point elsewhere, or makes a key of a column.
    fn change_reference(&mut self, rng: &mut Rng, at: usize, column: usize, before: &Rows) {
        let kind = self.tables[at].table.columns[column].kind;
        let others: Vec<_> = self
            .tables
            .iter()
            .filter(|table| world::key(&table.table).kind == kind)
            .map(|table| Reference { table: table.table.name.clone(), column: table.table.key.clone() })
            .collect();
        let is_key = self.tables[at].key() == column;
        let known = &mut self.tables[at].table.columns[column];
        if is_key || (known.default.is_some() && known.references.is_none()) || before.is_empty() {
            return;
        }
        known.references = if known.references.is_some() && rng.bool() || others.is_empty() {
            None
        } else {
            Some(others[rng.usize(..others.len())].clone())
        };
        let line = format!("{} points to {:?}", known.name, known.references);
        self.log.push(line);
    }

    fn change_index(&mut self, rng: &mut Rng, at: usize) {
        let table = &mut self.tables[at].table;
        if !table.indexes.is_empty() && rng.bool() {
            let place = rng.usize(..table.indexes.len());
            if rng.bool() {
                table.indexes[place].unique ^= true;
            } else {
                table.indexes.remove(place);
            }
        } else {
            world::index(rng, table);
        }
        self.log.push(format!("{} indexes {:?}", table.name, table.indexes));
    }

    fn change_search(&mut self, rng: &mut Rng, at: usize) {
        let table = &mut self.tables[at].table;
        table.search = None;
        if rng.u8(..3) > 0 {
            world::search(rng, table);
        }
        self.log.push(format!("{} search {:?}", table.name, table.search));
    }
}

impl Drafted {
    fn fill(&mut self, rng: &mut Rng, column: &str, kind: Kind) {
        let value = world::value(rng, kind);
        let flag = match (&value, kind) {
            (Value::Integer(number), Kind::Decimal { places, .. }) => {
                let unit = 10_i64.pow(places.into());
                let sign = if *number < 0 { "-" } else { "" };
                let (whole, part) = (number.abs() / unit, number.abs() % unit);
                if places == 0 {
                    number.to_string()
                } else {
                    format!("{sign}{whole}.{part:0width$}", width = places.into())
                }
            }
            (Value::Integer(number), _) => number.to_string(),
            (Value::Real(number), _) => format!("{number}"),
            (Value::Text(text), _) => text.clone(),
            (Value::Blob(bytes), _) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            (Value::Null, _) => unreachable!("no kind has it"),
        };
        self.fills.insert(column.to_owned(), (value, flag));
    }

    fn set_kind(&mut self, rng: &mut Rng, column: usize, to: Kind) {
        let known = &mut self.table.columns[column];
        known.kind = to;
        let name = known.name.clone();
        if known.default.is_some() {
            known.default = Some(world::sql(&world::value(rng, to)));
        }
        self.unsearch(&name);
    }

    fn unsearch(&mut self, column: &str) {
        if let Some(search) = &mut self.table.search {
            search.columns.retain(|other| other != column);
            if search.columns.is_empty() {
                self.table.search = None;
            }
        }
    }
}
