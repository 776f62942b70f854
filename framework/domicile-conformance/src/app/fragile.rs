//! [`Fragile`], whose start may fail, and [`Unlucky`], whose migration does at times.

use domicile::prelude::*;

const FRAGILE: &[Migration] = &[Migration::sql(
    "0001_broken",
    "CREATE TABLE broken (until INTEGER NOT NULL) STRICT; INSERT INTO broken VALUES (0);",
)];

/// An actor that cannot start before a time that its store holds.
#[derive(Actor)]
#[actor(start = Fragile::load, routes = fragile, migrations = FRAGILE)]
pub(crate) struct Fragile {}

impl Fragile {
    fn load(cx: &Cx) -> Result<Self> {
        let until: Timestamp = cx.store().query_one("SELECT until FROM broken", ())?;
        if cx.now() < until {
            return Err(Error::internal("not yet"));
        }
        Ok(Self {})
    }
}

fn fragile(r: &mut Routes<Fragile>) {
    r.get("/", |_, _, _| "whole\n");
    r.post("/break/{ms}", |_, request, cx| {
        let time = std::time::Duration::from_millis(request.param("ms")?);
        cx.store().execute("UPDATE broken SET until = ?", (cx.now().after(time),))?;
        Ok::<_, Error>("broken\n")
    });
    r.post("/fail", |_, _, _| Err::<(), _>(Error::new(domicile::Kind::Conflict, "failed")));
}

// It fails for every second empty store, and the next event tries again with other randomness.
const UNLUCKY: &[Migration] = &[Migration::sql(
    "0001_luck",
    "CREATE TABLE luck (n INTEGER NOT NULL CHECK (n = 0)) STRICT;
          INSERT INTO luck VALUES (abs(random() % 2));",
)];

/// An actor whose migration fails for every second store.
#[derive(Actor, Default)]
#[actor(routes = unlucky, migrations = UNLUCKY)]
pub(crate) struct Unlucky {}

fn unlucky(r: &mut Routes<Unlucky>) {
    r.get("/", |_, _, cx| {
        Ok::<_, Error>(format!("luck {}\n", cx.store().query_one::<i64>("SELECT n FROM luck", ())?))
    });
    r.post("/", |_, _, _| "kept\n");
}
