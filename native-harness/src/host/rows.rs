//! [`Packed`]: gathers the cells of a row, which SQLite lends one by one, and hands them over as one row.

use std::ops::{ControlFlow, Range};

use domicile::platform::Rows;
use domicile::value::ValueRef;

use crate::sqlite::{Cell, Names, Sink};

/// Hands each row of a result to `rows`, and ends the statement when that wants no more.
pub(super) struct Packed<'a> {
    rows: &'a mut dyn Rows,
    names: bool,
    refused: bool,
    cells: Vec<Kept>,
    text: String,
    bytes: Vec<u8>,
}

/// A cell whose content is kept in a buffer that all rows share.
enum Kept {
    Null,
    Number(f64),
    Text(Range<usize>),
    Blob(Range<usize>),
}

impl<'a> Packed<'a> {
    pub(super) fn new(rows: &'a mut dyn Rows, names: bool) -> Self {
        Self { rows, names, refused: false, cells: Vec::new(), text: String::new(), bytes: Vec::new() }
    }
}

impl Sink for Packed<'_> {
    fn columns(&mut self, names: &Names<'_>) {
        if self.names {
            let names: Vec<&str> = names.iter().collect();
            // What is wrong is kept by the one who reads.
            self.refused = self.rows.columns(&names).is_err();
        }
    }

    fn cell(&mut self, cell: Cell<'_>) {
        self.cells.push(match cell {
            Cell::Null => Kept::Null,
            Cell::Number(number) => Kept::Number(number),
            Cell::Text(text) => {
                let start = self.text.len();
                self.text.push_str(&text);
                Kept::Text(start..self.text.len())
            }
            Cell::Blob(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Kept::Blob(start..self.bytes.len())
            }
        });
    }

    fn end_row(&mut self) -> ControlFlow<()> {
        if self.refused {
            return ControlFlow::Break(());
        }
        let cells: Vec<ValueRef<'_>> = self
            .cells
            .iter()
            .map(|cell| match cell {
                Kept::Null => ValueRef::Null,
                Kept::Number(number) => ValueRef::Number(*number),
                Kept::Text(range) => ValueRef::Text(&self.text[range.clone()]),
                Kept::Blob(range) => ValueRef::Blob(&self.bytes[range.clone()]),
            })
            .collect();
        let wanted = self.rows.row(&cells);
        self.cells.clear();
        self.text.clear();
        self.bytes.clear();
        if wanted.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
