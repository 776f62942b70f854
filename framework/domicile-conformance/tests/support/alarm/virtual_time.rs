//! [`Virtual`]: the native host in this process, with a clock that only the tale moves.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domicile::{Env, Timestamp};
use domicile_host::{Config, Data, Host, Time};
use tokio::runtime::Runtime;

use super::World;
use crate::support::poll;

/// How long a start may take.
const LIMIT: Duration = Duration::from_secs(20);

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// The native host in virtual time.
pub struct Virtual {
    host: Option<Host>,
    time: Time,
    runtime: Runtime,
    /// Where the actors' files are, for a host that is to start again.
    folder: Option<tempfile::TempDir>,
    seed: u8,
    /// Where this host's part of the log begins.
    logged: usize,
}

/// The errors that all hosts of this process have logged.
#[derive(Clone, Copy)]
struct Log;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

impl Log {
    /// Begins to keep it, once for the process.
    fn keep() {
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log);
        // It is kept already where another case was first.
        let _ = subscriber.with_max_level(tracing_subscriber::filter::LevelFilter::ERROR).try_init();
    }

    fn all() -> MutexGuard<'static, Vec<u8>> {
        // A case that failed has left whole lines.
        LOG.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Self::all().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Virtual {
    /// A host whose jitter comes from `seed`. One that `lasts` can be started again on what it has stored.
    pub fn new(seed: u8, lasts: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let folder = lasts.then(|| tempfile::tempdir().expect("a folder"));
        Log::keep();
        let logged = Log::all().len();
        let mut world = Self { host: None, time: Time::manual(START), runtime, folder, seed, logged };
        world.begin(&[]);
        world
    }

    fn host(&self) -> &Host {
        self.host.as_ref().expect("it runs")
    }

    fn settle(&self) {
        if let Some(host) = &self.host {
            self.runtime.block_on(host.idle());
        }
    }
}

impl World for Virtual {
    fn send(&mut self, method: &str, target: &str, body: &str) -> (u16, String) {
        let request = http(method, target, body);
        let answer = self.runtime.block_on(async {
            let response = self.host().request(request).await.expect("a response");
            let status = response.status().as_u16();
            (status, response.into_body().bytes().await.expect("a body"))
        });
        self.settle();
        (answer.0, String::from_utf8_lossy(&answer.1).into_owned())
    }

    /// Goes from one moment at which something happens to the next.
    fn pass(&mut self, time: Duration) {
        let end = self.time.now().after(time);
        loop {
            self.settle();
            let now = self.time.now();
            let next = self.time.next().filter(|next| *next > now && *next < end).unwrap_or(end);
            let step = u64::try_from(next.as_millis() - now.as_millis()).expect("it is later");
            self.time.advance(Duration::from_millis(step));
            if next == end {
                break;
            }
        }
        self.settle();
    }

    fn wait(&mut self) -> bool {
        false
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&Log::all()[self.logged..]).into_owned()
    }

    fn evict(&mut self) {
        self.runtime.block_on(self.host().evict());
    }

    fn end(&mut self, in_order: bool) {
        let host = self.host.take().expect("it runs");
        if in_order {
            host.shutdown();
        }
    }

    fn begin(&mut self, vars: &[(&str, &str)]) {
        let data = match &self.folder {
            Some(folder) => Data::Folder(folder.path().to_owned()),
            None => Data::Memory,
        };
        let seed = Some([self.seed; 32]);
        let env = Env::new(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = Config { data, time: self.time.clone(), threads: 1, seed, env, ..Config::memory() };
        // A process that another test is about to start holds the folder's lock too, for as long as it is a copy of
        // this one.
        self.host = Some(poll::until("a host", LIMIT, || {
            Host::start(config.clone(), domicile_conformance::app).ok()
        }));
        self.settle();
    }
}

fn http<B: From<String>>(method: &str, target: &str, body: &str) -> domicile::http::Request<B> {
    domicile::http::Request::builder()
        .method(method)
        .uri(target)
        .header("host", "alarms.test")
        .body(body.to_owned().into())
        .expect("a request")
}
