//! An app with a till that may be asked, that waits, and that rings.

use std::time::Duration;

use domicile::prelude::*;

pub(crate) fn app(_: &Env) -> App {
    App::new()
        .takes("GREETING")
        .route(Method::GET, "/greeting", async |_: Request, outside: Outside| {
            outside.env().get("GREETING").unwrap_or("none").to_owned()
        })
        .route(Method::GET, "/panic", async |_: Request, _: Outside| -> String { panic!("at the entry") })
        .actor::<Till>(tenant::path("/t"))
}

/// Puts an amount in, and gives the sum.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64, error = Overdrawn)]
pub(crate) struct Put(pub(crate) i64);

#[derive(Refusal, Serialize, Deserialize, Schema, Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overdrawn;

/// The sum.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
pub(crate) struct Sum;

/// Puts an amount in, waits some seconds, and puts the same into another till.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
pub(crate) struct Share {
    pub(crate) amount: i64,
    pub(crate) with: String,
    pub(crate) after: u64,
}

/// Rings after some seconds, and again as often.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
pub(crate) struct RingIn(pub(crate) u64);

/// Fetches a page.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String)]
pub(crate) struct Fetch(pub(crate) String);

/// The entries by their time, found in the slowest way.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<i64>)]
pub(crate) struct Largest;

/// Bytes that nobody can guess.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<u8>)]
pub(crate) struct Draw;

/// Panics after it has written.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
pub(crate) struct Panic;

/// How often it was asked for the sum since it started.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = u32)]
pub(crate) struct Asked;

#[derive(Actor, Default)]
#[actor(
    handles(Put, RingIn, Draw, Panic, Alarm, Asked),
    reads(Sum, Largest),
    defers(Share, Fetch),
    routes = routes,
    migrations = MIGRATIONS
)]
pub(crate) struct Till {
    asked: u32,
}

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_till",
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
          CREATE INDEX entry_by_amount ON entry (amount);
          CREATE TABLE ring (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, every INTEGER NOT NULL) STRICT;",
)];

impl Till {
    fn put(&self, amount: i64, cx: &Cx) -> Result<i64> {
        cx.store().execute("INSERT INTO entry (amount, at) VALUES (?, ?)", (amount, cx.now()))?;
        cx.store().query_one("SELECT sum(amount) FROM entry", ())
    }
}

impl Handler<Put> for Till {
    fn handle(&mut self, Put(amount): Put, cx: &Cx) -> Result<i64, Failure<Overdrawn>> {
        let sum = self.put(amount, cx)?;
        if sum < 0 { Err(Overdrawn.into()) } else { Ok(sum) }
    }
}

impl Reader<Sum> for Till {
    fn read(&self, _: Sum, cx: &Cx) -> Result<i64, Failure> {
        Ok(cx.store().query_one("SELECT ifnull(sum(amount), 0) FROM entry", ())?)
    }
}

impl Reader<Largest> for Till {
    fn read(&self, _: Largest, cx: &Cx) -> Result<Vec<i64>, Failure> {
        Ok(cx.store().query_all("SELECT amount FROM entry ORDER BY at, amount", ())?)
    }
}

impl Handler<Asked> for Till {
    fn handle(&mut self, _: Asked, _: &Cx) -> Result<u32, Failure> {
        self.asked += 1;
        Ok(self.asked)
    }
}

impl Deferring<Share> for Till {
    fn defer(&mut self, share: Share, cx: &Cx) -> Result<Effect<i64>, Failure> {
        self.put(share.amount, cx)?;
        Ok(cx.effect(async move |outside| {
            outside.sleep(Duration::from_secs(share.after)).await;
            Ok(outside.address::<Till>(share.with).ask(Put(share.amount)).await?)
        }))
    }
}

impl Deferring<Fetch> for Till {
    fn defer(&mut self, Fetch(uri): Fetch, cx: &Cx) -> Result<Effect<String>, Failure> {
        Ok(cx.effect(async move |outside| {
            let request = domicile::http::Request::get(uri).body("".into());
            let reply = outside.fetch(request.map_err(|e| Error::internal(e.to_string()))?).await?;
            Ok(String::from_utf8_lossy(reply.body()).into_owned())
        }))
    }
}

impl Handler<RingIn> for Till {
    fn handle(&mut self, RingIn(seconds): RingIn, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute("INSERT INTO ring (at, every) VALUES (?, ?)", (cx.now(), seconds))?;
        Ok(cx.alarm().set(cx.now().after(Duration::from_secs(seconds)))?)
    }
}

impl Handler<Alarm> for Till {
    fn handle(&mut self, _: Alarm, cx: &Cx) -> Result<(), Failure> {
        let every: u64 = cx.store().query_one("SELECT every FROM ring ORDER BY id DESC LIMIT 1", ())?;
        self.handle(RingIn(every), cx)
    }
}

impl Handler<Draw> for Till {
    fn handle(&mut self, _: Draw, cx: &Cx) -> Result<Vec<u8>, Failure> {
        let drawn: Vec<u8> = cx.store().query_one("SELECT randomblob(8)", ())?;
        Ok([&drawn[..], &cx.random::<8>()].concat())
    }
}

impl Handler<Panic> for Till {
    fn handle(&mut self, _: Panic, cx: &Cx) -> Result<(), Failure> {
        self.put(1_000, cx)?;
        panic!("on purpose");
    }
}

fn routes(r: &mut Routes<Till>) {
    r.get("/", |till, _, cx| till.read(Sum, cx).map(|sum| sum.to_string()));
    r.post("/put/{amount}", |till, request, cx| {
        till.handle(Put(request.param("amount")?), cx)?;
        Ok::<_, Error>(Redirect::to(cx.path("/")))
    });
    r.get("/entry/{id}", |_, request, cx| {
        let id: i64 = request.param("id")?;
        cx.store().query_one::<i64>("SELECT amount FROM entry WHERE id = ?", (id,)).map(Json)
    });
    r.get("/pages", |_, _, _| {
        Body::pages(0, |cx, at: i64| {
            let sum: i64 = cx.store().query_one("SELECT ifnull(sum(amount), 0) FROM entry", ())?;
            Ok(Page { bytes: format!("{at}:{sum}\n").into(), next: (at < 2).then_some(at + 1) })
        })
    });
}
