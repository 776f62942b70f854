//! The packed form of parameters, rows and requests, which `js/pack.js` writes and reads.
//!
//! A value is a tag and its content: 0 NULL, 1 a double, 2 text and 3 a blob with their length in four bytes; all
//! numbers are little-endian. A result is a status (0 rows, 1 an error text), rows read and written as doubles, the
//! number of columns in two bytes, their names with two-byte lengths where they were asked for, and the values.

use domicile::platform::{Query, Ran, Rows};
use domicile::sql::SqlError;
use domicile::value::ValueRef;

const NULL: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;

/// The packed parameters of a statement.
pub(crate) fn params(values: &[ValueRef<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() * 16);
    for value in values {
        match value {
            ValueRef::Null => out.push(NULL),
            ValueRef::Number(n) => {
                out.push(NUMBER);
                out.extend(n.to_le_bytes());
            }
            ValueRef::Text(text) => bytes(&mut out, TEXT, text.as_bytes()),
            ValueRef::Blob(blob) => bytes(&mut out, BLOB, blob),
        }
    }
    out
}

fn bytes(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    // Wasm has 32-bit addresses, so a length always fits.
    out.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(content);
}

/// Reads what [`params`] and its like in the script wrote.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(crate) fn double(&mut self) -> Option<f64> {
        self.take(8)?.try_into().ok().map(f64::from_le_bytes)
    }

    pub(crate) fn short(&mut self) -> Option<usize> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes).map(usize::from)
    }

    pub(crate) fn long(&mut self) -> Option<usize> {
        usize::try_from(self.take(4)?.try_into().ok().map(u32::from_le_bytes)?).ok()
    }

    fn text(&mut self, length: usize) -> Option<&'a str> {
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(crate) fn value(&mut self) -> Option<ValueRef<'a>> {
        Some(match self.byte()? {
            NULL => ValueRef::Null,
            NUMBER => ValueRef::Number(self.double()?),
            TEXT => {
                let length = self.long()?;
                ValueRef::Text(self.text(length)?)
            }
            BLOB => {
                let length = self.long()?;
                ValueRef::Blob(self.take(length)?)
            }
            _ => return None,
        })
    }
}

/// Gives the rows of a packed result to `rows`.
pub(crate) fn result(packed: &[u8], query: &Query<'_>, rows: &mut dyn Rows) -> Result<Ran, SqlError> {
    let mut reader = Reader(packed);
    match reader.byte() {
        Some(0) => read(&mut reader, query, rows).unwrap_or_else(|| Err(malformed())),
        Some(1) => Err(SqlError::from_runtime(String::from_utf8_lossy(reader.0))),
        _ => Err(malformed()),
    }
}

fn read(reader: &mut Reader<'_>, query: &Query<'_>, rows: &mut dyn Rows) -> Option<Result<Ran, SqlError>> {
    let (read, written) = (count(reader.double()?), count(reader.double()?));
    let changes = count(reader.double()?);
    let columns = reader.short()?;
    if query.names {
        let mut all = Vec::with_capacity(columns);
        for _ in 0..columns {
            let length = reader.short()?;
            all.push(reader.text(length)?);
        }
        if rows.columns(&all).is_err() {
            return Some(Err(stopped()));
        }
    }
    let mut cells = vec![ValueRef::Null; columns];
    while !reader.0.is_empty() && columns > 0 {
        for cell in &mut cells {
            *cell = reader.value()?;
        }
        if rows.row(&cells).is_err() {
            return Some(Err(stopped()));
        }
    }
    // What is scanned and sorted the runtime does not tell.
    Some(Ok(Ran { read, written, changes, ..Ran::default() }))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn count(n: f64) -> u64 {
    n.max(0.0) as u64
}

pub(crate) fn malformed() -> SqlError {
    SqlError::from_runtime("the script sent a malformed result")
}

/// The store keeps the reader's own error and looks at this one no further.
fn stopped() -> SqlError {
    SqlError::from_runtime("the reader of the rows stopped")
}
