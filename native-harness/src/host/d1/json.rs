//! What becomes of values and rows on their way through D1, which is JSON.

use std::ops::ControlFlow;

use domicile::value::Value;

use crate::sqlite::{Cell, Names, Sink};

/// The rows of a result, as JSON leaves them.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) columns: Vec<String>,
    pub(super) cells: Vec<Value>,
}

impl Sink for Gathered {
    fn columns(&mut self, names: &Names<'_>) {
        self.columns = names.iter().map(str::to_owned).collect();
    }

    fn cell(&mut self, cell: Cell<'_>) {
        self.cells.push(match cell {
            // JSON has no infinity, and writes -0 as 0.
            Cell::Number(number) if number.is_finite() => Value::Number(number + 0.0),
            Cell::Null | Cell::Number(_) => Value::Null,
            Cell::Text(text) => Value::Text(text.into_owned()),
            Cell::Blob(bytes) => Value::Blob(bytes.to_owned()),
        });
    }

    fn end_row(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The same rows as objects of JavaScript: a name stands once, where it came first, with the value that came last; and
/// names that are whole numbers come first, in order. Without rows there are no names.
pub(super) fn keyed(columns: Vec<String>, cells: Vec<Value>) -> (Vec<String>, Vec<Value>) {
    if cells.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let width = columns.len();
    let mut keys: Vec<(Option<u32>, usize)> = Vec::new();
    for (at, name) in columns.iter().enumerate() {
        if !columns[..at].contains(name) {
            let last = columns.iter().rposition(|other| other == name).unwrap_or(at);
            keys.push((index(name), last));
        }
    }
    if keys.len() == width && keys.iter().all(|(index, _)| index.is_none()) {
        return (columns, cells);
    }
    // The sort is stable, so the other names stay in their order.
    keys.sort_by_key(|(index, _)| index.unwrap_or(u32::MAX));
    let kept = |row: &[Value]| keys.iter().map(|(_, at)| row[*at].clone()).collect::<Vec<_>>();
    let cells = cells.chunks(width).flat_map(kept).collect();
    (keys.iter().map(|(_, at)| columns[*at].clone()).collect(), cells)
}

/// The number that a name is to JavaScript.
fn index(name: &str) -> Option<u32> {
    name.parse().ok().filter(|n: &u32| *n < u32::MAX && n.to_string() == name)
}
