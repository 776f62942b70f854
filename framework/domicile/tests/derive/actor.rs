//! `#[derive(Actor)]`: names, and a table that leads each message to the right function.

use domicile::prelude::*;
use domicile::resident::Verdict;
use domicile::wire::{Fault, HttpHead, Reply, What};

use crate::rig::Actors;

const MIGRATIONS: &[Migration] = &[Migration::sql("0001_initial", "CREATE TABLE t (n INTEGER)")];

#[derive(Debug, PartialEq, Refusal, Serialize, Deserialize, Schema)]
struct LimitReached {
    limit: i64,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64, error = LimitReached)]
struct Add {
    by: i64,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (String, i64))]
struct Total;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
enum Checkout {
    Now,
    Later { seconds: u32 },
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Unlisted;

#[derive(Actor, Default)]
#[actor(handles(Add, Alarm), reads(Total), defers(Checkout), routes = routes)]
struct Counter {
    n: i64,
}

impl Handler<Add> for Counter {
    fn handle(&mut self, add: Add, _: &Cx) -> Result<i64, Failure<LimitReached>> {
        if self.n + add.by > 10 {
            return Err(LimitReached { limit: 10 }.into());
        }
        self.n += add.by;
        Ok(self.n)
    }
}

impl Handler<Alarm> for Counter {
    fn handle(&mut self, alarm: Alarm, _: &Cx) -> Result<(), Failure> {
        self.n -= i64::from(alarm.retry);
        Ok(())
    }
}

impl Reader<Total> for Counter {
    fn read(&self, _: Total, cx: &Cx) -> Result<(String, i64), Failure> {
        Ok((cx.name().to_string(), self.n))
    }
}

impl Deferring<Checkout> for Counter {
    fn defer(&mut self, checkout: Checkout, cx: &Cx) -> Result<Effect<i64>, Failure> {
        let left = std::mem::take(&mut self.n);
        Ok(cx.effect(async move |outside: Outside| match checkout {
            Checkout::Now => Ok(left),
            Checkout::Later { seconds } => Ok(outside.now().as_millis() + i64::from(seconds)),
        }))
    }
}

fn routes(routes: &mut Routes<Counter>) {
    routes.get("/", |counter, _, _| counter.n.to_string());
}

#[derive(Actor)]
#[actor(start = Shop::load, kind = "Store", class = "ShopClass", binding = "DO_STORAGE")]
#[actor(location = "weur", jurisdiction = "eu", reads(Total))]
struct Shop {
    name: String,
}

impl Shop {
    fn load(cx: &Cx) -> Result<Self> {
        Ok(Self { name: format!("shop {}", cx.name()) })
    }
}

impl Reader<Total> for Shop {
    fn read(&self, _: Total, _: &Cx) -> Result<(String, i64), Failure> {
        Ok((self.name.clone(), 0))
    }
}

#[derive(Actor, Default)]
#[actor(migrations = MIGRATIONS)]
struct HTTPServer2x;

fn app(_: &Env) -> App {
    App::new().actor::<Counter>(singleton("main")).hosts::<Shop>().hosts::<HTTPServer2x>()
}

fn actor(kind: &str) -> Result<Actors> {
    Actors::new(app, kind, (&[], &[]))
}

#[test]
fn an_actor_is_named_after_its_type() {
    assert_eq!((Counter::KIND, Counter::CLASS, Counter::BINDING), ("Counter", "CounterDO", "COUNTER_DO"));
    assert_eq!((Counter::LOCATION, Counter::JURISDICTION), (None, None));
    assert_eq!((HTTPServer2x::CLASS, HTTPServer2x::BINDING), ("HTTPServer2xDO", "HTTP_SERVER2X_DO"));
}

#[test]
fn an_actor_is_named_as_its_attribute_says() {
    assert_eq!((Shop::KIND, Shop::CLASS, Shop::BINDING), ("Store", "ShopClass", "DO_STORAGE"));
    assert_eq!((Shop::LOCATION, Shop::JURISDICTION), (Some("weur"), Some("eu")));
    let names = |all: &[domicile::Migration]| all.iter().map(domicile::Migration::name).collect::<Vec<_>>();
    assert_eq!((names(Shop::MIGRATIONS), names(HTTPServer2x::MIGRATIONS)), (Vec::new(), names(MIGRATIONS)));
}

#[test]
fn each_message_reaches_its_function() -> Result<()> {
    let mut counter = actor("Counter")?;
    assert_eq!(counter.send(&Add { by: 7 }), Ok(Ok(7)));
    assert_eq!(counter.send(&Total), Ok(Ok(("main".to_owned(), 7))));
    assert_eq!(counter.deliver(What::Alarm { retry: 2, scheduled: 7 }), (Verdict::Commit, Reply::Alarm));
    assert_eq!(counter.send(&Checkout::Now), Ok(Ok(5)));
    assert_eq!(counter.send(&Checkout::Later { seconds: 3 }), Ok(Ok(3)));
    assert_eq!(counter.send(&Unlisted), Err(Fault::Skew));
    Ok(())
}

#[test]
fn what_a_message_may_do_is_as_it_was_listed() -> Result<()> {
    let counter = actor("Counter")?;
    let may = ["Add", "Checkout", "Total", "Unlisted"].map(|name| counter.may_write(name));
    assert_eq!(may, [true, true, false, false]);
    Ok(())
}

#[test]
fn a_refusal_reaches_the_caller_as_it_is() -> Result<()> {
    let mut counter = actor("Counter")?;
    assert_eq!(counter.send(&Add { by: 11 }), Ok(Err(LimitReached { limit: 10 })));
    assert_eq!(counter.send(&Total), Ok(Ok(("main".to_owned(), 0))));
    Ok(())
}

#[test]
fn the_function_of_routes_adds_them() -> Result<()> {
    let get = |target: &str| {
        What::Http(HttpHead {
            method: "GET".to_owned(),
            target: target.to_owned(),
            prefix: String::new(),
            origin: "http://localhost".to_owned(),
            headers: Vec::new(),
        })
    };
    let status = |reply| match reply {
        (_, Reply::Http { status, .. }) => status,
        _ => 0,
    };
    assert_eq!(status(actor("Counter")?.deliver(get("/"))), 200);
    assert_eq!(status(actor("Counter")?.deliver(get("/nothing"))), 404);
    assert_eq!(status(actor("Store")?.deliver(get("/"))), 404);
    Ok(())
}

#[test]
fn an_actor_starts_by_the_function_that_it_names() -> Result<()> {
    assert_eq!(actor("Store")?.send(&Total), Ok(Ok(("shop main".to_owned(), 0))));
    Ok(())
}
