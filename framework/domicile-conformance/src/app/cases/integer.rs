//! Integers that no double holds, as handlers read and bind them.

use std::fmt::{Debug, Write};

use domicile::Value;
use domicile::prelude::*;

use super::Cases;

/// A row with an exact integer.
#[derive(FromRow)]
struct Kept {
    id: Exact64,
    other: Option<Exact64>,
}

pub(super) fn routes(r: &mut Routes<Cases>) {
    r.post("/integers", |_, _, cx| -> Result<String> {
        let store = cx.store();
        let mut out = String::new();
        tell(&mut out, "i64 of 9007199254740991", store.query_one::<i64>("SELECT 9007199254740991", ()));
        tell(&mut out, "i64 of 9007199254740993", store.query_one::<i64>("SELECT 9007199254740993", ()));
        tell(&mut out, "f64 of 9007199254740993", store.query_one::<f64>("SELECT 9007199254740993", ()));
        tell(&mut out, "Value of 9007199254740993", store.query_one::<Value>("SELECT 9007199254740993", ()));
        tell(&mut out, "i64 bound", store.query_one::<i64>("SELECT ?", (9_007_199_254_740_992_i64,)));
        store.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, other INTEGER) STRICT", ())?;
        store.execute("INSERT INTO kept VALUES (?, ?)", (Exact64::new(i64::MAX), None::<Exact64>))?;
        let tuple = "SELECT CAST(id AS TEXT), typeof(id), ? FROM kept";
        let row = store.query_one::<(Exact64, String, Exact64)>(tuple, (Exact64::new(i64::MIN),));
        tell(&mut out, "exact in a tuple", row);
        let named = "SELECT other, CAST(id AS TEXT) AS id FROM kept";
        let row = store.query_one(named, ()).map(|Kept { id, other }| (id, other));
        tell(&mut out, "exact in a struct", row);
        tell(&mut out, "exact of a number", store.query_one::<Exact64>("SELECT 5", ()));
        tell(&mut out, "exact of a rounded number", store.query_one::<Exact64>("SELECT id FROM kept", ()));
        let found = "SELECT count(*) FROM kept WHERE id = ?";
        tell(&mut out, "found by it", store.query_one::<i64>(found, (Exact64::new(i64::MAX),)));
        Ok(out)
    });
}

fn tell(out: &mut String, what: &str, result: Result<impl Debug>) {
    // Writing to a string cannot fail.
    let _ = match result {
        Ok(value) => writeln!(out, "{what}: Ok({value:?})"),
        Err(error) => writeln!(out, "{what}: {:?}: {error}", error.kind()),
    };
}
