//! That the harness can be trusted: no fault is left out for how a test looks at its app, nothing wrong passes for it,
//! and nothing right is refused.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use domicile::prelude::*;
use domicile_host::test::{AsyncHost, Broken, Explored, Fault, Host, Plan};

use crate::app::{Put, Sum, Till, app as tills};
use crate::check::{check_right, check_wrong};

/// Notes a text in the memory of its actor.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Remember(String);

/// Writes down what is in memory.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct WriteDown;

/// Writes a text down.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Write(String);

/// Rings every minute from now on; sets the next alarm in its transaction, or after it.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Ring {
    later: bool,
}

#[derive(Actor, Default)]
#[actor(handles(Remember, WriteDown, Write, Ring), defers(Alarm), migrations = MIGRATIONS)]
struct Notes {
    remembered: Vec<String>,
}

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_notes",
    "CREATE TABLE note (text TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
          CREATE TABLE ring (later INTEGER NOT NULL) STRICT;",
)];

fn app(_: &Env) -> App {
    App::new()
        // Says that it is done, whatever came of it.
        .route(Method::POST, "/careless", async |_: Request, outside: Outside| {
            let _ = outside.address::<Notes>("main").ask(Write("a".to_owned())).await;
            StatusCode::CREATED
        })
        .route(Method::POST, "/careful", async |_: Request, outside: Outside| {
            outside.address::<Notes>("main").ask(Write("a".to_owned())).await?;
            Ok::<_, Error>(StatusCode::CREATED)
        })
        // Writes down a token that the entry draws, and the number of the request.
        .route(Method::POST, "/token", async |_: Request, outside: Outside| {
            let token = format!("{:?} {}", outside.random::<8>(), outside.request_id());
            outside.address::<Notes>("main").ask(Write(token)).await?;
            Ok::<_, Error>(StatusCode::CREATED)
        })
        .actor::<Notes>(singleton("main"))
}

impl Handler<Remember> for Notes {
    fn handle(&mut self, Remember(text): Remember, _: &Cx) -> Result<(), Failure> {
        self.remembered.push(text);
        Ok(())
    }
}

impl Handler<WriteDown> for Notes {
    fn handle(&mut self, _: WriteDown, cx: &Cx) -> Result<(), Failure> {
        for text in self.remembered.drain(..) {
            cx.store().execute("INSERT INTO note VALUES (?, ?)", (text, cx.now()))?;
        }
        Ok(())
    }
}

impl Handler<Write> for Notes {
    fn handle(&mut self, Write(text): Write, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute("INSERT INTO note VALUES (?, ?)", (text, cx.now()))?;
        Ok(())
    }
}

impl Handler<Ring> for Notes {
    fn handle(&mut self, Ring { later }: Ring, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute("INSERT INTO ring VALUES (?)", (later,))?;
        Ok(cx.alarm().set(cx.now().after(Duration::from_secs(60)))?)
    }
}

impl Deferring<Alarm> for Notes {
    fn defer(&mut self, _: Alarm, cx: &Cx) -> Result<Effect<()>, Failure> {
        let later: bool = cx.store().query_one("SELECT later FROM ring LIMIT 1", ())?;
        if !later {
            cx.alarm().set(cx.now().after(Duration::from_secs(60)))?;
        }
        Ok(cx.effect(async move |outside| {
            if later {
                outside.address::<Notes>("main").ask(Ring { later }).await?;
            }
            Ok(())
        }))
    }
}

/// Every fault happens, to an event of the test's, also where views and invariants send requests of their own.
#[test]
fn looks_that_ask_keep_no_fault_from_happening() {
    let journals = RefCell::new(Vec::new());
    let test = |host: Host| {
        let till = host.actor::<Till>("a");
        host.invariant(|host| assert!(host.get("/t/a/").status().is_success()));
        let sum = |host: &Host| (host.get("/t/a/pages").text().to_owned(), till.ask(Sum));
        for total in [2, 4] {
            assert_eq!(host.atomic(|_| till.ask(Put(2)), sum), Ok(total));
        }
        journals.borrow_mut().push(host.journal());
    };
    Plan::new("looks", tills).crash_everywhere().seeds(4).explore(test).expect("nothing is wrong");
    let journals = journals.into_inner();
    // Four faults for each of two writes, three for one to a new actor, with four seeds and a run without.
    assert_eq!(journals.len(), 4 * 8);
    let faults = journals.iter().filter(|journal| journal.contains("fault: ")).count();
    assert_eq!(faults, 4 * 7);
    assert!(journals.iter().all(|journal| !journal.contains("GET")), "{}", journals[0]);
}

#[test]
fn a_reply_that_hides_a_failure() {
    let texts = |host: &Host| {
        let texts = |store: &Store| store.query_all::<String>("SELECT text FROM note", ());
        host.actor::<Notes>("main").store(texts).expect("the notes")
    };
    let post = |path: &'static str| {
        move |host: Host| {
            let posted = host.atomic(|host| host.post(path, ()), texts);
            assert_eq!(posted.status(), StatusCode::CREATED);
        }
    };
    check_wrong(app, post("/careless"), Fault::FullDisk, "answered as if it were");
    check_right(app, post("/careful"));
}

/// In the last call of a test too, whose reply is right and whose work is lost.
#[test]
fn what_an_eviction_takes_from_the_last_call() {
    let test = |host: Host| {
        let notes = host.actor::<Notes>("main");
        notes.ask(Remember("a".to_owned())).ok();
        host.atomic(|_| notes.ask(WriteDown), Host::snapshot).ok();
    };
    // The first event keeps the migrations, and its reply may be lost with what is in memory.
    check_wrong(app, test, Fault::CrashAfterCommit, "what went wrong was before it");
    let evicted = |host: Host| {
        let notes = host.actor::<Notes>("main");
        notes.ask(Write("first".to_owned())).ok();
        notes.ask(Remember("a".to_owned())).ok();
        host.atomic(|_| notes.ask(WriteDown), Host::snapshot).ok();
    };
    check_wrong(app, evicted, Fault::Eviction, "applied by halves");
}

/// The reply that a test gets is the app's own, unless it was lost.
#[test]
fn a_reply_that_only_memory_knew() {
    let test = |host: Host| {
        let till = host.actor::<Till>("a");
        till.ask(Put(1)).ok();
        assert_eq!(host.atomic(|_| till.ask(crate::app::Asked), Host::snapshot), Ok(1));
        assert_eq!(host.atomic(|_| till.ask(crate::app::Asked), Host::snapshot), Ok(2));
    };
    let broken = Plan::new("memory", tills).crash_everywhere().explore(test).expect_err("a mistake");
    assert_eq!(broken.injection.map(|injection| injection.fault), Some(Fault::Eviction), "{broken}");
}

#[test]
fn an_alarm_that_is_set_after_the_commit() {
    let rings = |later: bool| {
        move |host: Host| {
            host.atomic(|host| host.actor::<Notes>("main").ask(Ring { later }), Host::snapshot)
                .expect("a ring");
            host.invariant(|host| {
                assert!(host.actor::<Notes>("main").alarm().is_some(), "it will never ring again");
            });
            host.advance(Duration::from_secs(600));
        }
    };
    check_wrong(app, rings(true), Fault::CrashAfterCommit, "never ring again");
    check_right(app, rings(false));
}

/// What the entry draws for a call that is sent again is what it drew.
#[test]
fn tokens_of_the_entry_are_no_mistake() {
    check_right(app, |host| {
        for _ in 0..2 {
            let posted = host.atomic(|host| host.post("/token", ()), Host::snapshot);
            assert_eq!(posted.status(), StatusCode::CREATED);
        }
    });
}

/// An alarm that comes late, as after a full disk, leaves other times behind.
#[test]
fn times_are_no_mistake() {
    check_right(app, |host| {
        host.atomic(|host| host.actor::<Notes>("main").ask(Ring { later: false }), Host::snapshot)
            .expect("a ring");
        for _ in 0..3 {
            host.atomic(|host| host.advance(Duration::from_secs(60)), Host::snapshot);
        }
    });
}

/// A fault that finds nothing to happen to would be a test that cannot fail.
#[test]
fn a_test_that_does_something_else_each_time_is_told() {
    let run = Cell::new(0);
    let test = |host: Host| {
        let till = host.actor::<Till>("a");
        if run.replace(run.get() + 1) == 0 {
            till.ask(Put(1)).ok();
        }
    };
    let broken = Plan::new("other", tills).crash_everywhere().explore(test).expect_err("another test");
    assert!(broken.message.contains("the same each time"), "{broken}");
}

#[test]
fn an_eviction_is_no_reason_to_send_again() {
    let test = |host: Host| {
        let till = host.actor::<Till>("a");
        till.ask(Put(1)).ok();
        assert!(till.ask(crate::app::Panic).is_err());
        assert_eq!(host.journal().matches("Till/a: Panic").count(), 1, "{}", host.journal());
    };
    Plan::new("eviction", tills).crash_everywhere().explore(test).expect("one call is one event");
}

#[test]
fn runs_are_the_same_in_all_threads_and_each_time() {
    let run = || {
        let journals = RefCell::new(String::new());
        let test = async |host: AsyncHost| {
            let (a, b) = (host.actor::<Till>("a"), host.actor::<Till>("b"));
            let share = |with: &str| crate::app::Share { amount: 5, with: with.into(), after: 1 };
            let _ = tokio::join!(
                a.ask(share("b")),
                b.ask(share("a")),
                a.ask(crate::app::Draw),
                host.get("/t/b/pages")
            );
            a.ask(crate::app::RingIn(7)).await.ok();
            host.crash();
            host.advance(Duration::from_secs(20)).await;
            let stored = host.snapshot().await;
            journals.borrow_mut().push_str(&format!("{}{stored:?}", host.journal()));
        };
        Plan::new("same", tills).crash_everywhere().seeds(2).explore_async(test).expect("no assertion");
        journals.into_inner()
    };
    let first = run();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| (0..2).all(|_| run() == first))).collect();
        assert!(threads.into_iter().all(|thread| thread.join().is_ok_and(|same| same)));
    });
}

/// Sets its alarm for at once, or for the next millisecond; or asks itself for ever.
#[derive(Message, Serialize, Deserialize, Schema, Clone, Copy)]
#[message(reply = ())]
enum Run {
    Once,
    Alarms(u64),
    Asks,
}

#[derive(Actor, Default)]
#[actor(handles(Alarm), defers(Run), migrations = RUNNING)]
struct Runner;

const RUNNING: &[Migration] =
    &[Migration::sql("0001_run", "CREATE TABLE run (every INTEGER NOT NULL) STRICT;")];

impl Deferring<Run> for Runner {
    fn defer(&mut self, run: Run, cx: &Cx) -> Result<Effect<()>, Failure> {
        if let Run::Alarms(every) = run {
            cx.store().execute("INSERT INTO run VALUES (?)", (every,))?;
            Self::set_alarm(cx)?;
        }
        Ok(cx.effect(async move |outside| {
            while let Run::Asks = run {
                outside.address::<Runner>("main").ask(Run::Once).await?;
            }
            Ok(())
        }))
    }
}

impl Handler<Alarm> for Runner {
    fn handle(&mut self, _: Alarm, cx: &Cx) -> Result<(), Failure> {
        Ok(Self::set_alarm(cx)?)
    }
}

impl Runner {
    fn set_alarm(cx: &Cx) -> Result<()> {
        let every: u64 = cx.store().query_one("SELECT every FROM run", ())?;
        cx.alarm().set(cx.now().after(Duration::from_millis(every)))
    }
}

fn running(_: &Env) -> App {
    App::new().hosts::<Runner>()
}

/// What never ends fails the test, and says who does not end.
#[test]
fn what_runs_for_ever_is_told() {
    #[track_caller]
    fn check(plan: Result<Explored, Box<Broken>>, says: &str) {
        let broken = plan.expect_err("it has no end");
        assert!(broken.message.contains(says), "{broken}");
    }
    let plan = || Plan::new("running", running);
    check(plan().explore(|host| drop(host.actor::<Runner>("main").ask(Run::Asks))), "Runner/main for `Run`");
    let asks = async |host: AsyncHost| {
        let runner = host.actor::<Runner>("main");
        let _ = tokio::join!(runner.ask(Run::Asks), async {
            host.settle().await;
            runner.store(|_| ()).await;
        });
    };
    check(plan().explore_async(asks), "10000 times at the same moment");
    let day = |host: Host| {
        host.actor::<Runner>("main").ask(Run::Alarms(60_000)).expect("an alarm");
        host.advance(Duration::from_secs(24 * 3_600));
    };
    plan().explore(day).expect("1,440 alarms are not too many");
}

#[test]
fn times_beyond_the_platforms_are_refused() {
    let advanced =
        |by| Plan::new("time", tills).explore(move |host| host.advance(by)).map_err(|broken| broken.message);
    assert!(advanced(Duration::MAX).expect_err("too far").contains("8640000000000000"));
    advanced(Duration::from_secs(100 * 366 * 24 * 3_600)).expect("a hundred years");
    let start = |ms| {
        Plan::new("time", tills)
            .start(Timestamp::from_millis(ms))
            .explore(|host| drop(host.actor::<Till>("a").ask(Put(1))))
    };
    assert!(start(i64::MIN).is_err());
    start(-8_640_000_000_000_000).expect("the first time");
}

/// A mistake in a test is told as such, with what it said.
#[test]
fn what_a_test_does_wrong_is_told() {
    #[track_caller]
    fn check(test: impl Fn(Host), says: &str) {
        let broken = Plan::new("mistake", tills).explore(test).expect_err("a mistake");
        assert!(broken.message.contains(says), "{broken}");
    }
    check(|host| host.actor::<Till>("a").store(|_| assert_eq!(1, 2, "in the look")), "in the look");
    check(
        |host| host.actor::<Till>("a").store(|_| drop(host.get("/t/a/"))),
        "a call of the host inside of another one",
    );
    check(
        |host| {
            host.on_fetch(|request| panic!("a request to {}", request.uri()));
            drop(host.actor::<Till>("a").ask(crate::app::Fetch("https://example.com/".into())));
        },
        "a request to https://example.com/",
    );
    check(|host| drop(host.actor::<Notes>("a")), "`.hosts::<Notes>()`");
    let needs = |_: &Env| App::new().needs("KEY");
    let broken = Plan::new("needs", needs).explore(drop::<Host>).expect_err("a variable is missing");
    assert!(broken.message.contains("vars(NAME = "), "{broken}");
}

#[test]
fn a_look_that_fails_leaves_the_actor_as_it_was() {
    Plan::new("look", tills).run(|host| {
        let till = host.actor::<Till>("a");
        let look = || till.store(|_| panic!("in the look"));
        let looked: std::thread::Result<()> = std::panic::catch_unwind(std::panic::AssertUnwindSafe(look));
        assert!(looked.is_err());
        assert_eq!(till.ask(Put(1)), Ok(1));
    });
}

#[test]
fn atomic_calls_are_made_of_atomic_calls() {
    let test = |host: Host| {
        let (a, b) = (host.actor::<Till>("a"), host.actor::<Till>("b"));
        let one = |host: &Host, n| host.atomic(|_| a.ask(Put(n)), Host::snapshot);
        let sums = host.atomic(|host| (one(host, 1), one(host, 2)), |_| b.exists());
        assert_eq!(sums, (Ok(1), Ok(3)));
        assert_eq!(host.atomic(|_| b.ask(Put(4)), Host::snapshot), Ok(4));
    };
    let explored = Plan::new("nested", tills).crash_everywhere().explore(test);
    assert!(explored.unwrap_or_else(|broken| panic!("{broken}")).faults > 6);
}
