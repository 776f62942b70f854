//! [`ScriptStorage`]: an actor's storage, which is an object of the script's.

use domicile::Timestamp;
use domicile::platform::{Query, Ran, Rows, Storage};
use domicile::sql::SqlError;
use wasm_bindgen::JsValue;

use crate::{pack, script};

/// The storage of one Durable Object: the script's `Store` object, which belongs to this value alone.
pub(crate) struct ScriptStorage(pub(crate) JsValue);

impl Storage for ScriptStorage {
    fn run(&self, query: &Query<'_>, rows: &mut dyn Rows) -> Result<Ran, SqlError> {
        let packed = script::sql(&self.0, query.sql, &pack::params(query.params), query.names, query.changes);
        pack::result(&packed, query, rows)
    }

    fn nested(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        script::nested(&self.0, &mut || body()).map_or(Ok(()), |text| Err(SqlError::from_runtime(text)))
    }

    fn alarm(&self) -> Option<Timestamp> {
        let at = script::get_alarm(&self.0);
        #[allow(clippy::cast_possible_truncation)]
        (!at.is_nan()).then(|| Timestamp::from_millis(at as i64))
    }

    fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), SqlError> {
        #[allow(clippy::cast_precision_loss)]
        let at = at.map_or(f64::NAN, |t| t.as_millis() as f64);
        script::set_alarm(&self.0, at).map_or(Ok(()), |text| Err(SqlError::from_runtime(text)))
    }
}
