//! Rows read as Rust types, by the type's name.

use domicile::prelude::*;
use domicile::{Kind, Value};
use serde_json::{Value as Plain, json};

use super::value::{number, shown};

/// A struct that is read by its columns' names.
#[derive(FromRow, Debug)]
struct Named {
    id: i64,
    note: Option<String>,
}

/// The one row of `sql` as the type that is called `name`.
///
/// # Errors
/// The statement's, and that the row is no such type.
pub(super) fn read_as(store: &Store, name: &str, sql: &str) -> Result<Plain> {
    Ok(match name {
        "bool" => json!(store.query_one::<bool>(sql, ())?),
        "i8" => json!(store.query_one::<i8>(sql, ())?),
        "u8" => json!(store.query_one::<u8>(sql, ())?),
        "i64" => json!(store.query_one::<i64>(sql, ())?),
        "u64" => json!(store.query_one::<u64>(sql, ())?),
        "f64" => number(store.query_one::<f64>(sql, ())?),
        "String" => json!(store.query_one::<String>(sql, ())?),
        "Vec<u8>" => json!({ "b": store.query_one::<Vec<u8>>(sql, ())? }),
        "Value" => shown(&store.query_one::<Value>(sql, ())?),
        "Timestamp" => json!(store.query_one::<Timestamp>(sql, ())?.as_millis()),
        "Option<i64>" => json!(store.query_one::<Option<i64>>(sql, ())?),
        "(i64, String)" => json!(store.query_one::<(i64, String)>(sql, ())?),
        "Named" => {
            let Named { id, note } = store.query_one(sql, ())?;
            json!({ "id": id, "note": note })
        }
        "()" => json!(store.query_one::<()>(sql, ())?),
        _ => return Err(Error::new(Kind::BadRequest, format!("no type to read as: {name}"))),
    })
}
