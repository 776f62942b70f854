//! [`Snapshot`]: all that is stored, to be compared.

use domicile::wire::ActorRef;
use domicile::{Result, Store, Timestamp, Value};

use super::host::Host;
use super::session::AsyncHost;

/// All that is stored: the tables of each actor with their rows, and its alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot(Vec<Stored>);

#[derive(Debug, Clone, PartialEq)]
#[allow(dead_code, reason = "a snapshot is compared and shown")]
struct Stored {
    actor: ActorRef,
    alarm: Option<Timestamp>,
    tables: Vec<Table>,
}

#[derive(Debug, Clone, PartialEq)]
#[allow(dead_code, reason = "a snapshot is compared and shown")]
struct Table {
    name: String,
    rows: Vec<Vec<Value>>,
}

impl AsyncHost {
    /// All that is stored, but what the runtime and the migrations keep of themselves.
    ///
    /// # Panics
    /// A store cannot be looked into, which fails the test.
    pub async fn snapshot(&self) -> Snapshot {
        let mut all = Vec::new();
        for actor in self.actors() {
            let mut read = Ok(Vec::new());
            let looked = self.0.actors.look(&actor, &mut |store| read = tables(store)).await;
            let tables = match looked.and(read) {
                Ok(tables) => tables,
                Err(error) => panic!("the store of {actor} cannot be looked into: {error}"),
            };
            all.push(Stored { alarm: self.0.actors.alarm(&actor).await, actor, tables });
        }
        Snapshot(all)
    }
}

impl Host {
    /// All that is stored, but what the runtime and the migrations keep of themselves: the widest view that
    /// [`atomic`](Host::atomic) can have.
    ///
    /// # Panics
    /// A store cannot be looked into, which fails the test.
    #[must_use]
    #[track_caller]
    pub fn snapshot(&self) -> Snapshot {
        self.run_unseen(self.session.snapshot())
    }
}

fn tables(store: &Store) -> Result<Vec<Table>> {
    let names: Vec<String> = store.query_all(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'domicile_migration'
         AND substr(name, 1, 4) <> '_cf_' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name",
        (),
    )?;
    let table = |name: String| {
        let rows = store.query_all(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\"")), ())?;
        Ok(Table { name, rows })
    };
    names.into_iter().map(table).collect()
}
