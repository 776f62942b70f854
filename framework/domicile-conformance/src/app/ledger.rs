//! [`Ledger`]: money of one owner. It shows what is kept and what is undone, and errors that stay typed across `ask`.

mod message;
mod outcome;
mod statement;

use domicile::prelude::*;

pub(super) use message::{Balance, Deposit, Explode, Overdrawn, Transfer, WhoAsks, Withdraw};

const MIGRATIONS: &[Migration] = &[
    Migration::sql(
        "0001_entry",
        "CREATE TABLE entry (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, note TEXT UNIQUE) STRICT;",
    ),
    Migration::sql(
        "0002_balance",
        "CREATE TABLE balance (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL CHECK (amount >= 0)) STRICT;
              INSERT INTO balance VALUES (1, 0);",
    ),
];

/// A ledger.
#[derive(Actor)]
#[actor(
    start = Ledger::load,
    handles(Deposit, Withdraw, Explode, Alarm),
    reads(Balance, WhoAsks),
    defers(Transfer),
    routes = routes,
    migrations = MIGRATIONS
)]
pub(crate) struct Ledger {
    // As many as there are rows: memory that disagrees with the store shows in the state.
    entries: i64,
}

impl Ledger {
    fn load(cx: &Cx) -> Result<Self> {
        Ok(Self { entries: cx.store().query_one("SELECT count(*) FROM entry", ())? })
    }

    /// Adds an entry in memory and in the store.
    fn enter(&mut self, amount: i64, note: Option<&str>, cx: &Cx) -> Result<i64> {
        self.entries += 1;
        cx.store().execute("INSERT INTO entry (amount, note) VALUES (?, ?)", (amount, note))?;
        cx.store().query_one("UPDATE balance SET amount = amount + ? RETURNING amount", (amount,))
    }

    /// All that a rollback must undo: memory, store and alarm.
    fn state(&self, cx: &Cx) -> Result<String> {
        let (rows, balance): (i64, i64) =
            cx.store().query_one("SELECT (SELECT count(*) FROM entry), amount FROM balance", ())?;
        let notes: Vec<String> =
            cx.store().query_all("SELECT note FROM entry WHERE note IS NOT NULL ORDER BY id", ())?;
        let alarm = if cx.alarm().get().is_some() { "set" } else { "none" };
        Ok(format!(
            "balance {balance}, rows {rows}, memory {}, alarm {alarm}, notes [{}]\n",
            self.entries,
            notes.join(", ")
        ))
    }
}

fn routes(r: &mut Routes<Ledger>) {
    r.get("/", |ledger, _, cx| ledger.state(cx));
    r.post("/add/{how}", outcome::add);
    r.post("/alarm/{ms}", alarm);
    r.post("/double", outcome::double);
    outcome::reads(r);
    statement::routes(r);
    message::routes(r);
}

/// Sets the alarm, or clears it with a negative time.
fn alarm(ledger: &mut Ledger, request: &Request, cx: &Cx) -> Result<String> {
    match u64::try_from(request.param::<i64>("ms")?) {
        Ok(ms) => cx.alarm().set(cx.now().after(std::time::Duration::from_millis(ms)))?,
        Err(_) => cx.alarm().clear()?,
    }
    ledger.state(cx)
}
