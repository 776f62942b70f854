//! What is measured: one request each, and the ratio that Domicile is to reach against each of the others.

use bytes::Bytes;
use hyper::Method;

/// Those that Domicile is measured against, as `--against` takes them; a workload's targets are in this order.
pub const AGAINST: [&str; 3] = ["plain", "workers-rs", "actors"];

/// How many tenants the workload `tenants` has.
pub const TENANTS: u32 = 200;

/// How many actors a round of `cold` starts.
pub const COLD: u32 = 200;

/// How many items the actor `main` has.
pub const ITEMS: u32 = 100;

/// A request that a contender answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// Its body.
    pub body: Bytes,
}

/// What a round of a workload does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As many requests as take about half a second, all on actors that run.
    Warm,
    /// One request to each of many actors whose stores exist, in a process that has just begun.
    Cold,
    /// A process with this contender alone, from its start to its first answer.
    Start,
}

/// Something that is measured.
#[derive(Debug)]
pub struct Workload {
    /// Its name, as `--only` takes it.
    pub name: &'static str,
    /// What a round does.
    pub kind: Kind,
    /// The `n`-th request.
    pub call: fn(n: u32) -> Call,
    /// The ratios to reach, in the order of [`AGAINST`].
    pub targets: [Target; 3],
}

/// What a ratio is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At least this.
    Reach(f64),
    /// Whatever it is.
    Open,
    /// It is not measured, since the other has nothing like it.
    Absent,
}

use Target::{Absent, Open, Reach};

/// All workloads, in the order of the table.
pub const WORKLOADS: [Workload; 15] = [
    Workload { name: "entry", kind: Kind::Warm, call: |_| get("/hello"), targets: reach(1.0, 1.3, 1.0) },
    Workload {
        name: "actor",
        kind: Kind::Warm,
        call: |_| get("/a/main/hello"),
        targets: reach(0.95, 1.25, 1.3),
    },
    Workload { name: "point-write", kind: Kind::Warm, call: put_item, targets: reach(0.95, 1.15, 1.2) },
    Workload { name: "point-read", kind: Kind::Warm, call: get_item, targets: reach(0.95, 1.15, 1.2) },
    Workload {
        name: "rows-typed",
        kind: Kind::Warm,
        call: |_| get("/a/main/products"),
        targets: reach(1.4, 2.0, 1.4),
    },
    Workload {
        name: "rows-json",
        kind: Kind::Warm,
        call: |_| get("/a/main/products/json"),
        targets: reach(0.95, 1.2, 0.95),
    },
    Workload {
        name: "insert-100",
        kind: Kind::Warm,
        call: |_| post("/a/main/entries/100", Bytes::new()),
        targets: reach(0.95, 1.4, 1.0),
    },
    Workload {
        name: "insert-10000",
        kind: Kind::Warm,
        call: |_| post("/a/main/entries/10000", Bytes::new()),
        targets: reach(1.8, 2.5, 1.8),
    },
    Workload {
        name: "refuse",
        kind: Kind::Warm,
        call: |_| post("/a/main/refuse", Bytes::new()),
        targets: [Reach(0.9), Absent, Absent],
    },
    Workload {
        name: "ask",
        kind: Kind::Warm,
        call: |_| post("/a/main/ask", KILOBYTE.into()),
        targets: reach(0.95, 1.5, 1.0),
    },
    Workload {
        name: "body",
        kind: Kind::Warm,
        call: |_| post("/a/main/echo", Bytes::from_static(&MEGABYTE)),
        targets: reach(0.95, 1.2, 1.0),
    },
    Workload { name: "blog", kind: Kind::Warm, call: |_| get("/a/main/blog/"), targets: [Open; 3] },
    Workload { name: "tenants", kind: Kind::Warm, call: tenant, targets: [Open; 3] },
    Workload {
        name: "cold",
        kind: Kind::Cold,
        call: |n| get(&format!("/a/cold-{}/item/1", n % COLD)),
        targets: reach(0.9, 1.2, 1.2),
    },
    Workload { name: "start", kind: Kind::Start, call: |_| get("/hello"), targets: [Open; 3] },
];

static MEGABYTE: [u8; 1 << 20] = [b'x'; 1 << 20];
static KILOBYTE: &[u8] = &[b'y'; 1 << 10];

/// The requests after which every actor has what the workloads read.
pub fn setup() -> impl Iterator<Item = Call> {
    let main = std::iter::once(post("/a/main/fill", Bytes::new())).chain((0..ITEMS).map(put_item));
    let others = (0..TENANTS).map(|n| format!("tenant-{n}")).chain((0..COLD).map(|n| format!("cold-{n}")));
    main.chain(others.chain(["peer".to_owned()]).map(|name| put(&name, 1)))
}

const fn reach(plain: f64, workers_rs: f64, actors: f64) -> [Target; 3] {
    [Reach(plain), Reach(workers_rs), Reach(actors)]
}

fn get(path: &str) -> Call {
    Call { method: Method::GET, path: path.to_owned(), body: Bytes::new() }
}

fn post(path: &str, body: Bytes) -> Call {
    Call { method: Method::POST, path: path.to_owned(), body }
}

fn put(name: &str, id: u32) -> Call {
    let body = format!("the value of item {id:03}").into();
    Call { method: Method::PUT, path: format!("/a/{name}/item/{id}"), body }
}

fn put_item(n: u32) -> Call {
    put("main", n % ITEMS)
}

fn get_item(n: u32) -> Call {
    get(&format!("/a/main/item/{}", n % ITEMS))
}

/// A tenant at random, the same for every contender.
fn tenant(n: u32) -> Call {
    let mixed = (n ^ (n >> 15)).wrapping_mul(0x2c1b_3c6d);
    let mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
    get(&format!("/a/tenant-{}/item/1", (mixed ^ (mixed >> 15)) % TENANTS))
}
