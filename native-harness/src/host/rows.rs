//! [`Packed`]: gathers the cells of a result, which SQLite lends one by one, and hands them over row by row.
//!
//! The statement has ended before the first row is handed over, as on workerd: the reader of a row may write to the
//! table that is read, and neither sees what it wrote nor finds the table locked.

use std::ops::{ControlFlow, Range};

use domicile::platform::Rows;
use domicile::value::ValueRef;

use crate::sqlite::{Cell, Names, Sink};

/// Keeps the rows of a result for `rows`.
pub(super) struct Packed<'a> {
    rows: &'a mut dyn Rows,
    names: bool,
    refused: bool,
    count: usize,
    cells: Vec<Kept>,
    text: String,
    bytes: Vec<u8>,
}

/// A cell whose content is kept in a buffer that all cells share.
enum Kept {
    Null,
    Number(f64),
    Text(Range<usize>),
    Blob(Range<usize>),
}

impl<'a> Packed<'a> {
    pub(super) fn new(rows: &'a mut dyn Rows, names: bool) -> Self {
        Self {
            rows,
            names,
            refused: false,
            count: 0,
            cells: Vec::new(),
            text: String::new(),
            bytes: Vec::new(),
        }
    }

    /// Hands the rows over until no more are wanted. What stopped it is kept by the one who reads.
    pub(super) fn hand_over(self) {
        // The cells of the row that was at hand then are still there.
        if self.refused {
            return;
        }
        let width = self.cells.len().checked_div(self.count).unwrap_or_default();
        for row in self.cells.chunks(width.max(1)) {
            let cells: Vec<ValueRef<'_>> = row
                .iter()
                .map(|cell| match cell {
                    Kept::Null => ValueRef::Null,
                    Kept::Number(number) => ValueRef::Number(*number),
                    Kept::Text(range) => ValueRef::Text(&self.text[range.clone()]),
                    Kept::Blob(range) => ValueRef::Blob(&self.bytes[range.clone()]),
                })
                .collect();
            if self.rows.row(&cells).is_err() {
                return;
            }
        }
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
        self.count += 1;
        ControlFlow::Continue(())
    }
}
