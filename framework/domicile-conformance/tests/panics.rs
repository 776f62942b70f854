//! What a panic costs: its own caller gets a 500 at once, what it wrote is gone, and everybody else is answered right.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what a test cannot do has failed")]

mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use support::full;
use support::host::Kind;
use support::http::{self, Connection, Request};
use support::poll;
use support::world::Server;

/// Times are measured, so one test at a time.
static ONE: Mutex<()> = Mutex::new(());

/// Long enough for anything that is not a hang.
const SOON: Duration = Duration::from_secs(10);

fn on_each(test: impl Fn(&Server)) {
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for kind in Kind::all() {
        eprintln!("on {}", kind.name());
        test(&Server::start(&kind, &[]));
    }
}

fn ask(server: &Server, request: &Request) -> http::Reply {
    http::send(server.address(), request).expect("a reply")
}

/// The numbers that the actor has booked, which must be the same in both of its tables.
fn booked(server: &Server, actor: &str) -> Vec<i64> {
    let page = ask(server, &Request::get(format!("/pair/{actor}/")));
    page.has(200);
    let (credit, debit): (Vec<i64>, Vec<i64>) = serde_json::from_slice(&page.body).expect("two lists");
    assert_eq!(credit, debit, "half of a message of {actor}");
    credit
}

#[test]
fn a_panic_is_answered_at_once_and_nobody_else_notices() {
    const ROUNDS: i64 = 11;
    on_each(|server| {
        let mut others = Others::new(server);
        ask(server, &Request::post("/pair/bomb/0", "")).has(200);
        let alone = median((1..ROUNDS).map(|round| panic_once(server, round)));
        let (mut without, mut among) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            without.push(
                others.all_at_once(|| time(|| ask(server, &Request::get("/pair/bomb/")).has(200).status)),
            );
            among.push(others.all_at_once(|| panic_once(server, 1)));
        }
        let (without, among) = (median(without), median(among));
        assert_eq!(booked(server, "bomb"), [0], "what was written before the panic");
        others.check(server);
        eprintln!(
            "  a panic took {alone:?}; among {OTHERS} requests {among:?}, where a read took {without:?}"
        );
        assert!(alone < Duration::from_millis(100), "{alone:?}");
        // Among others it waits its turn as any request does.
        assert!(among < without + Duration::from_millis(100), "{among:?} and not {without:?}");
    });
}

const OTHERS: usize = 50;

/// Clients of other actors.
struct Others {
    connections: Vec<Connection>,
    rounds: i64,
}

impl Others {
    fn new(server: &Server) -> Self {
        Self { connections: (0..OTHERS).map(|_| Connection::new(server.address())).collect(), rounds: 0 }
    }

    /// Sends a write to each, and does `besides` meanwhile.
    fn all_at_once<T>(&mut self, besides: impl FnOnce() -> T) -> T {
        let round = self.rounds;
        self.rounds += 1;
        std::thread::scope(|scope| {
            for (n, connection) in self.connections.iter_mut().enumerate() {
                scope.spawn(move || {
                    let book = Request::post(format!("/pair/other-{n}/{round}"), "");
                    connection.send(&book).expect("a reply").is(200, &format!("{round}\n"));
                });
            }
            besides()
        })
    }

    fn check(&self, server: &Server) {
        let all: Vec<i64> = (0..self.rounds).collect();
        for n in 0..OTHERS {
            assert_eq!(booked(server, &format!("other-{n}")), all);
        }
    }
}

fn panic_once(server: &Server, n: i64) -> Duration {
    time(|| {
        ask(server, &Request::post(format!("/pair/bomb/{n}/panic"), ""))
            .failed(500, "Internal Server Error")
            .status
    })
}

fn time<T>(action: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    action();
    began.elapsed()
}

/// The machine may have other work too, so that one slow answer says nothing.
fn median(times: impl IntoIterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort();
    times[times.len() / 2]
}

#[test]
fn a_storm_of_panics() {
    const ACTORS: usize = 40;
    const THREADS: usize = 16;
    let requests = if full() { 10_000 } else { 1_000 };
    on_each(|server| {
        let address = server.address();
        let began = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                scope.spawn(move || {
                    let mut connection = Connection::new(address);
                    for n in (thread..requests).step_by(THREADS) {
                        let actor = n % ACTORS;
                        if panics(n) {
                            let reply =
                                connection.send(&Request::post(format!("/pair/s-{actor}/{n}/panic"), ""));
                            reply.expect("a reply").failed(500, "Internal Server Error");
                        } else {
                            let reply = connection.send(&Request::post(format!("/pair/s-{actor}/{n}"), ""));
                            reply.expect("a reply").is(200, &format!("{n}\n"));
                        }
                    }
                });
            }
        });
        eprintln!("  {requests} requests, one in ten a panic, in {:?}", began.elapsed());
        let mut expected: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
        for n in (0..requests).filter(|n| !panics(*n)) {
            expected.entry(n % ACTORS).or_default().push(i64::try_from(n).expect("a small number"));
        }
        for (actor, numbers) in expected {
            assert_eq!(booked(server, &format!("s-{actor}")), numbers);
        }
    });
}

/// One in ten, and not always of the same actors.
fn panics(n: usize) -> bool {
    (n * 7 + n / 40) % 10 == 3
}

#[test]
fn panics_of_effects_and_entry_routes() {
    on_each(|server| {
        for round in 0..5 {
            for target in ["/peer/p/effect/panic/0/9000", "/peer/p/effect/panic/10/9000"] {
                ask(server, &Request::post(target, "")).failed(500, "Internal Server Error");
            }
            for target in ["/entry/panic", "/entry/panic-later", "/site/s/pages/few"] {
                let reply = ask(server, &Request::get(target));
                if target.contains("panic") {
                    reply.failed(500, "Internal Server Error");
                } else {
                    reply.has(200);
                }
            }
            assert!(ask(server, &Request::get("/site/s/pages/panic")).broken);
            let decided = vec!["decided"; 2 * (round + 1)].join(", ");
            ask(server, &Request::get("/peer/p/")).is(200, &format!("{decided}\n"));
            ask(server, &Request::get("/entry/hello/you")).is(200, "hello you\n");
        }
        let secrets = ["the secret of the effect", "the secret of the entry", "the secret of the page"];
        poll::until("the log's panics", SOON, || {
            let log = server.log();
            secrets.iter().all(|secret| log.contains(secret)).then_some(())
        });
    });
}

/// On workerd a trap ends every effect in its instance; there and natively, nobody is left waiting.
#[test]
fn effects_in_flight_end_at_once() {
    const EFFECTS: usize = 10;
    on_each(|server| {
        let address = server.address();
        let native = server.kind == Kind::Native;
        // Natively an effect goes on, so that the test is as long as it.
        let ms = if native { 1_500 } else { 25_000 };
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..EFFECTS)
                .map(|n| {
                    scope.spawn(move || {
                        let slow = Request::post(format!("/peer/flight-{n}/effect/ok/{ms}/29000"), "");
                        http::send(address, &slow).expect("a reply")
                    })
                })
                .collect();
            for n in 0..EFFECTS {
                poll::until("the effect's decision", SOON, || {
                    let notes = ask(server, &Request::get(format!("/peer/flight-{n}/"))).text();
                    (notes == "decided\n").then_some(())
                });
            }
            let began = Instant::now();
            ask(server, &Request::post("/pair/bomb/1/panic", "")).failed(500, "Internal Server Error");
            for reply in running {
                let reply = reply.join().expect("it does not panic");
                if native {
                    reply.is(200, "note 2\n");
                } else {
                    reply.failed(500, "Internal Server Error");
                }
            }
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        });
        for n in 0..EFFECTS {
            let target = format!("/peer/flight-{n}/effect/ok/0/9000");
            ask(server, &Request::post(target, "")).has(200);
        }
    });
}

#[test]
fn entry_routes_in_flight_end_at_once() {
    on_each(|server| {
        let address = server.address();
        let native = server.kind == Kind::Native;
        let ms = if native { 1_000 } else { 25_000 };
        std::thread::scope(|scope| {
            let slow = scope.spawn(move || {
                http::send(address, &Request::get(format!("/entry/slow/{ms}"))).expect("a reply")
            });
            // Panics go on until one has hit the slow request, as nothing tells that it has begun.
            let began = Instant::now();
            poll::until("the slow request", SOON, || {
                ask(server, &Request::get("/entry/panic-later")).failed(500, "Internal Server Error");
                slow.is_finished().then_some(())
            });
            let reply = slow.join().expect("it does not panic");
            if native {
                reply.is(200, "slow\n");
            } else {
                reply.failed(500, "Internal Server Error");
            }
            assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        });
        ask(server, &Request::get("/entry/hello/you")).is(200, "hello you\n");
    });
}
