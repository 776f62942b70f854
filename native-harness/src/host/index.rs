//! The index of a data folder: which actors there are, and when the next alarm of each goes off.
//!
//! It is a hint, so that a start need not open every file. It is written by a thread of its own, some time after an
//! event, and marked as unfinished for as long as a host runs: after a crash, or when it is missing or damaged, the
//! files themselves are read.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domicile::wire::ActorRef;
use domicile::{Name, Timestamp};
use rusqlite::{Connection, params};

use super::file;

/// The index's file in the data folder.
pub(super) const FILE: &str = "index.sqlite";

/// How long notes gather before they are written together.
const GATHER: Duration = Duration::from_millis(200);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS actor (
        file TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, alarm INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), finished INTEGER NOT NULL) STRICT;
    INSERT INTO state (id, finished) VALUES (1, 0) ON CONFLICT DO NOTHING;";

/// What there is to note.
#[derive(Debug)]
enum Note {
    Actor(ActorRef, Option<Timestamp>),
    Found(ActorRef, Option<Timestamp>),
    Gone(String),
    Finish,
}

/// Takes notes for the index, on any thread.
#[derive(Debug, Clone)]
pub(super) struct Notes(Sender<Note>);

/// The index of a running host.
pub(super) struct Index {
    notes: Notes,
    writer: JoinHandle<()>,
}

/// What an index knew when it was opened.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The files whose alarms are known, relative to the data folder. None after a crash.
    pub(super) files: HashSet<String>,
    pub(super) alarms: Vec<(ActorRef, Timestamp)>,
}

impl Notes {
    /// Notes that `actor` is stored, and when its alarm goes off.
    pub(super) fn note(&self, actor: &ActorRef, alarm: Option<Timestamp>) {
        self.put(Note::Actor(actor.clone(), alarm));
    }

    /// Notes what was read from `actor`'s file, unless something is known: the actor may have changed it meanwhile.
    pub(super) fn found(&self, actor: &ActorRef, alarm: Option<Timestamp>) {
        self.put(Note::Found(actor.clone(), alarm));
    }

    /// Notes that a file is gone.
    pub(super) fn gone(&self, file: String) {
        self.put(Note::Gone(file));
    }

    fn put(&self, note: Note) {
        // Without its writer the index stays unfinished, and the next start reads the files.
        let _ = self.0.send(note);
    }
}

impl Index {
    /// Opens the index of `folder`, and makes a new one where that is not possible.
    ///
    /// # Errors
    ///
    /// There can be none in that folder.
    pub(super) fn open(folder: &Path) -> rusqlite::Result<(Self, Known)> {
        let path = folder.join(FILE);
        let (connection, known) = open(&path).or_else(|error| {
            if path.exists() {
                tracing::warn!(%error, "the index cannot be read; making a new one from the actors' files");
            }
            for suffix in ["", "-wal", "-shm"] {
                // What cannot be removed makes the next line fail.
                let _ = fs::remove_file(with_suffix(&path, suffix));
            }
            open(&path)
        })?;
        let (notes, noted) = channel();
        let writer = std::thread::spawn(move || write(&connection, &noted));
        Ok((Self { notes: Notes(notes), writer }, known))
    }

    pub(super) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Writes what is still to be written, and marks the index as finished.
    pub(super) fn finish(self) {
        self.notes.put(Note::Finish);
        if self.writer.join().is_err() {
            tracing::error!("the index was not finished");
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn open(path: &Path) -> rusqlite::Result<(Connection, Known)> {
    let connection = Connection::open(path)?;
    connection.execute_batch(SCHEMA)?;
    let finished: bool = connection.query_row("SELECT finished FROM state", (), |row| row.get(0))?;
    let known = if finished { read(&connection)? } else { Known::default() };
    if !finished {
        connection.execute_batch("DELETE FROM actor")?;
    }
    // This mark must be on the disk before any alarm is that the index does not have; what is noted later need not.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; UPDATE state SET finished = 0; PRAGMA synchronous = NORMAL;",
    )?;
    Ok((connection, known))
}

fn read(connection: &Connection) -> rusqlite::Result<Known> {
    let mut known = Known::default();
    let mut statement = connection.prepare("SELECT file, kind, name, alarm FROM actor")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (file, name): (String, String) = (row.get(0)?, row.get(2)?);
        if let (Some(alarm), Ok(name)) = (row.get(3)?, Name::new(name)) {
            known.alarms.push((ActorRef { kind: row.get(1)?, name }, Timestamp::from_millis(alarm)));
        }
        known.files.insert(file);
    }
    Ok(known)
}

/// Writes notes until one says that it is over, or nobody is left to write one.
fn write(connection: &Connection, noted: &Receiver<Note>) {
    while let Ok(first) = noted.recv() {
        let mut finish = matches!(first, Note::Finish);
        let mut notes = vec![first];
        while !finish {
            match noted.recv_timeout(GATHER) {
                Ok(Note::Finish) => finish = true,
                Ok(note) => notes.push(note),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if let Err(error) = write_all(connection, &notes, finish) {
            tracing::error!(%error, "the index cannot be written; the next start will read the actors' files");
            return;
        }
        if finish {
            return;
        }
    }
}

fn write_all(connection: &Connection, notes: &[Note], finish: bool) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for note in notes {
        match note {
            Note::Actor(actor, alarm) => put(&transaction, "REPLACE", actor, *alarm)?,
            Note::Found(actor, alarm) => put(&transaction, "IGNORE", actor, *alarm)?,
            Note::Gone(file) => {
                transaction.prepare_cached("DELETE FROM actor WHERE file = ?")?.execute((file,))?;
            }
            Note::Finish => {}
        }
    }
    if finish {
        transaction.execute("UPDATE state SET finished = 1", ())?;
    }
    transaction.commit()
}

fn put(
    connection: &Connection,
    or: &str,
    actor: &ActorRef,
    alarm: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let sql = format!("INSERT OR {or} INTO actor (file, kind, name, alarm) VALUES (?, ?, ?, ?)");
    let (file, alarm) = (file::path(actor), alarm.map(Timestamp::as_millis));
    let values = params![file.to_string_lossy(), actor.kind, actor.name.as_str(), alarm];
    connection.prepare_cached(&sql)?.execute(values).map(drop)
}
