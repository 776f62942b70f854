//! The steps of a program. What a failed statement did before it failed stays, as with the runtime's own `exec`.

use std::time::Duration;

use domicile::Value;
use domicile::prelude::*;
use serde_json::{Value as Plain, json};

use super::value::{self, Param, shown};
use super::{Cases, Undone, dump, ended, read_as};
use crate::program::{Alarm, Bound, End, Event, Step};

/// Long enough that no alarm of a case goes off.
const HOUR: Duration = Duration::from_hours(1);

/// Does the steps of an event and ends it.
pub(super) fn play(cases: &Cases, event: &Event, cx: &Cx) -> Result<String, Failure<Undone>> {
    ended(&each(cases, &event.steps, cx), event.end)
}

fn each(cases: &Cases, steps: &[Step], cx: &Cx) -> Vec<Plain> {
    steps.iter().map(|step| one(cases, step, cx).unwrap_or_else(|error| value::error(&error))).collect()
}

fn one(cases: &Cases, step: &Step, cx: &Cx) -> Result<Plain> {
    let store = cx.store();
    Ok(match step {
        Step::Sql(sql, params) => {
            let before = store.meter().written();
            let rows: Vec<Vec<Value>> = store.query_all(sql, params_of(params)?)?;
            json!({ "rows": rows.iter().map(|cells| row(cells)).collect::<Vec<_>>(), "written": store.meter().written() - before })
        }
        Step::Execute(sql, params) => json!({ "written": store.execute(sql, params_of(params)?)? }),
        Step::One(sql, params) => {
            json!({ "row": row(&store.query_one::<Vec<Value>>(sql, params_of(params)?)?) })
        }
        Step::Opt(sql, params) => {
            json!({ "row": store.query_opt::<Vec<Value>>(sql, params_of(params)?)?.map(|cells| row(&cells)) })
        }
        Step::As(name, sql) => json!({ "is": read_as::read_as(store, name, sql)? }),
        Step::Nested(end, steps) => nested(cases, *end, steps, cx),
        Step::Alarm(Alarm::Set) => json!({ "set": cx.alarm().set(cx.now().after(HOUR)).map(|()| "yes")? }),
        Step::Alarm(Alarm::Clear) => json!({ "cleared": cx.alarm().clear().map(|()| "yes")? }),
        Step::Alarm(Alarm::Ask) => {
            json!({ "alarm": cx.alarm().get().map(|at| if at > cx.now() { "later" } else { "due" }) })
        }
        Step::Memory => json!({ "events": cases.events }),
        Step::Clock => clock(cx)?,
        Step::Chance => chance(cases, cx)?,
        Step::Dump => dump::dump(store)?,
    })
}

fn params_of(params: &[Bound]) -> Result<Vec<Param>> {
    params.iter().map(Param::of).collect()
}

fn row(cells: &[Value]) -> Vec<Plain> {
    cells.iter().map(shown).collect()
}

/// Steps in a transaction of their own. A panic of it goes on through the event.
fn nested(cases: &Cases, end: End, steps: &[Step], cx: &Cx) -> Plain {
    let mut inner = Vec::new();
    let ran: Result<()> = cx.store().transaction(|_| {
        inner = each(cases, steps, cx);
        match end {
            End::Ok => Ok(()),
            End::Fail => Err(Error::internal("the program says so")),
            End::Panic => panic!("the program says so, inside"),
        }
    });
    json!({ "inner": inner, "ran": ran.map_err(|error| value::error(&error)).err() })
}

/// The time before and after some work, to this actor and to SQL.
fn clock(cx: &Cx) -> Result<Plain> {
    let before = cx.now();
    let work = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT sum(i) FROM n";
    let sum: f64 = cx.store().query_one(work, ())?;
    let seconds: f64 = cx.store().query_one("SELECT unixepoch('now')", ())?;
    // SQL's own clock may run while an event's stands still, so it is only near.
    #[allow(clippy::cast_precision_loss)]
    let near = (seconds - cx.now().as_millis() as f64 / 1000.0).abs() < 60.0;
    Ok(json!({ "sum": sum, "still": before == cx.now(), "sql_is_near": near }))
}

/// Draws of this actor and of SQL, and the last one of the event before.
fn chance(cases: &Cases, cx: &Cx) -> Result<Plain> {
    let (one, other): ([u8; 16], [u8; 16]) = (cx.random(), cx.random());
    let sql: bool =
        cx.store().query_one("SELECT random() <> random() AND randomblob(16) <> randomblob(16)", ())?;
    Ok(
        json!({ "new": one != other, "since": cases.drawn.map(|drawn| drawn != one && drawn != other), "sql": sql }),
    )
}
