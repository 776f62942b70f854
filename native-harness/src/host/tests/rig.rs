//! Hosts in memory and on files, and typed messages to them without a runtime in the test.

use std::path::Path;

use bytes::Bytes;
use domicile::Portable;
use domicile::platform::{Call, CallFailure, Target};
use domicile::prelude::*;
use domicile::wire::{Event, Fault, Reply, RequestId, What};
use futures_util::future::LocalBoxFuture;
use tokio::runtime::Runtime;

use super::super::{Body as Carried, Called, Config, Host, Stats};
use super::app::{Notes, actor, app};

/// A host, and a runtime for the test's own side.
pub(super) struct Rig {
    pub(super) host: Host,
    runtime: Runtime,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome<T> {
    Reply(T),
    Fault(Fault),
    Failure(CallFailure),
}

impl<T: std::fmt::Debug> Outcome<T> {
    #[track_caller]
    pub(super) fn reply(self) -> T {
        match self {
            Outcome::Reply(reply) => reply,
            other => panic!("{other:?}"),
        }
    }
}

/// Small, and with two threads, so that some actors share one and some do not.
pub(super) fn config(config: Config) -> Config {
    let grace = std::time::Duration::from_secs(3600);
    Config { threads: 2, seed: Some([7; 32]), grace, ..config }
}

/// Runs `test` on a host in memory and on one with files.
pub(super) fn both(test: impl Fn(Rig)) {
    test(Rig::start(Config::memory()));
    let folder = tempfile::tempdir().unwrap();
    test(Rig::start(Config::folder(folder.path())));
}

impl Rig {
    pub(super) fn start(wanted: Config) -> Self {
        Self::with(config(wanted), app)
    }

    pub(super) fn with(config: Config, app: domicile::AppFn) -> Self {
        let host = Host::start(config, app).unwrap();
        Self { host, runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap() }
    }

    pub(super) fn files(folder: &Path) -> Self {
        Self::start(Config::folder(folder))
    }

    /// Sends `message` to the notes called `name`.
    pub(super) fn ask<M: Message>(&self, name: &str, message: M) -> Outcome<M::Reply> {
        self.ask_of::<Notes, M>(name, message)
    }

    pub(super) fn ask_of<A: Actor, M: Message>(&self, name: &str, message: M) -> Outcome<M::Reply> {
        let called = self.runtime.block_on(self.host.call(call::<A, M>(name, &message)));
        outcome::<M>(called)
    }

    /// Sends `message`, and gives what will be its outcome.
    pub(super) fn begin<M: Message>(
        &self,
        name: &str,
        message: M,
    ) -> LocalBoxFuture<'static, Outcome<M::Reply>> {
        let called = self.host.call(call::<Notes, M>(name, &message));
        Box::pin(async move { outcome::<M>(called.await) })
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The texts of the notes called `name`.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.ask(name, super::app::Get(())).reply().0
    }

    /// Asks until `wanted` likes what it sees: for what the host does by itself.
    pub(super) fn until<T: std::fmt::Debug>(
        &self,
        mut look: impl FnMut(&Self) -> T,
        wanted: impl Fn(&T) -> bool,
    ) -> T {
        let begun = std::time::Instant::now();
        loop {
            let seen = look(self);
            if wanted(&seen) {
                return seen;
            }
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{seen:?}");
        }
    }

    pub(super) fn stats(&self) -> Stats {
        self.runtime.block_on(self.host.stats())
    }

    pub(super) fn evict(&self) {
        self.runtime.block_on(self.host.evict());
    }

    pub(super) fn request(&self, method: &str, path: &str, body: &str) -> http::Response<Carried> {
        let request = http::Request::builder().method(method).uri(path).header("host", "x.test");
        let request = request.body(Bytes::from(body.to_owned())).unwrap();
        self.runtime.block_on(self.host.request(request)).unwrap()
    }

    /// The status and body of a request.
    pub(super) fn fetch(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let response = self.request(method, path, body);
        let status = response.status().as_u16();
        let body = self.runtime.block_on(response.into_body().bytes()).unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

pub(super) fn call<A: Actor, M: Message>(name: &str, message: &M) -> Call {
    let payload = message.encode().unwrap();
    let what = What::Message { name: M::NAME.to_owned(), shape: M::SHAPE, payload };
    Call {
        target: Target { actor: actor::<A>(name), binding: A::BINDING, location: None, jurisdiction: None },
        event: Event::new(RequestId(1), what),
        body: Bytes::new(),
    }
}

fn outcome<M: Message>(called: Result<Called, CallFailure>) -> Outcome<M::Reply> {
    match called.map(|called| called.reply) {
        Ok(Reply::Message(bytes)) => Outcome::Reply(M::Reply::decode(&bytes).unwrap()),
        Ok(Reply::Failed(fault)) => Outcome::Fault(fault),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Outcome::Failure(failure),
    }
}

/// The names of all files under `folder` that belong to actors, unfinished ones too: those in a folder below.
pub(super) fn files(folder: &Path) -> Vec<String> {
    let list = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = list(folder).filter(|path| path.is_dir()).flat_map(|path| list(&path));
    let mut files: Vec<_> =
        below.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    files.sort();
    files
}
