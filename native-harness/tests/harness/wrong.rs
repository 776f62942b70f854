//! Apps that are wrong, each in one way that people are wrong in; the harness finds every one of them, and finds
//! nothing in the same app made right.

use std::cell::RefCell;
use std::rc::Rc;

use domicile::prelude::*;
use domicile_host::test::{AsyncHost, Fault, Host, Plan};

use crate::check::{check_right, check_wrong};

/// Sells one.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct SellInTwoSteps;
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Sell;
/// The second step.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Record;
/// Whether one is left.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = bool)]
struct IsLeft;
/// Counts in the store, or in memory alone.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Visit {
    remember: bool,
}
/// Sends two requests elsewhere, one after the other.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct PayAndMail;
/// Plans a reminder, and sets the alarm for it in a second message.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct RemindInTwoSteps;
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Remind;
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct SetAlarm;

#[derive(Actor, Default)]
#[actor(
    handles(Sell, Record, Visit, Remind, SetAlarm, Alarm),
    reads(IsLeft),
    defers(SellInTwoSteps, RemindInTwoSteps, PayAndMail),
    migrations = MIGRATIONS
)]
struct Shop {
    visits: i64,
}

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_shop",
    "CREATE TABLE stock (n INTEGER NOT NULL) STRICT; INSERT INTO stock VALUES (1);
          CREATE TABLE sale (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
          CREATE TABLE visit (n INTEGER NOT NULL) STRICT; INSERT INTO visit VALUES (0);
          CREATE TABLE reminder (id INTEGER PRIMARY KEY, rung INTEGER NOT NULL) STRICT;",
)];

fn app(_: &Env) -> App {
    App::new()
        // Looks whether one is left, and then takes it: two messages, between which another may come.
        .route(Method::POST, "/buy", async |_: Request, outside: Outside| {
            let shop = outside.address::<Shop>("main");
            if shop.ask(IsLeft).await? {
                shop.ask(Sell).await?;
                return Ok(StatusCode::CREATED);
            }
            Ok::<_, Error>(StatusCode::CONFLICT)
        })
        .hosts::<Bell>()
        .actor::<Shop>(singleton("main"))
}

impl Shop {
    fn take(cx: &Cx) -> Result<i64> {
        cx.store().query_one("UPDATE stock SET n = n - 1 RETURNING n", ())
    }

    fn record(cx: &Cx) -> Result<i64> {
        cx.store().query_one("INSERT INTO sale (n) VALUES (1) RETURNING id", ())
    }

    fn plan(cx: &Cx) -> Result<()> {
        cx.store().execute("INSERT INTO reminder (rung) VALUES (0)", ()).map(drop)
    }
}

impl Handler<Sell> for Shop {
    fn handle(&mut self, _: Sell, cx: &Cx) -> Result<i64, Failure> {
        Self::take(cx)?;
        Ok(Self::record(cx)?)
    }
}

impl Deferring<SellInTwoSteps> for Shop {
    fn defer(&mut self, _: SellInTwoSteps, cx: &Cx) -> Result<Effect<i64>, Failure> {
        Self::take(cx)?;
        Ok(cx.effect(async |outside| Ok(outside.address::<Shop>("main").ask(Record).await?)))
    }
}

impl Deferring<PayAndMail> for Shop {
    fn defer(&mut self, _: PayAndMail, cx: &Cx) -> Result<Effect<()>, Failure> {
        Self::record(cx)?;
        Ok(cx.effect(async |outside| {
            for host in ["bank", "mail"] {
                let request = domicile::http::Request::get(format!("https://{host}.test/")).body("".into());
                outside.fetch(request.map_err(|e| Error::internal(e.to_string()))?).await?;
            }
            Ok(())
        }))
    }
}

impl Handler<Record> for Shop {
    fn handle(&mut self, _: Record, cx: &Cx) -> Result<i64, Failure> {
        Ok(Self::record(cx)?)
    }
}

impl Reader<IsLeft> for Shop {
    fn read(&self, _: IsLeft, cx: &Cx) -> Result<bool, Failure> {
        Ok(cx.store().query_one::<i64>("SELECT n FROM stock", ())? > 0)
    }
}

impl Handler<Visit> for Shop {
    fn handle(&mut self, visit: Visit, cx: &Cx) -> Result<i64, Failure> {
        if visit.remember {
            return Ok(cx.store().query_one("UPDATE visit SET n = n + 1 RETURNING n", ())?);
        }
        self.visits += 1;
        Ok(self.visits)
    }
}

impl Handler<Remind> for Shop {
    fn handle(&mut self, _: Remind, cx: &Cx) -> Result<(), Failure> {
        Self::plan(cx)?;
        self.handle(SetAlarm, cx)
    }
}

impl Deferring<RemindInTwoSteps> for Shop {
    fn defer(&mut self, _: RemindInTwoSteps, cx: &Cx) -> Result<Effect<()>, Failure> {
        Self::plan(cx)?;
        Ok(cx.effect(async |outside| Ok(outside.address::<Shop>("main").ask(SetAlarm).await?)))
    }
}

impl Handler<SetAlarm> for Shop {
    fn handle(&mut self, _: SetAlarm, cx: &Cx) -> Result<(), Failure> {
        Ok(cx.alarm().set(cx.now().after(std::time::Duration::from_secs(60)))?)
    }
}

impl Handler<Alarm> for Shop {
    fn handle(&mut self, _: Alarm, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute("UPDATE reminder SET rung = 1", ())?;
        Ok(())
    }
}

fn sold(host: &Host) -> (i64, i64) {
    let both =
        |store: &Store| store.query_one("SELECT (SELECT n FROM stock), (SELECT count(*) FROM sale)", ());
    host.actor::<Shop>("main").store(both).expect("two numbers")
}

#[test]
fn a_write_outside_of_the_transaction() {
    check_wrong(
        app,
        |host| {
            let sale = host.atomic(|host| host.actor::<Shop>("main").ask(SellInTwoSteps), sold);
            assert_eq!(sale, Ok(1));
        },
        Fault::CrashAfterCommit,
        "applied by halves",
    );
    check_right(app, |host| {
        let sale = host.atomic(|host| host.actor::<Shop>("main").ask(Sell), sold);
        assert_eq!(sale, Ok(1));
        assert_eq!(sold(&host), (0, 1));
    });
}

#[test]
fn a_lost_alarm() {
    /// A reminder that has not rung has an alarm that will.
    fn promised(host: &Host) {
        let shop = host.actor::<Shop>("main");
        let waiting =
            shop.store(|store| store.query_one::<i64>("SELECT count(*) FROM reminder WHERE rung = 0", ()));
        assert!(waiting.expect("a count") == 0 || shop.alarm().is_some(), "a reminder will never ring");
    }
    check_wrong(
        app,
        |host| {
            host.invariant(promised);
            let _ = host.actor::<Shop>("main").ask(RemindInTwoSteps);
            host.run_alarms();
        },
        Fault::CrashAfterCommit,
        "a reminder will never ring",
    );
    check_right(app, |host| {
        host.invariant(promised);
        host.atomic(|host| host.actor::<Shop>("main").ask(Remind), Host::snapshot).expect("an alarm");
        host.run_alarms();
        host.run_alarms();
        let rung = |store: &Store| store.query_one::<i64>("SELECT rung FROM reminder", ());
        assert_eq!(host.actor::<Shop>("main").store(rung).expect("a row"), 1);
    });
}

/// Pays and then mails, both in one effect: a crash between the two leaves one without the other.
#[test]
fn an_effect_that_must_do_both() {
    let test = |host: Host| {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let seen = sent.clone();
        host.on_fetch(move |request| {
            seen.borrow_mut().push(request.uri().host().unwrap_or_default().to_owned());
            Ok(domicile::http::Response::default())
        });
        let _ = host.actor::<Shop>("main").ask(PayAndMail);
        assert_ne!(*sent.borrow(), ["bank.test"], "it was paid and nobody was told");
    };
    check_wrong(app, test, Fault::CrashInEffect, "it was paid and nobody was told");
}

#[test]
fn what_is_only_in_memory() {
    let visit = |remember: bool| {
        move |host: Host| {
            for n in 1..=3 {
                let visits = |host: &Host| host.actor::<Shop>("main").ask(Visit { remember });
                assert_eq!(host.atomic(visits, Host::snapshot), Ok(n));
            }
        }
    };
    check_wrong(app, visit(false), Fault::CrashAfterCommit, "left == right");
    check_right(app, visit(true));
}

#[test]
fn a_check_and_a_write_in_two_messages() {
    let two_buyers = async |host: AsyncHost| {
        let buy = || host.post("/buy", ());
        let (one, two) = tokio::join!(buy(), buy());
        let sold = [one, two].iter().filter(|reply| reply.status() == StatusCode::CREATED).count();
        assert_eq!(sold, 1, "there was one to sell");
    };
    let broken = Plan::new("two_buyers", app).seeds(64).explore_async(two_buyers).expect_err("two buyers");
    assert!(broken.message.contains("there was one to sell"), "{broken}");
    let again = Plan::new("two_buyers", app).seeds(64).explore_async(two_buyers).expect_err("two buyers");
    assert_eq!(again.seed, broken.seed, "the same seed finds it again");
}

/// The alarm is delivered at least once, so its handler must not count on once.
#[test]
fn a_handler_that_counts_on_one_delivery() {
    let rung = |store: &Store| store.query_one::<i64>("SELECT ifnull(sum(rung), 0) FROM reminder", ());
    check_wrong(
        app,
        |host| {
            let bell = host.actor::<Bell>("main");
            host.atomic(|_| bell.ask(Remind), Host::snapshot).expect("an alarm");
            host.run_alarms();
            host.run_alarms();
            assert_eq!(bell.store(rung).expect("a sum"), 1, "it rings once");
        },
        Fault::RepeatedAlarm,
        "it rings once",
    );
}

/// Counts its alarms.
#[derive(Actor, Default)]
#[actor(handles(Remind, Alarm), migrations = MIGRATIONS)]
struct Bell;

impl Handler<Remind> for Bell {
    fn handle(&mut self, _: Remind, cx: &Cx) -> Result<(), Failure> {
        Shop::plan(cx)?;
        Ok(cx.alarm().set(cx.now().after(std::time::Duration::from_secs(60)))?)
    }
}

impl Handler<Alarm> for Bell {
    fn handle(&mut self, _: Alarm, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute("UPDATE reminder SET rung = rung + 1", ())?;
        Ok(())
    }
}

/// Declared idempotent and not so.
#[test]
fn a_message_that_is_not_idempotent() {
    let test = |host: Host| {
        let visited =
            host.atomic(|host| host.actor::<Shop>("main").ask(Visit { remember: true }), Host::snapshot);
        assert_eq!(visited, Ok(1));
    };
    let plan = Plan::new("twice", app).crash_everywhere();
    plan.clone().explore(test).expect("delivered once");
    let broken = plan.idempotent(&["Visit"]).explore(test).expect_err("delivered twice");
    assert_eq!(broken.injection.map(|injection| injection.fault), Some(Fault::Duplicate), "{broken}");
}
