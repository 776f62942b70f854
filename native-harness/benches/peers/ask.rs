//! Asking an actor of the same thread that counts in memory, one question after the other and sixty-four at once.

use std::hint::black_box;

use bytes::Bytes;
use domicile::prelude::*;
use futures_util::future::join_all;
use native_harness::{Config, Host};
use tokio::runtime::{Builder, Runtime};

use crate::{Pair, Table};

const TIMES: u32 = 640;
const AT_ONCE: u32 = 64;

pub(crate) fn compare(table: &mut Table) {
    for (name, at_once) in [("ask, one after the other", 1), ("ask, 64 at once", AT_ONCE)] {
        let domicile = Domicile::start();
        let (kameo, ractor) = (Kameo::start(), Ractor::start());
        table.compare(Pair {
            name,
            against: "kameo",
            target: 1.0,
            times: TIMES,
            domicile: &mut || domicile.run(at_once),
            other: &mut || kameo.run(at_once),
        });
        table.compare(Pair {
            name,
            against: "ractor",
            target: 1.0,
            times: TIMES,
            domicile: &mut || domicile.run(at_once),
            other: &mut || ractor.run(at_once),
        });
    }
}

/// Asks `TIMES` times, so many at once.
async fn ask_all<F: Future>(at_once: u32, ask: impl Fn() -> F) {
    for _ in 0..TIMES / at_once {
        if at_once == 1 {
            black_box(ask().await);
        } else {
            black_box(join_all((0..at_once).map(|_| ask())).await);
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("an event loop")
}

#[derive(Actor, Default)]
#[actor(handles(Add))]
struct Counter {
    count: u64,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = u64)]
struct Add(u64);

impl Handler<Add> for Counter {
    fn handle(&mut self, Add(n): Add, _: &Cx) -> Result<u64, Failure> {
        self.count += n;
        Ok(self.count)
    }
}

fn app(_: &Env) -> App {
    App::new().actor::<Counter>(singleton("main")).route(
        Method::GET,
        "/ask/{at_once}/",
        async |request: Request, outside: Outside| {
            let at_once: u32 = request.param("at_once")?;
            let counter = outside.address::<Counter>("main");
            ask_all(at_once, async || counter.ask(Add(1)).await.expect("a count")).await;
            Ok::<_, Error>("done")
        },
    )
}

struct Domicile {
    host: Host,
    runtime: Runtime,
}

impl Domicile {
    fn start() -> Self {
        let host = Host::start(Config { threads: 1, ..Config::memory() }, app).expect("a host");
        Self { host, runtime: runtime() }
    }

    fn run(&self, at_once: u32) {
        let request = http::Request::get(format!("/ask/{at_once}/")).header("host", "x.test");
        let request = request.body(Bytes::new()).expect("a request");
        let response = self.runtime.block_on(self.host.request(request)).expect("a response");
        assert_eq!(response.status(), 200);
    }
}

mod of_kameo {
    use kameo::error::Infallible;
    use kameo::prelude::*;

    pub(super) struct Counter {
        pub(super) count: u64,
    }

    impl Actor for Counter {
        type Args = Self;
        type Error = Infallible;

        async fn on_start(args: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
            Ok(args)
        }
    }

    pub(super) struct Add(pub(super) u64);

    impl Message<Add> for Counter {
        type Reply = u64;

        async fn handle(&mut self, Add(n): Add, _: &mut Context<Self, u64>) -> u64 {
            self.count += n;
            self.count
        }
    }
}

struct Kameo {
    runtime: Runtime,
    counter: kameo::actor::ActorRef<of_kameo::Counter>,
}

impl Kameo {
    fn start() -> Self {
        use kameo::actor::Spawn as _;
        let runtime = runtime();
        let counter = runtime.block_on(async { of_kameo::Counter::spawn(of_kameo::Counter { count: 0 }) });
        Self { runtime, counter }
    }

    fn run(&self, at_once: u32) {
        let counter = &self.counter;
        self.runtime
            .block_on(ask_all(at_once, async || counter.ask(of_kameo::Add(1)).await.expect("a count")));
    }
}

mod of_ractor {
    use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

    pub(super) struct Counter;

    pub(super) enum Message {
        Add(u64, RpcReplyPort<u64>),
    }

    impl Actor for Counter {
        type Msg = Message;
        type State = u64;
        type Arguments = ();

        async fn pre_start(&self, _: ActorRef<Message>, (): ()) -> Result<u64, ActorProcessingErr> {
            Ok(0)
        }

        async fn handle(
            &self,
            _: ActorRef<Message>,
            Message::Add(n, reply): Message,
            count: &mut u64,
        ) -> Result<(), ActorProcessingErr> {
            *count += n;
            let _ = reply.send(*count);
            Ok(())
        }
    }
}

struct Ractor {
    runtime: Runtime,
    counter: ractor::ActorRef<of_ractor::Message>,
}

impl Ractor {
    fn start() -> Self {
        let runtime = runtime();
        let spawned = runtime.block_on(ractor::Actor::spawn(None, of_ractor::Counter, ()));
        Self { runtime, counter: spawned.expect("an actor").0 }
    }

    fn run(&self, at_once: u32) {
        let counter = &self.counter;
        self.runtime.block_on(ask_all(at_once, async || {
            let answer = counter.call(|reply| of_ractor::Message::Add(1, reply), None).await;
            answer.expect("an answer").expect("a count")
        }));
    }
}
