//! Routes that write and then end in every way there is, and reads that try to write.

use std::time::Duration;

use domicile::Kind;
use domicile::prelude::*;

use super::{Ledger, Overdrawn};

const HOUR: Duration = Duration::from_hours(1);

/// Writes an entry with the body as its note, sets the alarm, and ends as `{how}` says.
pub(super) fn add(ledger: &mut Ledger, request: &Request, cx: &Cx) -> Result<Response, Failure<Overdrawn>> {
    let how: String = request.param("how")?;
    let note = request.text()?;
    let balance = ledger.enter(1, (!note.is_empty()).then_some(note), cx)?;
    if how != "quietly" {
        cx.alarm().set(cx.now().after(HOUR))?;
    }
    match how.as_str() {
        "ok" | "quietly" => Ok(ledger.state(cx)?.response()?),
        "status" => Ok((StatusCode::CONFLICT, "a status that commits\n").response()?),
        "server-status" => Ok((StatusCode::SERVICE_UNAVAILABLE, "a 503 that commits\n").response()?),
        "redirect" => Ok(Redirect::to(cx.path("/")).response()?),
        "invalid" => Err(Error::new(Kind::Invalid, "the values do not hold").into()),
        "internal" => Err(Error::internal("the secret of the error").into()),
        "refused" => Err(Overdrawn { balance, asked: 7 }.into()),
        "decode" => Err(cx
            .store()
            .query_one::<i64>("SELECT 'text'", ())
            .err()
            .unwrap_or_else(|| Error::internal("it decoded"))
            .into()),
        "sql" => {
            cx.store().execute("UPDATE balance SET amount = -1", ())?;
            Ok(StatusCode::OK.response()?)
        }
        "panic" => panic!("the secret of the panic"),
        "out-of-bounds" => {
            let empty: Vec<u8> = Vec::new();
            Ok(vec![empty[note.len()]].response()?)
        }
        "nested" => nested(cx, |_| Err(Error::internal("inside"))),
        "nested-ok" => nested(cx, |_| Ok(())),
        "nested-panic" => nested(cx, |_| panic!("the secret inside")),
        "nested-then-error" => {
            nested(cx, |_| Ok(()))?;
            Err(Error::new(Kind::Conflict, "outside").into())
        }
        _ => Err(Error::not_found("way to end").into()),
    }
}

/// Writes in a transaction inside that of the event, in two more inside it, and ends the middle one with `end`.
fn nested(cx: &Cx, end: impl FnOnce(&Store) -> Result<()>) -> Result<Response, Failure<Overdrawn>> {
    let note =
        |store: &Store, note: &str| store.execute("INSERT INTO entry (amount, note) VALUES (0, ?)", (note,));
    let result: Result<()> = cx.store().transaction(|store| {
        note(store, "inner")?;
        cx.alarm().clear()?;
        store.transaction(|store| note(store, "innermost").map(|_| ()))?;
        let undone: Result<()> = store.transaction(|store| {
            note(store, "undone")?;
            Err(Error::internal("undone"))
        });
        note(store, if undone.is_err() { "after" } else { "wrong" })?;
        end(store)
    });
    let alarm = if cx.alarm().get().is_some() { "set" } else { "none" };
    Ok(format!("{result:?}, alarm {alarm}\n").response()?)
}

/// GET routes that write: each is refused but the last.
pub(super) fn reads(r: &mut Routes<Ledger>) {
    r.get("/read/write", |_, _, cx| cx.store().execute(WRITE, ()).map(|n| format!("{n}\n")));
    r.get("/read/swallow", |_, _, cx| match cx.store().execute(WRITE, ()) {
        Ok(_) => "it wrote\n".to_owned(),
        Err(error) => format!("{:?}: {error}\n", error.kind()),
    });
    r.get("/read/returning", |_, _, cx| {
        cx.store()
            .query_one::<i64>("INSERT INTO entry (amount) VALUES (5) RETURNING id", ())
            .map(|n| format!("{n}\n"))
    });
    r.get("/read/with", |_, _, cx| {
        let sql = "WITH n AS (SELECT 5) INSERT INTO entry (amount) SELECT * FROM n";
        cx.store().execute(sql, ()).map(|n| format!("{n}\n"))
    });
    r.get("/read/nested", |_, _, cx| {
        cx.store().transaction(|store| store.execute(WRITE, ()).map(|n| format!("{n}\n")))
    });
    r.get("/read/schema", |_, _, cx| {
        cx.store().execute("CREATE TABLE more (n INTEGER)", ()).map(|n| format!("{n}\n"))
    });
    r.get("/read/alarm", |_, _, cx| cx.alarm().set(cx.now().after(HOUR)));
    r.get("/read/clear", |_, _, cx| cx.alarm().clear());
    r.get("/read/panic", |_, _, _| -> String { panic!("the secret of a read") });
    r.get("/read/fail", |_, _, _| Err::<(), _>(Error::new(Kind::Forbidden, "not for you")));
    r.get("/read/allowed", |_, _, cx| {
        cx.store().execute("INSERT INTO entry (amount, note) VALUES (5, 'by GET')", ())?;
        Ok::<_, Error>("written\n")
    })
    .writes();
}

/// Writes to the table whose rows are being read: only those that were there before come.
pub(super) fn double(_: &mut Ledger, _: &Request, cx: &Cx) -> Result<String> {
    let mut seen = 0;
    cx.store().each("SELECT id FROM entry ORDER BY id LIMIT 50", (), |id: i64| {
        seen += 1;
        cx.store().execute("INSERT INTO entry (amount, note) VALUES (0, ?)", (format!("twin of {id}"),))?;
        cx.store().execute("CREATE INDEX IF NOT EXISTS by_amount ON entry (amount)", ())?;
        Ok(())
    })?;
    Ok(format!("{seen} seen\n"))
}

const WRITE: &str = "INSERT INTO entry (amount, note) VALUES (5, 'by a read')";
