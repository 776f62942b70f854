//! [`Heavy`]: an actor with a large cache, so that one which is not freed after its eviction weighs something.

use domicile::prelude::*;

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_fact", "CREATE TABLE fact (n INTEGER) STRICT; INSERT INTO fact VALUES (7);")];

/// An actor that keeps as many KiB in memory as its name begins with, as in `64-a`.
#[derive(Actor)]
#[actor(start = Heavy::load, routes = routes, migrations = MIGRATIONS)]
pub(crate) struct Heavy {
    cache: Vec<u8>,
}

impl Heavy {
    fn load(cx: &Cx) -> Result<Self> {
        let n: u8 = cx.store().query_one("SELECT n FROM fact", ())?;
        let size = cx.name().as_str().split('-').next().unwrap_or_default();
        let kib: usize = size.parse().map_err(|_| Error::internal("a name such as 64-a is expected"))?;
        Ok(Self { cache: vec![n; kib * 1024] })
    }
}

fn routes(r: &mut Routes<Heavy>) {
    r.get("/", |heavy, _, _| format!("{}\n", heavy.cache.iter().map(|b| usize::from(*b)).sum::<usize>()));
    r.post("/", |heavy, _, _| format!("{}\n", heavy.cache.len()));
}
