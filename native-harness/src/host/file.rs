//! The file of an actor: what it is called, and how it comes to be.
//!
//! An actor's first event runs in memory, and only what it commits becomes a file, whole and at once. So looking at an
//! actor, and an event that is rolled back, leave nothing behind, and there is no moment at which a crash could leave
//! half a file: one that is not yet whole lies in a folder of its own, which the next start empties.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use domicile::wire::ActorRef;
use sha2::{Digest, Sha256};

use super::label::{self, Label};
use crate::sqlite::{Database, Limits};
use crate::vfs::Vfs;

/// How actors' files end.
pub(super) const EXTENSION: &str = "sqlite";

/// The folder of files that are not yet whole.
pub(super) const UNFINISHED: &str = ".unfinished";

/// The longest readable part of a file's name, in bytes.
const SLUG: usize = 80;

/// Where a database of this name says that the log is to be used, in the file format's header: the versions that are
/// needed to write and to read it.
const VERSIONS: std::ops::Range<usize> = 18..20;
const WITH_LOG: [u8; 2] = [2, 2];

/// Why an actor's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{}: {error}", path.display())]
    Sql { path: PathBuf, error: crate::sqlite::SqlError },
    #[error("{} is no actor's database: move it out of the data folder", .0.display())]
    Unlabelled(PathBuf),
    #[error("{} belongs to {found}: give each file in the data folder its own name back", path.display())]
    Another { path: PathBuf, found: ActorRef },
}

/// The path of `actor`'s file below the data folder: a part that people can read, and the hash of the exact kind and
/// name, which no other actor has.
pub(super) fn path(actor: &ActorRef) -> PathBuf {
    let hash = Sha256::new()
        .chain_update(&actor.kind)
        .chain_update([0])
        .chain_update(actor.name.as_str())
        .finalize();
    let mut file = slug(actor.name.as_str());
    if !file.is_empty() {
        file.push('-');
    }
    for byte in hash.iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(file, "{byte:02x}");
    }
    let kind = slug(&actor.kind);
    Path::new(if kind.is_empty() { "actor" } else { &kind }).join(format!("{file}.{EXTENSION}"))
}

/// `text` in lower case, with `-` for what may not stand in a file's name everywhere.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c.is_alphanumeric() || c == '_' { c } else { '-' };
        if slug.len() + c.len_utf8() > SLUG {
            break;
        }
        if c != '-' || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push(c);
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Whether there is a file at `path` with something in it.
pub(super) fn exists(path: &Path) -> Result<bool, FileError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len() > 0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::Io { path: path.to_owned(), error }),
    }
}

/// Opens the file of `actor`.
///
/// # Errors
///
/// It cannot be opened, or is not that actor's.
pub(super) fn open(
    path: &Path,
    vfs: &Vfs,
    limits: Limits,
    actor: &ActorRef,
) -> Result<(Database, Label), FileError> {
    let at = || path.to_owned();
    let db = Database::open(path, vfs, limits).map_err(|error| FileError::Sql { path: at(), error })?;
    match label::read(&db) {
        Ok(Some(label)) if label.actor == *actor => Ok((db, label)),
        Ok(Some(label)) => Err(FileError::Another { path: at(), found: label.actor }),
        Ok(None) => Err(FileError::Unlabelled(at())),
        Err(error) if error.message().starts_with("no such table") => Err(FileError::Unlabelled(at())),
        Err(error) => Err(FileError::Sql { path: at(), error }),
    }
}

/// Makes the file at `path` below `root` from `image`. When this returns, it survives a power cut.
///
/// # Errors
///
/// The disk is full or broken; then there is no file, or after a failed sync of the folder it is unknown whether there
/// is one.
pub(super) fn create(root: &Path, path: &Path, mut image: Vec<u8>, vfs: &Vfs) -> Result<(), FileError> {
    if let Some(versions) = image.get_mut(VERSIONS) {
        versions.copy_from_slice(&WITH_LOG);
    }
    let path = root.join(path);
    put(root, &path, &image, vfs).map_err(|error| FileError::Io { path, error })
}

fn put(root: &Path, path: &Path, image: &[u8], vfs: &Vfs) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    make_folder(folder)?;
    let unfinished = root.join(UNFINISHED).join(name);
    let written = vfs.faults().admit(image.len()).and_then(|()| {
        let mut file = File::create(&unfinished)?;
        file.write_all(image)?;
        file.sync_data()
    });
    if let Err(error) = written {
        // It counts as absent in any case.
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    for suffix in ["-wal", "-shm"] {
        remove_companion(path, suffix)?;
    }
    fs::rename(&unfinished, path)?;
    sync_folder(folder)
}

/// Makes the folder of files that are not yet whole, and empties it.
pub(super) fn clear_unfinished(root: &Path) -> io::Result<()> {
    let folder = root.join(UNFINISHED);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path())?;
    }
    Ok(())
}

/// Removes what a file of this name left behind when it was removed by hand: SQLite would take a log for the new one's.
fn remove_companion(path: &Path, suffix: &str) -> io::Result<()> {
    let mut companion = path.as_os_str().to_owned();
    companion.push(suffix);
    match fs::remove_file(companion) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder survive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
