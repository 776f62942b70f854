//! How a host is set up.

use std::path::PathBuf;
use std::time::Duration;

use domicile::Env;

use super::time::Time;
use crate::Limits;
use crate::server::descriptors;

/// Descriptors left for everything but sockets and databases: event loops, the index, files that are being made,
/// connections to elsewhere.
const RESERVE: usize = 128;

/// A database in WAL mode has its file, its log and its shared memory open.
const DESCRIPTORS_EACH: usize = 3;

/// Each open database may hold 512 KiB of cache.
const MOST_DATABASES: usize = 2048;

/// Where the databases of a host's actors are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In memory: they end with the host.
    Memory,
    /// In files under this folder, which is made when it is missing.
    Folder(PathBuf),
}

/// How a host is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the databases are.
    pub data: Data,
    /// The variables that the app sees.
    pub env: Env,
    /// Threads that actors run on; at least one. An actor stays on one of them.
    pub threads: usize,
    /// How long an actor may have nothing to do before it is evicted: its memory is dropped and its database closed.
    pub idle: Duration,
    /// How many databases may be open at once; at least one for each thread. When more are needed, the actor that
    /// has rested for longest is evicted.
    pub open_databases: usize,
    /// How long running events and effects may take to finish at shutdown.
    pub grace: Duration,
    /// Where randomness comes from: the operating system, or for a test the same bytes each time.
    pub seed: Option<[u8; 32]>,
    /// The clock.
    pub time: Time,
    /// The sizes that statements and values may have.
    pub limits: Limits,
    /// Whether requests come through a proxy, which names the client in `X-Forwarded-For`.
    pub behind_proxy: bool,
}

impl Config {
    /// A host whose databases live in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::new(Data::Memory)
    }

    /// A host whose databases are files under `folder`.
    #[must_use]
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::new(Data::Folder(folder.into()))
    }

    fn new(data: Data) -> Self {
        // The server takes half of the descriptors for connections.
        let for_databases = (descriptors() / 2).saturating_sub(RESERVE) / DESCRIPTORS_EACH;
        Self {
            data,
            env: Env::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            // As workerd does.
            idle: Duration::from_secs(10),
            open_databases: for_databases.clamp(1, MOST_DATABASES),
            grace: Duration::from_secs(10),
            seed: None,
            time: Time::system(),
            limits: Limits::PRODUCTION,
            behind_proxy: false,
        }
    }
}
