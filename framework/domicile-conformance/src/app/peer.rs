//! [`Peer`]: actors that ask one another, and effects that end in every way there is.

mod effect;
mod relay;

use domicile::prelude::*;

pub(super) use relay::{Lost, Relay};

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_note", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;")];

/// An actor among its like.
#[derive(Actor, Default)]
#[actor(
    handles(Write),
    reads(Notes),
    defers(Relay, effect::Delayed, Alarm),
    routes = routes,
    migrations = MIGRATIONS,
    class = "PeerObject",
    binding = "PEERS",
    location = "weur"
)]
pub(crate) struct Peer {}

/// Writes a note.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
pub(crate) struct Write(pub String);

/// The notes.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<String>)]
pub(crate) struct Notes;

impl Handler<Write> for Peer {
    fn handle(&mut self, Write(text): Write, cx: &Cx) -> Result<i64, Failure> {
        Ok(cx.store().query_one("INSERT INTO note (text) VALUES (?) RETURNING id", (text,))?)
    }
}

impl Reader<Notes> for Peer {
    fn read(&self, _: Notes, cx: &Cx) -> Result<Vec<String>, Failure> {
        Ok(cx.store().query_all("SELECT text FROM note ORDER BY id", ())?)
    }
}

fn routes(r: &mut Routes<Peer>) {
    r.get("/", |peer, _, cx| Ok::<_, Failure>(format!("{}\n", peer.read(Notes, cx)?.join(", "))));
    r.post("/relay", relay::route);
    effect::routes(r);
}
