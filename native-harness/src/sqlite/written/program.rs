//! [`Program`]: the instructions of a compiled statement that write, read from EXPLAIN's list.

use std::collections::HashMap;

use rusqlite::Statement;

/// `OPFLAG_NCHANGE`: the instruction counts as a changed row.
const COUNTED: i64 = 0x01;
/// `OPFLAG_ISUPDATE`: the row takes another's place.
const UPDATES: i64 = 0x04;
/// `OPFLAG_P2ISREG`: the root page is in a register, as that of a table which the statement itself creates.
const REGISTER: i64 = 0x10;
/// The root page of the schema table.
const SCHEMA: i64 = 1;

/// What a statement's program, with those of its triggers, can write.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) rows: Vec<RowSite>,
    /// Rows of tables WITHOUT ROWID, which are entries of an index: its root page, and the other entries.
    pub(super) keyed: Vec<(i64, Entries)>,
    /// A row may take the place of others, which are deleted without being counted.
    pub(super) replaces: bool,
    /// Tables from which rows are deleted one by one.
    pub(super) deletes: Vec<Box<str>>,
    /// Places that empty a table.
    pub(super) clears: usize,
    pub(super) tables: Vec<VirtualSite>,
    /// Rows that are added to the schema.
    pub(super) schema: u64,
    /// Rows are added to a table that is neither an application's nor the schema: that of AUTOINCREMENT, or in a change
    /// of the schema the table that is made anew.
    pub(super) unnamed: bool,
    /// The root pages of indexes to which entries are added by themselves: INSERT … SELECT copies a table and then each
    /// of its indexes where it can, and some changes of the schema build indexes.
    pub(super) copied: Vec<i64>,
    /// How many triggers may cause one another; 0 where one may cause itself.
    pub(super) depth: u32,
    /// It has triggers, or actions of foreign keys.
    pub(super) triggers: bool,
}

/// A place that writes rows into a table.
#[derive(Debug)]
pub(super) struct RowSite {
    pub(super) table: Box<str>,
    pub(super) update: bool,
    pub(super) entries: Entries,
}

/// The index entries that come with a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entries {
    /// In indexes that have an entry for every row.
    pub(super) always: u64,
    /// The root pages of partial indexes.
    pub(super) partial: Vec<i64>,
}

impl Entries {
    pub(super) fn is_empty(&self) -> bool {
        self.always == 0 && self.partial.is_empty()
    }
}

/// A place that writes to a virtual table.
#[derive(Debug)]
pub(super) struct VirtualSite {
    pub(super) updates: bool,
    /// In a trigger's program.
    pub(super) inner: bool,
}

impl Program {
    /// Reads the list that EXPLAIN gives.
    pub(super) fn read(explain: &mut Statement<'_>) -> rusqlite::Result<Self> {
        let mut reader = Reader::default();
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next()? {
            let operation = Operation {
                address: row.get(0)?,
                code: row.get_ref(1)?.as_str().unwrap_or_default(),
                p1: row.get(2)?,
                p2: row.get(3)?,
                p3: row.get(4)?,
                p4: row.get_ref(5)?.as_str().ok(),
                p5: row.get(6)?,
            };
            reader.take(&operation);
        }
        Ok(reader.finish())
    }
}

struct Operation<'a> {
    address: i64,
    code: &'a str,
    p1: i64,
    p2: i64,
    p3: i64,
    p4: Option<&'a str>,
    p5: i64,
}

#[derive(Default)]
struct Reader {
    program: Program,
    /// The root page behind each cursor that writes to the database; cursors on passing tables have none.
    cursors: HashMap<i64, i64>,
    /// Inside the main program, and then inside those of triggers, which are listed behind it.
    main: bool,
    inner: bool,
    depth: u32,
    /// How deep each trigger's program lies, in the order of their calls, which is that of the list.
    called: Vec<u32>,
    listed: usize,
    /// Entries that were written just now. Those of a row come directly before the row.
    run: Entries,
    row: Option<i64>,
    last: i64,
    /// An entry that is written only if a value is not NULL: where the jump around it ends.
    jump: Option<i64>,
    /// Where the jump ends by which CREATE TABLE … WITHOUT ROWID leaves out the index that is the table itself.
    left_out: i64,
}

impl Reader {
    fn take(&mut self, operation: &Operation<'_>) {
        let &Operation { address, code, p1, p2, p3, p4, p5 } = operation;
        let jump = self.jump.take();
        let root = self.cursors.get(&p1).copied();
        match code {
            "IsNull" => {
                self.jump = Some(p2);
                return;
            }
            "IdxInsert" if let Some(root) = root => {
                if jump == Some(address + 1) {
                    self.run.partial.push(root);
                } else {
                    self.run.always += 1;
                    self.last = root;
                }
                if p5 & COUNTED != 0 {
                    self.row = Some(root);
                }
                return;
            }
            "Insert" if let Some(root) = root => {
                let entries = std::mem::take(&mut self.run);
                match p4 {
                    Some(table) => {
                        let update = p5 & UPDATES != 0;
                        self.program.rows.push(RowSite { table: table.into(), update, entries });
                    }
                    None if root == SCHEMA => self.program.schema += u64::from(address >= self.left_out),
                    None => self.program.unnamed = true,
                }
            }
            _ => {}
        }
        self.end_run();
        match code {
            "Init" if address == 0 => {
                self.inner = std::mem::replace(&mut self.main, true);
                if self.inner {
                    self.depth = self.called.get(self.listed).copied().unwrap_or_default();
                    self.listed += 1;
                }
                self.cursors.clear();
            }
            "Program" => self.called.push(self.depth + 1),
            "OpenWrite" => {
                self.cursors.insert(p1, if p5 & REGISTER == 0 { p2 } else { 0 });
            }
            "OpenRead" | "OpenEphemeral" | "OpenAutoindex" | "OpenDup" | "OpenPseudo" | "SorterOpen"
            | "VOpen" => {
                self.cursors.remove(&p1);
            }
            "Delete" if root.is_some() && p2 & COUNTED != 0 => {
                self.program.deletes.push(p4.unwrap_or_default().into());
            }
            "Delete" if root.is_some() => self.program.replaces = true,
            "Goto" if p2 > address => self.left_out = p2,
            "Clear" if p3 != 0 => self.program.clears += 1,
            "VUpdate" => {
                self.program.tables.push(VirtualSite { updates: p1 == 0 && p2 > 1, inner: self.inner });
            }
            _ => {}
        }
    }

    fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let mut entries = std::mem::take(&mut self.run);
        if let Some(root) = self.row.take() {
            entries.always -= 1;
            self.program.keyed.push((root, entries));
        } else {
            self.program.copied.push(self.last);
        }
    }

    fn finish(mut self) -> Program {
        self.end_run();
        self.program.triggers = self.listed > 0;
        // A program that is called from two places is listed once.
        if self.called.len() == self.listed {
            self.program.depth = self.called.iter().copied().max().unwrap_or_default();
        }
        self.program
    }
}
