//! [`Local`]: the actors of a host on the caller's own thread, for tests. Nothing in it waits for anything real.
//!
//! It is the same shard that a serving host runs on each of its threads, on an event loop that the caller drives. The
//! clock is a manual one: where all that is left waits for a time, it moves to that time by itself.

mod idle;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use domicile::outside::Outside;
use domicile::platform::{Call, CallFailure};
use domicile::wire::{ActorRef, RequestId};
use domicile::{AppFn, Env, Store, Timestamp};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::mpsc;
use tokio::task::spawn_local;

use super::d1::{self, Databases};
use super::pieces::Body;
use super::platform::{Answers, Network};
use super::router::{Pass, Router, no_answer};
use super::shard::{Setup, Shard, carry};
use super::watch::Watch;
use super::{Called, StartError, Time};
use crate::Limits;
use crate::vfs::{Clock, Random, Vfs};

use idle::Idle;

/// What actors on the caller's thread are made from.
pub(crate) struct LocalConfig {
    pub(crate) app: AppFn,
    pub(crate) env: Env,
    /// A manual clock.
    pub(crate) time: Time,
    pub(crate) random: Random,
    pub(crate) network: Answers,
    pub(crate) watch: Rc<dyn Watch>,
}

/// The event loop that actors on the caller's thread run in.
pub(crate) struct Local {
    // Dropped first: its tasks hold the shard.
    runtime: LocalRuntime,
    actors: Actors,
    driving: Cell<bool>,
}

/// Actors on the caller's thread, to be used inside of their event loop.
#[derive(Clone)]
pub(crate) struct Actors {
    shard: Rc<Shard>,
    router: Router,
    idle: Arc<Idle>,
    time: Time,
    pass: Pass,
}

impl Local {
    /// Starts the actors of an app.
    ///
    /// # Errors
    /// The app has mistakes or misses variables.
    pub(crate) fn start(config: LocalConfig) -> Result<Self, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError(error.to_string());
        let LocalConfig { app, env, time, random, network, watch } = config;
        let (sender, jobs) = mpsc::unbounded_channel();
        let (pass, _) = mpsc::channel(1);
        let router = Router::new(vec![sender], pass.downgrade());
        let vfs = Vfs::new(Clock::default(), random.clone()).map_err(|error| wrong(&error))?;
        // In memory: there is no way to give a test a folder.
        let (folder, limits) = (None, Limits::PRODUCTION);
        let databases = d1::Setup { folder, limits, time: time.clone(), random: random.clone() };
        let databases = Databases::of(app, &env, &databases).map_err(|error| wrong(&error))?;
        let setup = Setup {
            number: 0,
            databases,
            app,
            env,
            time: time.clone(),
            random,
            router: router.clone(),
            vfs,
            // Tests hold an app to what Cloudflare documents.
            limits: Limits::PRODUCTION,
            files: None,
            open_databases: usize::MAX,
            idle: std::time::Duration::MAX,
        };
        let shard = Shard::new(setup, Network::Answered(network), Some(watch)).map_err(|e| wrong(&e))?;
        let shard = Rc::new(shard);
        let idle = Arc::new(Idle::new(time.clone()));
        let parked = idle.clone();
        let runtime = Builder::new_current_thread()
            .on_thread_park(move || parked.parked())
            .build_local(LocalOptions::default())
            .map_err(|error| wrong(&error))?;
        runtime.block_on(async { drop(spawn_local(shard.clone().work_off(jobs))) });
        let actors = Actors { shard, router, idle, time, pass };
        Ok(Self { runtime, actors, driving: Cell::new(false) })
    }

    pub(crate) fn actors(&self) -> &Actors {
        &self.actors
    }

    /// Whether a future is being run, inside of which no other can be.
    pub(crate) fn is_driving(&self) -> bool {
        self.driving.get()
    }

    /// Runs `future` to its end, and everything else meanwhile. `None` where nothing is left that could end it.
    pub(crate) fn drive<F: Future>(&self, future: F) -> Option<F::Output> {
        struct Driving<'a>(&'a Cell<bool>);
        impl Drop for Driving<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        self.driving.set(true);
        let _driving = Driving(&self.driving);
        self.actors.idle.begin();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                output = future => Some(output),
                () = self.actors.idle.stalled() => None,
            }
        })
    }
}

impl Actors {
    /// Delivers an event to an actor.
    ///
    /// # Errors
    /// The actor gave no reply.
    pub(crate) async fn call(&self, call: Call) -> Result<Called, CallFailure> {
        let carried = self.router.call(call)?.await.unwrap_or_else(|_| Err(no_answer()))?;
        Ok(Called { reply: carried.reply, body: carried.body })
    }

    /// Serves a request at the entry.
    pub(crate) async fn serve(&self, request: http::Request<Bytes>, id: RequestId) -> http::Response<Body> {
        let served = spawn_local({
            let (shard, pass) = (self.shard.clone(), self.pass.clone());
            async move { carry(shard.serve(request, id).await, pass) }
        });
        served.await.unwrap_or_else(|_| {
            let mut response = http::Response::new(Body::Whole(Bytes::from_static(b"the entry panicked")));
            *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
    }

    /// The world outside of actors, from which they are asked.
    pub(crate) fn outside(&self, id: RequestId) -> Outside {
        self.shard.outside(id)
    }

    /// Whether the app has actors of this kind.
    pub(crate) fn know(&self, kind: &str) -> bool {
        self.shard.knows(kind)
    }

    pub(crate) async fn evict(&self, actor: Option<&ActorRef>) {
        match actor {
            Some(actor) => self.shard.evict_one(actor).await,
            None => self.shard.evict_all().await,
        }
    }

    pub(crate) fn crash(&self, actor: Option<&ActorRef>) {
        match actor {
            Some(actor) => self.shard.crash(actor),
            None => self.shard.crash_all(),
        }
    }

    /// Goes on with another version of the app.
    ///
    /// # Errors
    /// It has mistakes or misses variables; the version before it goes on.
    pub(crate) fn deploy(&self, app: AppFn) -> domicile::Result<()> {
        self.shard.deploy(app)
    }

    pub(crate) async fn look(&self, actor: &ActorRef, with: &mut dyn FnMut(&Store)) -> domicile::Result<()> {
        self.shard.look(actor, with).await
    }

    pub(crate) async fn alarm(&self, actor: &ActorRef) -> Option<Timestamp> {
        self.shard.alarm_of(actor).await
    }

    /// The alarms that are set, the earliest first.
    pub(crate) fn alarms(&self) -> Vec<(Timestamp, ActorRef)> {
        self.shard.alarms_set()
    }

    pub(crate) fn stored(&self) -> Vec<ActorRef> {
        self.shard.stored()
    }

    /// Runs everything else until all of it waits for a later time, or for what is not coming.
    pub(crate) async fn settle(&self) {
        self.idle.rest().await;
    }

    /// Moves the clock to `until`, with a stop at each time that somebody waits for on the way.
    pub(crate) async fn advance_to(&self, until: Timestamp) {
        loop {
            self.settle().await;
            match self.time.next() {
                Some(next) if next <= until => self.time.move_to(next),
                _ => break,
            }
        }
        self.time.move_to(until);
        self.settle().await;
    }
}
