//! A row by its key, read in a handler; and a row that is written, by a message that is answered when it is on the disk.

use std::hint::black_box;
use std::path::Path;

use bytes::Bytes;
use domicile::platform::{Call, Target};
use domicile::prelude::*;
use domicile::wire::{ActorRef, Event, Reply, RequestId, What};
use native_harness::{Config, Host};
use rusqlite::Connection;
use tokio::runtime::{Builder, Runtime};

use crate::{Pair, Table};

const ROWS: u32 = 1_000;
const READS: u32 = 500;
const WRITES: u32 = 4;

const TABLE: &str =
    "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL) STRICT;";
const READ: &str = "SELECT id, name, n FROM item WHERE id = ?";
const WRITE: &str = "INSERT INTO item (name, n) VALUES (?, ?)";

pub(crate) fn compare(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let domicile = Domicile::start(folder.path());
    let raw = raw(&folder.path().join("raw.sqlite"));
    domicile.ask(&Fill(ROWS));
    fill(&raw);
    table.compare(Pair {
        name: "point read, in a handler",
        against: "rusqlite",
        target: 0.8,
        times: READS,
        domicile: &mut || domicile.ask(&ReadSome(READS)),
        other: &mut || read(&raw),
    });
    table.compare(Pair {
        name: "point write, and its commit",
        against: "rusqlite",
        target: 0.9,
        times: WRITES,
        domicile: &mut || (0..WRITES).for_each(|_| domicile.ask(&Write { name: "name".into() })),
        other: &mut || (0..WRITES).for_each(|_| write(&raw)),
    });
}

/// A database as a host sets its own.
fn raw(path: &Path) -> Connection {
    let raw = Connection::open(path).expect("a database");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -512;
        PRAGMA journal_size_limit = 4194304;";
    raw.execute_batch(settings).expect("settings");
    raw.execute_batch(TABLE).expect("a table");
    raw
}

fn fill(raw: &Connection) {
    raw.execute_batch("BEGIN").expect("a transaction");
    for n in 0..ROWS {
        raw.execute(WRITE, (format!("name {n}"), n)).expect("a row");
    }
    raw.execute_batch("COMMIT").expect("a commit");
}

fn read(raw: &Connection) {
    raw.execute_batch("BEGIN").expect("a transaction");
    for n in 1..=READS {
        let mut statement = raw.prepare_cached(READ).expect("a statement");
        let row: (u32, String, u32) =
            statement.query_one((n,), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("a row");
        black_box(row);
    }
    raw.execute_batch("COMMIT").expect("a commit");
}

fn write(raw: &Connection) {
    raw.execute_batch("BEGIN").expect("a transaction");
    raw.prepare_cached(WRITE).expect("a statement").execute(("name", 1)).expect("a row");
    raw.execute_batch("COMMIT").expect("a commit");
}

#[derive(Actor, Default)]
#[actor(handles(Fill, Write), reads(ReadSome), migrations = MIGRATIONS)]
struct Items {}

const MIGRATIONS: &[Migration] = &[Migration::sql("0001_initial", TABLE)];

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Fill(u32);

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct ReadSome(u32);

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Write {
    name: String,
}

impl Handler<Fill> for Items {
    fn handle(&mut self, Fill(rows): Fill, cx: &Cx) -> Result<(), Failure> {
        for n in 0..rows {
            cx.store().execute(WRITE, (format!("name {n}"), n))?;
        }
        Ok(())
    }
}

impl Reader<ReadSome> for Items {
    fn read(&self, ReadSome(times): ReadSome, cx: &Cx) -> Result<(), Failure> {
        for n in 1..=times {
            let row: (u32, String, u32) = cx.store().query_one(READ, (n,))?;
            black_box(row);
        }
        Ok(())
    }
}

impl Handler<Write> for Items {
    fn handle(&mut self, Write { name }: Write, cx: &Cx) -> Result<(), Failure> {
        cx.store().execute(WRITE, (name, 1))?;
        Ok(())
    }
}

fn app(_: &Env) -> App {
    App::new().actor::<Items>(singleton("main"))
}

struct Domicile {
    host: Host,
    runtime: Runtime,
}

impl Domicile {
    fn start(folder: &Path) -> Self {
        let host =
            Host::start(Config { threads: 1, ..Config::folder(folder.join("data")) }, app).expect("a host");
        Self { host, runtime: Builder::new_current_thread().enable_all().build().expect("an event loop") }
    }

    fn ask<M: Message>(&self, message: &M) {
        let payload = message.encode().expect("a payload");
        let what = What::Message { name: M::NAME.to_owned(), shape: M::SHAPE, payload };
        let actor = ActorRef { kind: Items::KIND.into(), name: Name::new("main").expect("a name") };
        let target = Target { actor, binding: Items::BINDING, location: None, jurisdiction: None };
        let call = Call { target, event: Event::new(RequestId(1), what), body: Bytes::new() };
        let called = self.runtime.block_on(self.host.call(call)).expect("a reply");
        assert!(matches!(called.reply, Reply::Message(_)), "{:?}", called.reply);
    }
}
