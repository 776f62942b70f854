//! The plan by which a host's disk fails, for tests. A host that serves never sets one.
#![forbid(unsafe_code)]

use std::io;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

const DISK_FULL: u8 = 1;
const WRITE_ERROR: u8 = 2;
const SYNC_ERROR: u8 = 4;
const STALLED_SYNC: u8 = 8;

/// What goes wrong.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Writes fail with `SQLITE_FULL` once this many more bytes were written. The write that crosses the line is torn:
    /// its first part reaches the file, as on a real disk.
    DiskFull {
        /// Bytes still accepted; 0 is full from now on.
        after: u32,
    },
    /// Every write fails with `SQLITE_IOERR_WRITE` and leaves the file as it was.
    WriteError,
    /// No sync ends before the disk is whole again.
    StalledSync,
    /// Every sync fails with `SQLITE_IOERR_FSYNC`; what was written may or may not be on the disk.
    SyncError,
}

/// The faults in force for one host's files. Costs one relaxed load per write and sync when there is none.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    kinds: AtomicU8,
    /// Bytes until the disk is full; goes below zero, so that racing writers cannot find room twice.
    room: AtomicI64,
}

impl Faults {
    /// Adds a fault to those in force.
    #[cfg(test)]
    pub(crate) fn set(&self, fault: Fault) {
        let kind = match fault {
            Fault::DiskFull { after } => {
                self.room.store(i64::from(after), Ordering::Release);
                DISK_FULL
            }
            Fault::WriteError => WRITE_ERROR,
            Fault::SyncError => SYNC_ERROR,
            Fault::StalledSync => STALLED_SYNC,
        };
        self.kinds.fetch_or(kind, Ordering::Release);
    }

    /// Makes the disk whole again.
    #[cfg(test)]
    pub(crate) fn clear(&self) {
        self.kinds.store(0, Ordering::Release);
    }

    /// What these faults make of writing and syncing a whole file that does not pass through SQLite.
    ///
    /// # Errors
    ///
    /// The disk is full or broken.
    pub(crate) fn admit(&self, amount: usize) -> io::Result<()> {
        let amount = i32::try_from(amount).unwrap_or(i32::MAX);
        match self.on_write(amount) {
            WriteVerdict::Whole if self.on_sync() => Err(io::Error::other("the sync failed")),
            WriteVerdict::Whole => Ok(()),
            WriteVerdict::Torn { .. } => Err(io::ErrorKind::StorageFull.into()),
            WriteVerdict::Error => Err(io::Error::other("the write failed")),
        }
    }

    /// Decides over a write of `amount` bytes.
    pub(super) fn on_write(&self, amount: i32) -> WriteVerdict {
        let kinds = self.kinds.load(Ordering::Acquire);
        if kinds & WRITE_ERROR != 0 {
            WriteVerdict::Error
        } else if kinds & DISK_FULL != 0 {
            let room = self.room.fetch_sub(i64::from(amount), Ordering::AcqRel);
            match i32::try_from(room.max(0)) {
                Ok(room) if room < amount => WriteVerdict::Torn { keep: room },
                _ => WriteVerdict::Whole,
            }
        } else {
            WriteVerdict::Whole
        }
    }

    /// Whether a sync fails.
    pub(super) fn on_sync(&self) -> bool {
        while self.kinds.load(Ordering::Acquire) & STALLED_SYNC != 0 {
            std::thread::yield_now();
        }
        self.kinds.load(Ordering::Acquire) & SYNC_ERROR != 0
    }
}

/// What becomes of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteVerdict {
    Whole,
    /// Only the first bytes are written, then the disk is full.
    Torn {
        keep: i32,
    },
    Error,
}
