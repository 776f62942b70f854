//! [`ScriptDatabase`]: a D1 database, which is an object of the runtime's that `js/d1.js` knows how to ask.
//!
//! Statements go as texts and packed parameters, each with a length in four bytes. A packed answer is a status (0 results,
//! 1 an error text) and the results, each with: 1 and four doubles (changes, last rowid, rows read, rows written) or 0; the
//! number of columns and their names; the number of rows as a double and their values.

use std::rc::Rc;

use async_trait::async_trait;
use domicile::platform::{Database, Meta, ResultSet, Statement};
use domicile::sql::SqlError;
use domicile::value::{Value, ValueRef};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::pack::{self, Reader, count, malformed};
use crate::script;

/// The script's object of a D1 database or of a session.
pub(crate) struct ScriptDatabase(pub(crate) JsValue);

#[async_trait(?Send)]
impl Database for ScriptDatabase {
    async fn query(&self, statement: &Statement) -> Result<ResultSet, SqlError> {
        let promise = script::query_d1(&self.0, statement.sql(), &params(statement));
        answer(promise).await?.pop().ok_or_else(malformed)
    }

    async fn batch(&self, statements: &[Statement]) -> Result<Vec<ResultSet>, SqlError> {
        let mut all = Vec::new();
        for statement in statements {
            for piece in [statement.sql().as_bytes(), &params(statement)] {
                // Wasm has 32-bit addresses, so a length always fits.
                all.extend(u32::try_from(piece.len()).unwrap_or(u32::MAX).to_le_bytes());
                all.extend(piece);
            }
        }
        let results = answer(script::batch_d1(&self.0, &all)).await?;
        if results.len() == statements.len() { Ok(results) } else { Err(malformed()) }
    }

    fn session(&self, start: &str) -> Rc<dyn Database> {
        // An empty bookmark means no more than this.
        let start = if start.trim().is_empty() { "first-unconstrained" } else { start };
        Rc::new(Self(script::session_d1(&self.0, start)))
    }

    fn bookmark(&self) -> Option<String> {
        script::bookmark_d1(&self.0)
    }
}

fn params(statement: &Statement) -> Vec<u8> {
    pack::params(&statement.params().iter().map(Value::as_ref).collect::<Vec<_>>())
}

async fn answer(promise: js_sys::Promise) -> Result<Vec<ResultSet>, SqlError> {
    let value = JsFuture::from(promise).await.map_err(|_| malformed())?;
    let packed = value.dyn_into::<js_sys::Uint8Array>().map_err(|_| malformed())?.to_vec();
    let mut reader = Reader(&packed);
    match reader.byte() {
        Some(0) => results(&mut reader).ok_or_else(malformed),
        Some(1) => Err(SqlError::from_d1(&String::from_utf8_lossy(reader.0))),
        _ => Err(malformed()),
    }
}

fn results(reader: &mut Reader<'_>) -> Option<Vec<ResultSet>> {
    let mut all = Vec::new();
    while !reader.0.is_empty() {
        let meta = if reader.short()? == 1 { Some(meta(reader)?) } else { None };
        let columns: Option<Vec<String>> = (0..reader.short()?).map(|_| text(reader)).collect();
        let columns = columns?;
        let rows = count(reader.double()?);
        let mut cells = Vec::new();
        for _ in 0..rows {
            for _ in 0..columns.len() {
                cells.push(reader.value()?.to_owned());
            }
        }
        all.push(ResultSet::new(columns, cells, meta));
    }
    Some(all)
}

fn meta(reader: &mut Reader<'_>) -> Option<Meta> {
    #[allow(clippy::cast_possible_truncation, reason = "a rowid beyond 2^53 has been rounded before")]
    Some(Meta {
        changes: count(reader.double()?),
        last_row_id: reader.double()? as i64,
        rows_read: count(reader.double()?),
        rows_written: count(reader.double()?),
    })
}

fn text(reader: &mut Reader<'_>) -> Option<String> {
    match reader.value()? {
        ValueRef::Text(text) => Some(text.to_owned()),
        _ => None,
    }
}
