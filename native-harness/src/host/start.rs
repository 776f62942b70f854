//! The start of a [`Host`]: the data folder, the threads, and what waits in the folder to be rung.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};

use domicile::{AppFn, Error};
use tokio::sync::{mpsc as async_mpsc, watch};

use super::d1::{self, Databases};
use super::index::{Index, Known};
use super::lock::{Lock, lock};
use super::router::Router;
use super::shard::{self, Setup, Started};
use super::{Config, Data, Disk, Host, Remote, StartError, file, scan};
use crate::vfs::{Clock, Random, Vfs};

impl Host {
    /// Starts a host for `app`.
    ///
    /// # Errors
    /// The app has mistakes or misses variables; the data folder cannot be written or is in use; the machine has no
    /// more threads.
    pub fn start(config: Config, app: AppFn) -> Result<Self, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError(error.to_string());
        let folder = match &config.data {
            Data::Memory => None,
            Data::Folder(folder) => Some(open_folder(folder)?),
        };
        let (threads, jobs): (Vec<_>, Vec<_>) =
            (0..config.threads.max(1)).map(|_| async_mpsc::unbounded_channel()).unzip();
        let (pass, passes) = async_mpsc::channel(1);
        let mut seed = config.seed.unwrap_or_default();
        if config.seed.is_none() {
            getrandom::fill(&mut seed)
                .map_err(|error| wrong(&format_args!("the system has no randomness: {error}")))?;
        }
        let router = Router::new(threads, pass.downgrade());
        let databases = d1::Setup {
            folder: folder.as_ref().map(|folder| folder.path.clone()),
            limits: config.limits,
            time: config.time.clone(),
            random: Random::seeded(salted(seed)),
        };
        // The panic itself is in the log.
        let declared = catch_unwind(AssertUnwindSafe(|| Databases::of(app, &config.env, &databases)));
        let databases = match declared {
            Ok(databases) => databases.map_err(|error| wrong(&error))?,
            Err(_) => return Err(panicked()),
        };
        let (env, time, behind_proxy) = (config.env, config.time, config.behind_proxy);
        let remote = Remote { router, app, env, time, seed, databases, behind_proxy };
        let mut host = Self {
            remote,
            threads: Vec::new(),
            running: Some((pass, passes)),
            grace: config.grace,
            stopping: Arc::default(),
            disk: None,
            #[cfg(test)]
            vfs: Vec::new(),
        };
        let files = folder.as_ref().map(|folder| (folder.path.clone(), folder.index.notes().clone()));
        let open_databases = config.open_databases / jobs.len();
        let mut ready = Vec::new();
        for (number, jobs) in jobs.into_iter().enumerate() {
            let random = host.remote.random(number);
            let vfs = Vfs::new(Clock::default(), random.clone()).map_err(|error| wrong(&error))?;
            #[cfg(test)]
            host.vfs.push(vfs.clone());
            let setup = Setup {
                number,
                app,
                env: host.remote.env.clone(),
                time: host.remote.time.clone(),
                random,
                router: host.remote.router.clone(),
                vfs,
                limits: config.limits,
                files: files.clone(),
                open_databases,
                idle: config.idle,
                databases: host.remote.databases.clone(),
            };
            let Started { thread, ready: how } =
                shard::start(format!("actors-{number}"), setup, jobs).map_err(|error| wrong(&error))?;
            host.threads.push(thread);
            ready.push(how);
        }
        for how in ready {
            started(&how)?;
        }
        host.disk = folder.map(|folder| folder.look_around(&host.remote.router, &host.stopping));
        Ok(host)
    }
}

/// A data folder that is locked.
struct Folder {
    path: PathBuf,
    index: Index,
    known: Known,
    lock: Lock,
}

fn open_folder(folder: &Path) -> Result<Folder, StartError> {
    let lock = lock(folder).map_err(|error| StartError(error.to_string()))?;
    let cannot = |error: &dyn std::fmt::Display| {
        StartError(format!(
            "cannot write to the data folder {}: {error}; choose a folder of your own with --data",
            folder.display()
        ))
    };
    file::clear_unfinished(folder).map_err(|error| cannot(&error))?;
    let (index, known) = Index::open(folder).map_err(|error| cannot(&error))?;
    Ok(Folder { path: folder.to_owned(), index, known, lock })
}

impl Folder {
    /// Looks for alarms that are to be rung, beside everything else.
    fn look_around(self, router: &Router, stopping: &Arc<AtomicBool>) -> Disk {
        let Self { path, index, known, lock } = self;
        let (router, notes, stopping) = (router.clone(), index.notes().clone(), stopping.clone());
        let (scanning, scanned) = watch::channel(());
        let scan = std::thread::spawn(move || {
            let all = scan::scan(&path, known, &router, &notes, &stopping);
            drop(scanning);
            all
        });
        Disk { index, scan, scanned, _lock: lock }
    }
}

/// Waits until a thread has said how its start went.
fn started(how: &mpsc::Receiver<Result<(), Error>>) -> Result<(), StartError> {
    match how.recv() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(StartError(error.to_string())),
        Err(_) => Err(panicked()),
    }
}

fn panicked() -> StartError {
    StartError("the app panicked when it started: the log says where".to_owned())
}

/// A seed that no thread has.
fn salted(mut seed: [u8; 32]) -> [u8; 32] {
    if let Some(last) = seed.last_mut() {
        *last ^= 0xd1;
    }
    seed
}
