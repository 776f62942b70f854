//! Accepting connections and handing each to the thread that has the fewest.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::connection::{Shared, drive};
use super::shutdown::{Shutdown, Stage, Watch};
use super::{Config, Ended, Handler};

/// How long threads may take to drop what they hold when the server is over.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How long nothing is said about failures to accept after it was said once.
const SILENCE: Duration = Duration::from_secs(60);

/// A new connection on its way to its thread.
struct Accepted {
    stream: std::net::TcpStream,
    peer: SocketAddr,
    place: Place,
}

/// A connection's place among those that may be open, free again when it is dropped.
struct Place {
    load: Arc<AtomicUsize>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.load.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A thread that serves connections.
struct Worker {
    connections: mpsc::UnboundedSender<Accepted>,
    load: Arc<AtomicUsize>,
    ended: oneshot::Receiver<()>,
}

pub(super) fn run<H: Handler>(
    listener: TcpListener,
    config: Config,
    shutdown: Shutdown,
    make: impl Fn() -> H + Send + Sync + 'static,
    ready: impl FnOnce(),
) -> io::Result<Ended> {
    listener.set_nonblocking(true)?;
    let make = Arc::new(make);
    let workers = (0..config.threads.max(1))
        .map(|n| Worker::start(n, config.clone(), shutdown.trigger().watch(), make.clone()))
        .collect::<io::Result<Vec<_>>>()?;
    runtime()?.block_on(async move {
        shutdown.watch_signals()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        ready();
        let mut watch = shutdown.trigger().watch();
        let accepted = tokio::select! {
            failed = accept(&listener, config.max_connections.max(1), &workers) => failed,
            () = watch.reached(Stage::Draining) => Ok(()),
        };
        if accepted.is_err() {
            shutdown.trigger().pull();
        }
        // From here on a new client is refused instead of left waiting.
        drop(listener);
        let ended = workers.into_iter().map(|worker| worker.ended).collect();
        let ended = finish(ended, config.grace, &shutdown).await;
        accepted.map(|()| ended)
    })
}

/// Waits until every thread has finished its requests, but no longer than `grace`.
async fn finish(mut ended: Vec<oneshot::Receiver<()>>, grace: Duration, shutdown: &Shutdown) -> Ended {
    let mut watch = shutdown.trigger().watch();
    let mut all = std::pin::pin!(async {
        for worker in &mut ended {
            // A thread that panicked has ended too.
            let _ = worker.await;
        }
    });
    tokio::select! {
        // First, since the threads end too once they are told to stop at once, and that is not in order.
        biased;
        () = watch.reached(Stage::Over) => {}
        () = all.as_mut() => return Ended::InOrder,
        () = tokio::time::sleep(grace) => tracing::warn!("requests that still ran at the end of the grace period were dropped"),
    }
    shutdown.trigger().end();
    let _ = timeout(LAST_WORDS, all).await;
    Ended::AtOnce
}

fn runtime() -> io::Result<LocalRuntime> {
    Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
}

/// Accepts connections for ever.
async fn accept(listener: &tokio::net::TcpListener, most: usize, workers: &[Worker]) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
    let mut backoff = Backoff::default();
    loop {
        let Ok(permit) = places.clone().acquire_owned().await else {
            return Err(io::Error::other("the places for connections are gone"));
        };
        let accepted = listener.accept().await.and_then(|(stream, peer)| Ok((stream.into_std()?, peer)));
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                backoff.failed(&error).await;
                continue;
            }
        };
        backoff.failures = 0;
        let Some(worker) = workers.iter().min_by_key(|worker| worker.load.load(Ordering::Relaxed)) else {
            return Err(io::Error::other("the server has no threads"));
        };
        worker.load.fetch_add(1, Ordering::Relaxed);
        let place = Place { load: worker.load.clone(), _permit: permit };
        if worker.connections.send(Accepted { stream, peer, place }).is_err() {
            return Err(io::Error::other("a thread of the server has ended"));
        }
    }
}

/// The pauses after failures to accept. A process that is out of descriptors would else spin, as
/// the connection that it cannot take stays ready.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    said: Option<Instant>,
}

impl Backoff {
    /// How long to wait after `error`, and whether to say so: once a minute at most. A server at the
    /// edge of its descriptors accepts a few connections between its failures.
    pub(super) fn after(&mut self, error: &io::Error, now: Instant) -> (Duration, bool) {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        // The client went away before it was accepted: the next one may well be fine.
        if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
            return (Duration::ZERO, false);
        }
        let pause = Duration::from_millis(10 << self.failures.min(7)).min(Duration::from_secs(1));
        self.failures = self.failures.saturating_add(1);
        let say = self.said.is_none_or(|said| now - said > SILENCE);
        if say {
            self.said = Some(now);
        }
        (pause, say)
    }

    async fn failed(&mut self, error: &io::Error) {
        let (pause, say) = self.after(error, Instant::now());
        if say {
            tracing::error!(%error, "cannot accept connections; trying again");
        }
        tokio::time::sleep(pause).await;
    }
}

impl Worker {
    /// Starts a thread, and returns when its handler stands.
    fn start<H: Handler>(
        n: usize,
        config: Config,
        watch: Watch,
        make: Arc<impl Fn() -> H + Send + Sync + 'static>,
    ) -> io::Result<Self> {
        let (connections, accepted) = mpsc::unbounded_channel();
        let (ready, is_ready) = std::sync::mpsc::sync_channel(1);
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name(format!("http-{n}")).spawn(move || {
            // Dropped when this thread ends, however that happens.
            let _end = end;
            let runtime = match runtime() {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error))),
            };
            runtime.block_on(async {
                let shared = Rc::new(Shared { handler: Rc::new(make()), config: Rc::new(config) });
                // Nobody waits for the answer of a server that could not start.
                let _ = ready.send(Ok(()));
                serve(accepted, shared, watch).await;
            });
        })?;
        is_ready
            .recv()
            .map_err(|_| io::Error::other("the handler of a server thread could not be made"))??;
        Ok(Self { connections, load: Arc::default(), ended })
    }
}

/// Serves the connections that come until no more come and all have ended, or the server is over.
async fn serve<H: Handler>(
    mut accepted: mpsc::UnboundedReceiver<Accepted>,
    shared: Rc<Shared<H>>,
    mut watch: Watch,
) {
    // Every connection holds a sender: there is nothing left when all are gone.
    let (running, mut idle) = mpsc::channel::<()>(1);
    let draining = watch.clone();
    let all = async {
        while let Some(Accepted { stream, peer, place }) = accepted.recv().await {
            let running = running.clone();
            match TcpStream::from_std(stream) {
                Ok(stream) => {
                    let connection = drive(stream, peer, shared.clone(), draining.clone());
                    tokio::task::spawn_local(async move {
                        connection.await;
                        drop((place, running));
                    });
                }
                Err(error) => tracing::error!(%error, "a connection cannot be served"),
            }
        }
        drop(running);
        idle.recv().await
    };
    tokio::select! {
        _ = all => {}
        () = watch.reached(Stage::Over) => {}
    }
}
