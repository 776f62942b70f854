//! Statements from outside, so that scenarios can ask for any: what both hosts refuse, and in which words.

use domicile::prelude::*;

use super::Ledger;

pub(super) fn routes(r: &mut Routes<Ledger>) {
    // An `Ok` with the error in it: what the statement did before it failed would be committed.
    r.post("/sql", |_, request, cx| {
        Ok::<_, Error>(match cx.store().execute(request.text()?, ()) {
            Ok(written) => format!("written {written}\n"),
            Err(error) => format!("{:?}: {error}\n", error.kind()),
        })
    });
    // The same with the error as it leaves a route.
    r.post("/sql/strict", |_, request, cx| {
        cx.store().execute(request.text()?, ()).map(|written| format!("written {written}\n"))
    });
    r.post("/query", |_, request, cx| {
        let rows: Vec<Vec<domicile::Value>> = cx.store().query_all(request.text()?, ())?;
        Ok::<_, Error>(rows.iter().map(|row| format!("{row:?}\n")).collect::<String>())
    });
}
