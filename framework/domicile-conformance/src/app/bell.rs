//! Actors with alarms: [`Bell`], whose alarm is handled at once, [`Echo`], whose alarm has an effect, and [`Mute`], which
//! handles none; `version` has one in several versions. What an alarm does is a plan in the store: a text of steps, as an ordinary event takes them too.

mod step;
mod version;

use domicile::prelude::*;

use step::{Moment, steps};
pub(super) use version::mount;

const PLAN: Migration = Migration::sql(
    "0001_plan",
    "CREATE TABLE plan (id INTEGER PRIMARY KEY CHECK (id = 1), steps TEXT NOT NULL) STRICT;
          CREATE TABLE noted (id INTEGER PRIMARY KEY CHECK (id = 1), alarm INTEGER) STRICT;
          CREATE TABLE rang (id INTEGER PRIMARY KEY, said TEXT NOT NULL) STRICT;",
);

const MIGRATIONS: &[Migration] = &[PLAN];

/// An actor that handles its alarm at once.
#[derive(Actor, Default)]
#[actor(handles(Alarm), routes = bell, migrations = MIGRATIONS)]
pub(crate) struct Bell {
    // How many events this value has seen: a failed one must leave none.
    events: i64,
}

/// An actor whose alarm decides and has an effect.
#[derive(Actor, Default)]
#[actor(handles(Say), defers(Alarm), routes = echo, migrations = MIGRATIONS)]
pub(crate) struct Echo {
    events: i64,
}

/// An actor that handles no alarm.
#[derive(Actor, Default)]
#[actor(routes = mute, migrations = MIGRATIONS)]
pub(crate) struct Mute {
    events: i64,
}

/// Writes a line among what the alarms have said.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
pub(crate) struct Say(pub String);

fn bell(r: &mut Routes<Bell>) {
    r.get("/", |bell, _, cx| state(bell.events, cx));
    r.get("/do", |bell, request, cx| read(bell.events, request, cx));
    r.post("/plan", |bell, request, cx| plan(&mut bell.events, request, cx));
    r.post("/do", |bell, request, cx| event(&mut bell.events, request, cx));
}

fn echo(r: &mut Routes<Echo>) {
    r.get("/", |echo, _, cx| state(echo.events, cx));
    r.post("/plan", |echo, request, cx| plan(&mut echo.events, request, cx));
    r.post("/do", |echo, request, cx| event(&mut echo.events, request, cx));
}

fn mute(r: &mut Routes<Mute>) {
    r.get("/", |mute, _, cx| state(mute.events, cx));
    r.post("/do", |mute, request, cx| event(&mut mute.events, request, cx));
}

fn state(_: i64, cx: &Cx) -> Result<String> {
    let rang: Vec<String> = cx.store().query_all("SELECT said FROM rang ORDER BY id", ())?;
    let alarm = if cx.alarm().get().is_some() { "set" } else { "none" };
    Ok(format!("alarm {alarm}, rang {} [{}]\n", rang.len(), rang.join(" | ")))
}

/// What an alarm is to do from now on.
fn plan(events: &mut i64, request: &Request, cx: &Cx) -> Result<&'static str> {
    *events += 1;
    cx.store().execute("INSERT OR REPLACE INTO plan VALUES (1, ?)", (request.text()?,))?;
    Ok("planned\n")
}

/// An ordinary event that takes the steps in its body.
fn event(events: &mut i64, request: &Request, cx: &Cx) -> Result<String> {
    *events += 1;
    said(steps(request.text()?, &Moment { alarm: None, events: *events }, cx)?)
}

/// A read that takes the steps in its query.
fn read(events: i64, request: &Request, cx: &Cx) -> Result<String> {
    let text = request.query_value("steps").unwrap_or_default();
    said(steps(&text, &Moment { alarm: None, events }, cx)?)
}

fn said(said: Vec<String>) -> Result<String> {
    Ok(if said.is_empty() { "done\n".to_owned() } else { said.join(", ") + "\n" })
}

/// Does as planned, and writes down what it said.
fn ring(events: &mut i64, alarm: Alarm, cx: &Cx) -> Result<()> {
    *events += 1;
    let plan: Option<String> = cx.store().query_opt("SELECT steps FROM plan", ())?;
    let said = steps(&plan.unwrap_or_default(), &Moment { alarm: Some(alarm), events: *events }, cx)?;
    let mut line = format!("retry {}", alarm.retry);
    if !said.is_empty() {
        line = format!("{line}: {}", said.join(", "));
    }
    say(&line, cx)
}

fn say(line: &str, cx: &Cx) -> Result<()> {
    cx.store().execute("INSERT INTO rang (said) VALUES (?)", (line,)).map(drop)
}

impl Handler<Alarm> for Bell {
    fn handle(&mut self, alarm: Alarm, cx: &Cx) -> Result<(), Failure> {
        Ok(ring(&mut self.events, alarm, cx)?)
    }
}

impl Handler<Say> for Echo {
    fn handle(&mut self, Say(line): Say, cx: &Cx) -> Result<(), Failure> {
        Ok(say(&line, cx)?)
    }
}

impl Deferring<Alarm> for Echo {
    fn defer(&mut self, alarm: Alarm, cx: &Cx) -> Result<Effect<()>, Failure> {
        let first: bool = cx.store().query_one("SELECT NOT EXISTS (SELECT 1 FROM rang)", ())?;
        ring(&mut self.events, alarm, cx)?;
        let plan: Option<String> = cx.store().query_opt("SELECT steps FROM plan", ())?;
        let me = cx.name().to_string();
        Ok(cx.effect(async move |outside: Outside| {
            let ends =
                plan.as_deref().and_then(|plan| plan.split("; ").find_map(|s| s.strip_prefix("effect ")));
            match ends {
                None => return Ok(()),
                Some("fail") => return Err(Error::internal("the effect fails on purpose").into()),
                Some("panic") => panic!("the effect panics on purpose"),
                // The effects of later alarms are over at once.
                Some("slow") if first => outside.sleep(std::time::Duration::from_millis(800)).await,
                Some(_) => {}
            }
            outside.address::<Echo>(me).ask(Say(format!("effect of {}", alarm.retry))).await?;
            Ok(())
        }))
    }
}
