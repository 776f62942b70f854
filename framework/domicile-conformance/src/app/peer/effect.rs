//! Effects: what is written before them stays, whatever becomes of them.

use std::time::Duration;

use domicile::Kind;
use domicile::prelude::*;
use futures_util::future::join;

use super::{Lost, Peer, Write};

/// How an effect is to run.
#[derive(Message, Serialize, Deserialize, Schema, Clone)]
#[message(reply = String, error = Lost)]
pub(crate) struct Delayed {
    /// How long it waits, in milliseconds.
    pub ms: u64,
    /// How long it may run, in milliseconds.
    pub limit: u64,
    /// How it ends: ok, error, refuse, panic.
    pub end: String,
}

impl Deferring<Delayed> for Peer {
    fn defer(&mut self, delayed: Delayed, cx: &Cx) -> Result<Effect<String, Lost>, Failure<Lost>> {
        cx.store().execute("INSERT INTO note (text) VALUES ('decided')", ())?;
        let limit = Duration::from_millis(delayed.limit);
        let me = cx.name().to_string();
        Ok(cx.effect(async move |outside: Outside| run(outside, delayed, me).await).timeout(limit))
    }
}

/// The alarm's handler commits, and what it put off fails: that is no reason to run it again.
impl Deferring<Alarm> for Peer {
    fn defer(&mut self, alarm: Alarm, cx: &Cx) -> Result<Effect<()>, Failure> {
        let note = format!("alarm, try {}", alarm.retry);
        cx.store().execute("INSERT INTO note (text) VALUES (?)", (note,))?;
        let me = cx.name().to_string();
        Ok(cx.effect(async move |outside: Outside| {
            outside.address::<Peer>(me).ask(Write("rung".to_owned())).await?;
            Err(Error::internal("the secret of the alarm").into())
        }))
    }
}

async fn run(outside: Outside, delayed: Delayed, me: String) -> Result<String, Failure<Lost>> {
    outside.sleep(Duration::from_millis(delayed.ms)).await;
    match delayed.end.as_str() {
        "ok" => {
            let id = outside.address::<Peer>(me).ask(Write("done".to_owned())).await?;
            Ok(format!("note {id}\n"))
        }
        "error" => Err(Error::internal("the secret of the effect").into()),
        "forbidden" => Err(Error::forbidden("not after the commit").into()),
        "refuse" => Err(Lost { at: me, why: "refused".to_owned() }.into()),
        "panic" => panic!("the secret of the effect"),
        other => Err(Error::new(Kind::Invalid, format!("cannot end with {other}")).into()),
    }
}

pub(super) fn routes(r: &mut Routes<Peer>) {
    // The effect is the route's own.
    r.post("/effect/{end}/{ms}/{limit}", |_, request, cx| {
        let delayed = delayed(request)?;
        cx.store().execute("INSERT INTO note (text) VALUES ('decided')", ())?;
        let limit = Duration::from_millis(delayed.limit);
        let me = cx.name().to_string();
        Ok::<_, Error>(
            cx.effect(async move |outside: Outside| {
                run(outside, delayed, me).await.map_err(Error::from)?.response().map_err(Into::into)
            })
            .timeout(limit),
        )
    });
    // The effect asks this actor itself, which defers.
    r.post("/defer/{end}/{ms}/{limit}", |_, request, cx| {
        let delayed = delayed(request)?;
        let me = cx.name().to_string();
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            let said = match outside.address::<Peer>(me).ask(delayed).await {
                Ok(said) => said,
                Err(error) => format!("{error:?}\n"),
            };
            said.response().map_err(Into::into)
        }))
    });
    r.get("/slow/{ms}", |_, request, cx| {
        let time = Duration::from_millis(request.param("ms")?);
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            outside.sleep(time).await;
            "slow\n".response().map_err(Into::into)
        }))
    });
    r.post("/alarm/{ms}", |_, request, cx| {
        cx.alarm().set(cx.now().after(Duration::from_millis(request.param("ms")?)))?;
        Ok::<_, Error>("set\n")
    });
    r.post("/d1", |_, _, cx| Ok::<_, Error>(noted_in_d1(cx)));
    // What is decided is undone with the effect that was never begun.
    r.post("/undecided", |_, _, cx| {
        cx.store().execute("INSERT INTO note (text) VALUES ('undecided')", ())?;
        let effect: Effect<Response> = cx.effect(async |_| "never\n".response().map_err(Into::into));
        drop(effect);
        Err::<Effect<Response>, _>(Error::new(Kind::Conflict, "undecided"))
    });
    r.get("/fetch", |_, request, cx| {
        let url = request.query_value("url").ok_or_else(|| Error::bad_request("no url"))?;
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            let request = domicile::http::Request::post(url)
                .header("x-from", "an effect")
                .body("a body".into())
                .map_err(|e| Error::bad_request(e.to_string()))?;
            let got = outside.fetch(request).await?;
            let mut answer = String::from_utf8_lossy(got.body()).into_owned();
            answer.insert_str(0, &format!("{}: ", got.status().as_u16()));
            answer.response().map_err(Into::into)
        }))
    });
}

/// What an actor notes in D1, which is no part of its transaction: two at the same time, and their number.
fn noted_in_d1(cx: &Cx) -> Effect<Response> {
    let me = cx.name().to_string();
    cx.effect(async move |outside: Outside| {
        let db = outside.d1_named("OTHER_DB")?;
        db.execute("CREATE TABLE IF NOT EXISTS noted (name)", ()).await?;
        let note = || db.execute("INSERT INTO noted VALUES (?)", (&me,));
        let (one, other) = join(note(), note()).await;
        let count: i64 = db.query_one("SELECT count(*) FROM noted WHERE name = ?", (&me,)).await?;
        format!("{} of {count}\n", one? + other?).response().map_err(Into::into)
    })
}

fn delayed(request: &Request) -> Result<Delayed> {
    Ok(Delayed { ms: request.param("ms")?, limit: request.param("limit")?, end: request.param("end")? })
}
