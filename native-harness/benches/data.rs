//! What the data layer costs: each query through it against the same SQL by hand through the store, side by side.
//!
//! `cargo bench -p native-harness --bench data` prints the ratios and fails where one is over the limit; with a word behind
//! `--`, only those that have it in their name. The two take turns in
//! short rounds, and the ratio is that of the times which a tenth of the rounds stay below: what else the machine does makes
//! rounds longer and none shorter.
#![allow(clippy::expect_used, missing_docs)]

use std::cell::Cell;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domicile::prelude::*;
use domicile::query::{count, create_all};
use native_harness::test::Plan;

/// The most that a query through the layer may cost, by hand being 1.
const LIMIT: f64 = 1.3;

/// Rounds of each pair.
const ROUNDS: usize = 401;

/// How long one side of a round is run.
const ROUND: Duration = Duration::from_micros(500);

/// Rows in the table.
const ROWS: u32 = 1_000;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: u32,
    #[model(max_length = 200)]
    title: String,
    content: String,
    #[model(default = now)]
    pub_date: Timestamp,
    #[model(default = 0)]
    views: u32,
}

/// The same, as it is read by hand.
#[derive(FromRow)]
#[allow(dead_code, reason = "it is read to be thrown away")]
struct Hand {
    id: u32,
    title: String,
    content: String,
    pub_date: Timestamp,
    views: u32,
}

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_initial",
    "CREATE TABLE post (id INTEGER NOT NULL PRIMARY KEY, title TEXT NOT NULL, content TEXT NOT NULL,
     pub_date INTEGER NOT NULL, views INTEGER NOT NULL DEFAULT 0) STRICT;
     CREATE INDEX post_pub_date_idx ON post (pub_date);",
)];

#[derive(Actor, Default)]
#[actor(handles(Compare), models(Post), migrations = MIGRATIONS)]
struct Bench {}

/// Asks for the ratio of a pair and for the microseconds that it takes by hand, in thousandths.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (u32, u32))]
struct Compare {
    pair: u32,
}

/// A query by hand and through the layer.
struct Pair {
    name: &'static str,
    hand: fn(&Cx) -> Result<()>,
    layer: fn(&Cx) -> Result<()>,
}

const PAIRS: &[Pair] = &[
    Pair {
        name: "one row by key",
        hand: |cx| {
            let post: Option<Hand> = cx
                .store()
                .query_opt("SELECT id, title, content, pub_date, views FROM post WHERE id = ?", (500_u32,))?;
            black_box(post);
            Ok(())
        },
        layer: |cx| {
            black_box(Post::by_key(500_u32).first(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "twenty newest",
        hand: |cx| {
            let posts: Vec<Hand> = cx.store().query_all(
                "SELECT id, title, content, pub_date, views FROM post ORDER BY pub_date DESC LIMIT 20",
                (),
            )?;
            black_box(posts);
            Ok(())
        },
        layer: |cx| {
            black_box(Post::objects().order_by(-Post::pub_date).limit(20).all(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "a filter of three parts",
        hand: |cx| {
            let posts: Vec<Hand> = cx.store().query_all(
                "SELECT id, title, content, pub_date, views FROM post
                 WHERE pub_date >= ? AND (views = ? OR instr(title, ?) > 0) ORDER BY pub_date LIMIT 20",
                (900_000, 3, "99"),
            )?;
            black_box(posts);
            Ok(())
        },
        layer: |cx| {
            let new = Post::pub_date.ge(Timestamp::from_millis(900_000));
            let posts = Post::objects().filter(new & (Post::views.eq(3) | Post::title.contains("99")));
            black_box(posts.order_by(Post::pub_date).limit(20).all(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "all thousand rows",
        hand: |cx| {
            let posts: Vec<Hand> =
                cx.store().query_all("SELECT id, title, content, pub_date, views FROM post", ())?;
            black_box(posts);
            Ok(())
        },
        layer: |cx| {
            black_box(Post::objects().all(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "count",
        hand: |cx| {
            black_box(
                cx.store().query_one::<u64>("SELECT count(*) FROM post WHERE pub_date > ?", (990_000,))?,
            );
            Ok(())
        },
        layer: |cx| {
            let new = Post::objects().filter(Post::pub_date.gt(Timestamp::from_millis(990_000)));
            black_box(new.count(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "aggregates",
        hand: |cx| {
            let all: (u64, Option<u64>, Option<u32>) =
                cx.store().query_one("SELECT count(*), sum(views), max(views) FROM post", ())?;
            black_box(all);
            Ok(())
        },
        layer: |cx| {
            let all = Post::objects().select((count(), Post::views.sum(), Post::views.max()));
            black_box(all.get(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "insert and delete",
        hand: |cx| {
            let post: Hand = cx.store().query_one(
                "INSERT INTO post (title, content, pub_date, views) VALUES (?, ?, ?, ?)
                 RETURNING id, title, content, pub_date, views",
                ("A title", "Some content", cx.now(), 0),
            )?;
            cx.store().execute("DELETE FROM post WHERE id = ?", (post.id,))?;
            black_box(cx.store().query_one::<u64>("SELECT changes()", ())?);
            Ok(())
        },
        layer: |cx| {
            let post =
                Post::create().set(Post::title, "A title").set(Post::content, "Some content").run(cx)?;
            black_box(post.delete(cx)?);
            Ok(())
        },
    },
    Pair {
        name: "update by an expression",
        hand: |cx| {
            cx.store().execute("UPDATE post SET views = views + ? WHERE id = ?", (1, 500))?;
            black_box(cx.store().query_one::<u64>("SELECT changes()", ())?);
            Ok(())
        },
        layer: |cx| {
            black_box(Post::by_key(500_u32).update().set(Post::views, Post::views + 1).run(cx)?);
            Ok(())
        },
    },
];

impl Handler<Compare> for Bench {
    fn handle(&mut self, ask: Compare, cx: &Cx) -> Result<(u32, u32), Failure> {
        if !Post::objects().exists(cx)? {
            let post = |n: u32| {
                let new =
                    Post::create().set(Post::title, format!("Post {n}")).set(Post::content, "x".repeat(200));
                new.set(Post::pub_date, Timestamp::from_millis(i64::from(n) * 1_000)).set(Post::views, n % 7)
            };
            create_all((1..=ROWS).map(post).collect(), cx)?;
        }
        let place = usize::try_from(ask.pair).map_err(|_| Error::internal("no such pair"))?;
        let pair = PAIRS.get(place).ok_or_else(|| Error::internal("no such pair"))?;
        let mut hand = Vec::with_capacity(ROUNDS);
        let mut layer = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            hand.push(time(pair.hand, cx)?);
            layer.push(time(pair.layer, cx)?);
        }
        let (hand, layer) = (quick(&mut hand), quick(&mut layer));
        Ok((thousandths(layer / hand), thousandths(hand)))
    }
}

/// The time of one call, in microseconds.
fn time(run: fn(&Cx) -> Result<()>, cx: &Cx) -> Result<f64> {
    let begun = Instant::now();
    let mut calls = 0_u32;
    while begun.elapsed() < ROUND {
        for _ in 0..8 {
            run(cx)?;
        }
        calls += 8;
    }
    Ok(begun.elapsed().as_secs_f64() * 1e6 / f64::from(calls))
}

/// The time that a tenth of the rounds stay below.
fn quick(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 10).copied().unwrap_or_default()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a ratio or a time of this size fits"
)]
fn thousandths(n: f64) -> u32 {
    (n * 1000.0).round() as u32
}

fn app(_: &Env) -> App {
    App::new().actor::<Bench>(singleton("main"))
}

fn main() -> ExitCode {
    // `cargo bench` gives `--bench` besides.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let worst = Cell::new(0.0_f64);
    Plan::new("data", app).run(|host| {
        for (at, pair) in
            (0..).zip(PAIRS).filter(|(_, pair)| only.as_deref().is_none_or(|only| pair.name.contains(only)))
        {
            let (ratio, hand) = host.actor::<Bench>("main").ask(Compare { pair: at }).expect("a ratio");
            let ratio = f64::from(ratio) / 1000.0;
            println!(
                "{:<26} {ratio:.2} of by hand, which takes {:.1} µs (at most {LIMIT})",
                pair.name,
                f64::from(hand) / 1000.0
            );
            worst.set(worst.get().max(ratio));
        }
    });
    if worst.get() <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
