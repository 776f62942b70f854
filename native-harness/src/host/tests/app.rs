//! An app whose actors do what tests need. Its messages hold one number or text each.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use domicile::prelude::*;
use domicile::wire::ActorRef;

/// Declares a message that holds one value.
macro_rules! messages {
    ($($name:ident($value:ty) -> $reply:ty;)*) => {$(
        #[derive(Debug, Clone, PartialEq, Message, Serialize, Deserialize, Schema)]
        #[message(reply = $reply)]
        pub(super) struct $name(pub(super) $value);
    )*};
}

messages! {
    // Writes the text, and gives how many there are.
    Put(String) -> i64;
    // Writes the text, and does what it says: `err`, `panic`, `alarm`.
    Fail(String) -> i64;
    // The texts, the alarm in ms, and how many messages the value in memory has seen.
    Get(()) -> (Vec<String>, Option<i64>, i64);
    // Writes although it is a read: `row`, `alarm`.
    Sneak(String) -> ();
    // Writes one text, and another in a nested transaction that fails.
    Nest(String) -> i64;
    // Sets the alarm so many ms after now.
    Wake(i64) -> ();
    // Asks the peer of that name for its texts, after the commit.
    AskPeer(String) -> i64;
    // Asks itself again, with one less, until 0.
    Chain(i64) -> String;
    // Waits in an effect until the peer called `gate` has a text, then puts one into itself.
    Slow(String) -> i64;
    // Sleeps for an hour in an effect that has 20 ms.
    Sleep(()) -> ();
    // What SQL and the handler say of the time and of chance.
    When(()) -> (i64, i64);
    // Waits for a second actor that does the same.
    Meet(()) -> ();
    // Writes more than fits into memory, does not mind when that fails, and writes the text.
    Heedless(String) -> i64;
    // Counts in memory alone.
    Tick(()) -> i64;
}

/// An actor with texts in its store.
#[derive(Actor, Default)]
#[actor(
    handles(Put, Fail, Nest, Wake, Heedless, Alarm),
    reads(Get, Sneak, When, Meet),
    defers(AskPeer, Chain, Slow, Sleep),
    routes = routes,
    migrations = MIGRATIONS
)]
pub(super) struct Notes {
    seen: i64,
}

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")];

fn routes(routes: &mut Routes<Notes>) {
    routes.get("/", |_, _, cx| texts(cx).map(|texts| texts.join("\n")));
    routes.post("/put", |notes, request, cx| notes.put(request.text()?, cx).map(|n| format!("{n}\n")));
    routes.post("/panic", |notes, _, cx| -> Result<String> {
        notes.put("lost", cx)?;
        panic!("the handler's own fault")
    });
    routes.get("/pages", |_, _, _| Body::pages(0, page));
}

fn page(cx: &Cx, after: i64) -> Result<Page<i64>> {
    let sql = "SELECT id, text FROM note WHERE id > ? ORDER BY id LIMIT 1";
    let row: Option<(i64, String)> = cx.store().query_opt(sql, (after,))?;
    let Some((id, text)) = row else { return Ok(Page { bytes: "end".into(), next: None }) };
    if text == "broken" {
        return Err(Error::internal("a page on purpose"));
    }
    Ok(Page { bytes: format!("{text}\n").into(), next: Some(id) })
}

fn texts(cx: &Cx) -> Result<Vec<String>> {
    cx.store().query_all("SELECT text FROM note ORDER BY id", ())
}

impl Notes {
    fn put(&mut self, text: &str, cx: &Cx) -> Result<i64> {
        self.seen += 1;
        cx.store().execute("INSERT INTO note (text) VALUES (?)", (text,))?;
        cx.store().query_one("SELECT count(*) FROM note", ())
    }
}

impl Handler<Put> for Notes {
    fn handle(&mut self, Put(text): Put, cx: &Cx) -> Result<i64, Failure> {
        Ok(self.put(&text, cx)?)
    }
}

impl Handler<Fail> for Notes {
    fn handle(&mut self, Fail(how): Fail, cx: &Cx) -> Result<i64, Failure> {
        self.put(&how, cx)?;
        cx.alarm().set(Timestamp::from_millis(4_000_000_000_000))?;
        match how.as_str() {
            "err" => Err(Error::internal("on purpose").into()),
            _ => panic!("on purpose"),
        }
    }
}

impl Reader<Get> for Notes {
    fn read(&self, _: Get, cx: &Cx) -> Result<(Vec<String>, Option<i64>, i64), Failure> {
        Ok((texts(cx)?, cx.alarm().get().map(Timestamp::as_millis), self.seen))
    }
}

impl Reader<Sneak> for Notes {
    fn read(&self, Sneak(what): Sneak, cx: &Cx) -> Result<(), Failure> {
        match what.as_str() {
            "alarm" => cx.alarm().set(cx.now())?,
            _ => drop(cx.store().execute("INSERT INTO note (text) VALUES ('sneaked')", ())?),
        }
        Ok(())
    }
}

impl Handler<Nest> for Notes {
    fn handle(&mut self, Nest(how): Nest, cx: &Cx) -> Result<i64, Failure> {
        self.put("outer", cx)?;
        let nested: Result<()> = cx.store().transaction(|store| {
            store.execute("INSERT INTO note (text) VALUES ('inner')", ())?;
            cx.alarm().set(Timestamp::from_millis(4_000_000_000_000))?;
            if how == "keep" { Ok(()) } else { Err(Error::internal("on purpose")) }
        });
        assert_eq!(nested.is_ok(), how == "keep");
        Ok(cx.store().query_one("SELECT count(*) FROM note", ())?)
    }
}

/// Writes more than fits into memory.
const MUCH: &str = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                    INSERT INTO note (text) SELECT hex(zeroblob(4000)) FROM n";

impl Handler<Heedless> for Notes {
    fn handle(&mut self, Heedless(text): Heedless, cx: &Cx) -> Result<i64, Failure> {
        if cx.store().execute(MUCH, ()).is_ok() {
            return Err(Error::internal("it was to fail").into());
        }
        // The transaction is over, so this would be a transaction of its own.
        match self.put(&text, cx) {
            Ok(_) => Ok(-1),
            Err(error) if error.to_string().contains("earlier SQL critical error") => Ok(0),
            Err(error) => Err(error.into()),
        }
    }
}

impl Handler<Wake> for Notes {
    fn handle(&mut self, Wake(ms): Wake, cx: &Cx) -> Result<(), Failure> {
        Ok(cx.alarm().set(Timestamp::from_millis(cx.now().as_millis() + ms))?)
    }
}

impl Handler<Alarm> for Notes {
    fn handle(&mut self, Alarm { retry, .. }: Alarm, cx: &Cx) -> Result<(), Failure> {
        assert_eq!(cx.alarm().get(), None);
        self.put(&format!("alarm {retry}"), cx)?;
        // The first text says how it goes.
        match texts(cx)?.first().map(String::as_str) {
            Some("fail twice") if retry < 2 => Err(Error::internal("on purpose").into()),
            Some("much") => Ok(cx.store().execute(MUCH, ()).map(drop)?),
            Some("again") if texts(cx)?.len() < 4 => Ok(cx.alarm().set(cx.now())?),
            _ => Ok(()),
        }
    }
}

impl Deferring<AskPeer> for Notes {
    fn defer(&mut self, AskPeer(peer): AskPeer, cx: &Cx) -> Result<Effect<i64>, Failure> {
        self.put(&format!("asked {peer}"), cx)?;
        let name = cx.name().to_string();
        Ok(cx.effect(async move |outside: Outside| {
            let peer = outside.address::<Notes>(peer);
            Ok(peer.ask(Put(format!("from {name}"))).await.map_err(Error::from)?)
        }))
    }
}

impl Deferring<Chain> for Notes {
    fn defer(&mut self, Chain(left): Chain, cx: &Cx) -> Result<Effect<String>, Failure> {
        let name = cx.name().to_string();
        Ok(cx.effect(async move |outside: Outside| {
            if left == 0 {
                return Ok("done".to_owned());
            }
            let next = format!("{}{left}", name.trim_end_matches(char::is_numeric));
            match outside.address::<Notes>(next).ask(Chain(left - 1)).await {
                Ok(end) => Ok(end),
                Err(error) => Ok(error.to_string()),
            }
        }))
    }
}

impl Deferring<Slow> for Notes {
    fn defer(&mut self, Slow(text): Slow, cx: &Cx) -> Result<Effect<i64>, Failure> {
        let name = cx.name().to_string();
        Ok(cx.effect(async move |outside: Outside| {
            let gate = outside.address::<Notes>("gate");
            while gate.ask(Get(())).await.map_err(Error::from)?.0.is_empty() {}
            if text == "panic" {
                panic!("an effect on purpose");
            }
            Ok(outside.address::<Notes>(name).ask(Put(text)).await.map_err(Error::from)?)
        }))
    }
}

impl Deferring<Sleep> for Notes {
    fn defer(&mut self, _: Sleep, cx: &Cx) -> Result<Effect<()>, Failure> {
        let effect = cx.effect(async |outside: Outside| {
            outside.sleep(Duration::from_secs(3600)).await;
            Ok(())
        });
        Ok(effect.timeout(Duration::from_millis(20)))
    }
}

impl Reader<When> for Notes {
    fn read(&self, _: When, cx: &Cx) -> Result<(i64, i64), Failure> {
        let sql: f64 = cx.store().query_one("SELECT unixepoch('subsec') * 1000.0", ())?;
        #[allow(clippy::cast_possible_truncation)]
        Ok((sql.round() as i64, cx.now().as_millis()))
    }
}

/// Where two actors meet.
static MEETING: (Mutex<u32>, Condvar) = (Mutex::new(0), Condvar::new());

impl Reader<Meet> for Notes {
    fn read(&self, _: Meet, _: &Cx) -> Result<(), Failure> {
        let mut here = MEETING.0.lock().unwrap();
        *here += 1;
        MEETING.1.notify_all();
        let (here, late) =
            MEETING.1.wait_timeout_while(here, Duration::from_secs(20), |here| *here < 2).unwrap();
        if late.timed_out() { Err(Error::internal(format!("{here} came")).into()) } else { Ok(()) }
    }
}

/// An actor without a store.
#[derive(Actor, Default)]
#[actor(handles(Tick))]
pub(super) struct Ticks(i64);

impl Handler<Tick> for Ticks {
    fn handle(&mut self, _: Tick, _: &Cx) -> Result<i64, Failure> {
        self.0 += 1;
        Ok(self.0)
    }
}

/// An actor that panics when it is dropped, as it is after a handler failed.
#[derive(Actor, Default)]
#[actor(handles(Tick))]
pub(super) struct Bomb(i64);

impl Handler<Tick> for Bomb {
    fn handle(&mut self, _: Tick, _: &Cx) -> Result<i64, Failure> {
        self.0 += 1;
        if self.0 == 2 { Err(Error::internal("on purpose").into()) } else { Ok(self.0) }
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(self.0 < 2, "a drop on purpose");
    }
}

/// The app of the tests.
pub(super) fn app(_: &Env) -> App {
    App::new().actor::<Notes>(tenant::path("/t")).hosts::<Ticks>().hosts::<Bomb>()
}

/// The actor `name` of kind `A`.
pub(super) fn actor<A: Actor>(name: &str) -> ActorRef {
    ActorRef { kind: A::KIND.to_owned(), name: Name::new(name).unwrap() }
}
