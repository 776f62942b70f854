//! What a host has stored: its database files, and what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// A database file of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its path inside the host's folder.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The app's tables in it.
    pub tables: Vec<String>,
}

/// The native host's list of actors, which is a hint of its own and no actor's store.
const INDEX: &str = "index.sqlite";

/// The stores of actors below `data`, of a host that has ended.
pub fn list(data: &Path) -> Vec<Stored> {
    let mut found = Vec::new();
    let mut listed_actors = 0;
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path == data.join(INDEX) {
                let listed = Connection::open(&path)
                    .and_then(|db| db.query_row("SELECT count(*) FROM actor", (), |r| r.get::<_, u32>(0)));
                listed_actors = listed.expect("an index");
            } else if path.extension().is_some_and(|e| e == "sqlite") {
                found.push(Stored {
                    bytes: fs::metadata(&path).expect("a file").len(),
                    tables: tables(&path),
                    path: path.strip_prefix(data).expect("below").to_owned(),
                });
            }
        }
    }
    assert!(
        listed_actors as usize <= found.len(),
        "the index knows {listed_actors} actors, of which {} have a store",
        found.len()
    );
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The tables of a database, without those of the runtime.
fn tables(path: &Path) -> Vec<String> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("a database");
    let mut names = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_' ORDER BY name")
        .expect("a statement");
    names.query_map((), |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names")
}
