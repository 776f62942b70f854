//! The life of a thread of actors: how it starts, what it is asked, how it ends.

use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::ReplyBody;
use domicile::site::{Head, Site, SiteResponse, origin};
use domicile::wire::RequestId;
use domicile::{AppFn, Env, Error};
use futures_util::StreamExt;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_local;

use super::Shard;
use crate::Limits;
use crate::host::alarms::{Alarms, Due};
use crate::host::cell::{Delivery, Work};
use crate::host::d1::Databases;
use crate::host::fetch::Fetcher;
use crate::host::index::Notes;
use crate::host::pieces::{Body, Pieces};
use crate::host::platform::{Native, Network};
use crate::host::router::{Job, Pass, Router};
use crate::host::slots::Slots;
use crate::host::time::Time;
use crate::host::vault::Vault;
use crate::host::watch::Watch;
use crate::vfs::{Random, Vfs};

/// Threads for each thread of actors that wait for the disk.
const WAITERS: usize = 16;

/// How often resting actors are looked at: the shortest and the longest pause.
const SWEEPS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(5));

/// How many turns of the event loop have nothing to do before a thread is idle. Tokio looks at what other threads have
/// woken at every 61st turn at the latest.
const QUIET: u32 = 128;

/// What a thread of actors is made from.
pub(in crate::host) struct Setup {
    /// Which of the host's threads it is.
    pub(in crate::host) number: usize,
    pub(in crate::host) app: AppFn,
    pub(in crate::host) env: Env,
    pub(in crate::host) time: Time,
    pub(in crate::host) random: Random,
    pub(in crate::host) router: Router,
    pub(in crate::host) vfs: Vfs,
    pub(in crate::host) limits: Limits,
    pub(in crate::host) files: Option<(PathBuf, Notes)>,
    pub(in crate::host) open_databases: usize,
    pub(in crate::host) idle: Duration,
    pub(in crate::host) databases: Databases,
}

/// A thread that was started.
pub(in crate::host) struct Started {
    pub(in crate::host) thread: JoinHandle<()>,
    /// Says once how the start of the app went; nothing where it panicked.
    pub(in crate::host) ready: Receiver<Result<(), Error>>,
}

/// Starts a thread of actors that does `jobs` until one is to stop.
///
/// # Errors
///
/// The operating system has no more threads.
pub(in crate::host) fn start(
    name: String,
    setup: Setup,
    jobs: mpsc::UnboundedReceiver<Job>,
) -> io::Result<Started> {
    let (tell, ready) = sync_channel(1);
    let thread = std::thread::Builder::new().name(name).spawn(move || run(setup, jobs, &tell))?;
    Ok(Started { thread, ready })
}

fn run(setup: Setup, jobs: mpsc::UnboundedReceiver<Job>, tell: &SyncSender<Result<(), Error>>) {
    let tell = |how| {
        // The one who started the thread waits for this.
        let _ = tell.send(how);
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(WAITERS)
        .build_local(LocalOptions::default());
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return tell(Err(Error::internal("the event loop cannot be made").caused_by(error))),
    };
    runtime.block_on(async {
        let idle = setup.idle;
        match Shard::new(setup, Network::Real(Fetcher::default()), None) {
            Ok(shard) => {
                tell(Ok(()));
                Rc::new(shard).live(jobs, idle).await;
            }
            Err(error) => tell(Err(error)),
        }
    });
}

impl Shard {
    /// The actors of one thread; with what a test wants of them.
    pub(in crate::host) fn new(
        setup: Setup,
        network: Network,
        watch: Option<Rc<dyn Watch>>,
    ) -> Result<Self, Error> {
        let Setup {
            number,
            app,
            env,
            time,
            random,
            router,
            vfs,
            limits,
            files,
            open_databases,
            idle: _,
            databases,
        } = setup;
        let (ours, others) = (random.clone(), router.clone());
        let platform = Rc::new(Native::new(time.clone(), ours, env, others, network, databases));
        Ok(Self {
            site: RefCell::new(Rc::new(Site::start(app, platform.clone())?)),
            platform,
            number,
            time,
            router,
            vault: match files {
                Some((folder, notes)) => Vault::files(vfs, limits, folder, notes),
                None => Vault::memory(vfs, limits),
            },
            cells: RefCell::default(),
            slots: Slots::new(open_databases),
            alarms: Alarms::new(random),
            watch,
        })
    }

    /// The app as it is now.
    pub(super) fn site(&self) -> Rc<Site> {
        self.site.borrow().clone()
    }

    /// Does jobs until one is to stop; then closes what rests. What still runs is dropped, and its event undone.
    async fn live(self: Rc<Self>, jobs: mpsc::UnboundedReceiver<Job>, idle: Duration) {
        self.platform.stands_beside(&self);
        spawn_local(self.clone().sweep(idle));
        self.work_off(jobs).await;
    }

    /// As [`Shard::live`], but evicts nobody who rests.
    pub(in crate::host) async fn work_off(self: Rc<Self>, mut jobs: mpsc::UnboundedReceiver<Job>) {
        spawn_local(self.clone().ring());
        // All that has come is put into the actors' queues at once, where its amount is bounded.
        'jobs: while let Some(first) = jobs.recv().await {
            let mut next = Some(first);
            while let Some(job) = next {
                if self.job(job).await.is_break() {
                    break 'jobs;
                }
                next = jobs.try_recv().ok();
            }
        }
        self.evict_all().await;
    }

    async fn job(self: &Rc<Self>, job: Job) -> ControlFlow<()> {
        match job {
            Job::Call { call, reply, pass } => {
                let (event, body) = (call.event, call.body);
                let work = Work::Event(Box::new(Delivery { event, body, reply, pass }));
                self.put_in_turn(call.target.actor, work);
            }
            Job::Request { request, reply, pass } => {
                let shard = self.clone();
                spawn_local(async move {
                    let response = carry(shard.serve(request, shard.site().request_id()).await, pass);
                    // Who asked may have gone, and what was asked is done all the same.
                    let _ = reply.send(response);
                });
            }
            Job::Arm { actor, at } => self.alarms.suggest(&actor, at),
            Job::Evict(done) => {
                self.evict_all().await;
                let _ = done.send(());
            }
            Job::Idle(done) => drop(spawn_local(self.clone().idle(done))),
            Job::Stats(reply) => drop(reply.send(self.stats())),
            Job::Stop => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    /// Ends when for a while no event has run or waited, and no alarm is due.
    async fn idle(self: Rc<Self>, done: oneshot::Sender<()>) {
        let mut quiet = 0;
        while quiet < QUIET {
            // All other tasks that can run do so first, such as an effect that is about to send an event.
            tokio::task::yield_now().await;
            let running = self.cells.borrow().values().any(|cell| cell.running.get());
            quiet = if running || self.alarms.any_due(self.time.now()) { 0 } else { quiet + 1 };
        }
        let _ = done.send(());
    }

    pub(in crate::host) async fn serve(&self, request: http::Request<Bytes>, id: RequestId) -> SiteResponse {
        let (parts, body) = request.into_parts();
        let head = Head { origin: origin("http", &parts), parts };
        self.site().serve(head, body, id).await
    }

    /// Wakes actors when their alarms go off.
    async fn ring(self: Rc<Self>) {
        loop {
            for Due { actor, ring } in self.alarms.due(&self.time).await {
                // A host that is stopping leaves it to the next one.
                let Some(pass) = self.router.pass() else { return };
                self.put(actor, Work::Alarm { ring, pass });
            }
        }
    }

    /// Evicts actors that have rested for long enough.
    async fn sweep(self: Rc<Self>, idle: Duration) {
        loop {
            tokio::time::sleep((idle / 2).clamp(SWEEPS.0, SWEEPS.1)).await;
            self.evict(idle);
        }
    }
}

/// Makes a response fit to cross to another thread. Its stream stays here and is read when a piece is asked for.
pub(in crate::host) fn carry(response: SiteResponse, pass: Pass) -> http::Response<Body> {
    response.map(|body| match body {
        ReplyBody::Whole(bytes) => Body::Whole(bytes),
        ReplyBody::Pieces(mut stream) => {
            let (pieces, mut pulled) = Pieces::new();
            spawn_local(async move {
                while let Some(pull) = pulled.recv().await {
                    let _ = pull.send(stream.next().await);
                }
                drop(pass);
            });
            Body::Pieces(pieces)
        }
        // This host makes none.
        ReplyBody::Host(_) => Body::Whole(Bytes::new()),
    })
}
