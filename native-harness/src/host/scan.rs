//! Reads the alarms of actors that the index does not know, from their files, while the host already serves.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, OpenFlags};

use super::d1;
use super::file::EXTENSION;
use super::index::{Known, Notes};
use super::label::{self, Label};
use super::router::Router;

/// Looks at every file of `folder`: reads those that are not `known`, and tells the index of those that are gone. Gives
/// false when it ended early because of `stop`.
pub(super) fn scan(folder: &Path, known: Known, router: &Router, notes: &Notes, stop: &AtomicBool) -> bool {
    let Known { mut files, alarms } = known;
    for (actor, at) in alarms {
        router.arm(actor, at);
    }
    for kind in entries(folder).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&kind) {
            if stop.load(Ordering::Relaxed) {
                return false;
            }
            let relative = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            let is_actor = path.extension().is_some_and(|e| e == EXTENSION) && !d1::is_file(&path);
            if is_actor && !files.remove(&relative) {
                read(&path, router, notes);
            }
        }
    }
    for gone in files {
        notes.gone(gone);
    }
    true
}

fn read(path: &Path, router: &Router, notes: &Notes) {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let label = Connection::open_with_flags(path, flags)
        .and_then(|connection| connection.query_row(label::READ, (), Label::from_row));
    match label {
        Ok(Label { actor, alarm }) => {
            notes.found(&actor, alarm);
            if let Some(at) = alarm {
                router.arm(actor, at);
            }
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "a file in the data folder is no actor's database")
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            tracing::warn!(path = %folder.display(), %error, "a folder cannot be read");
            Vec::new()
        }
    }
}
