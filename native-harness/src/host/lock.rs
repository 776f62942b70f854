//! The lock of a data folder: two hosts that served one would not see each other's actors awake.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "lock";

/// Held for as long as a host serves a folder. The operating system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Why a folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub(super) enum LockError {
    #[error(
        "the data folder {} is in use by {by}: stop that, or choose another folder with --data",
        folder.display()
    )]
    Taken { folder: PathBuf, by: String },
    #[error("cannot write to the data folder {}: {error}; choose a folder of your own with --data", folder.display())]
    Io { folder: PathBuf, error: io::Error },
}

/// Makes `folder` where it is missing, and locks it.
pub(super) fn lock(folder: &Path) -> Result<Lock, LockError> {
    let io = |error| LockError::Io { folder: folder.to_owned(), error };
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(FILE))
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Without a number in it the sentence names no process, and is as true.
            let _ = file.read_to_string(&mut holder);
            let by = match holder.trim().parse::<u32>() {
                Ok(process) => format!("another host (process {process})"),
                Err(_) => "another host".to_owned(),
            };
            return Err(LockError::Taken { folder: folder.to_owned(), by });
        }
        Err(TryLockError::Error(error)) => return Err(io(error)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(io)?;
    Ok(Lock { _file: file })
}
