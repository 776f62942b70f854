//! What the test harness costs: a new host with a migrated blog, and a thousand tests on two threads.
//!
//! `cargo bench -p blog --bench harness` prints both and fails where one is over its limit.
#![allow(clippy::expect_used)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use blog::Blog;
use blog::post::Post;
use domicile::Model;
use domicile_host::test::{Host, Plan};

/// The longest that a new host with a migrated blog may take.
const HOST: Duration = Duration::from_millis(1);

/// The longest that all tests together may take.
const TESTS: Duration = Duration::from_secs(5);

/// How many tests there are, and threads that run them.
const COUNT: usize = 1_000;
const THREADS: usize = 2;

fn main() -> ExitCode {
    let host = time_of_a_host();
    let tests = time_of_all_tests();
    println!(
        "a new host with a migrated blog: {} µs (the median of {COUNT}; at most {HOST:?})",
        host.as_micros()
    );
    println!("{COUNT} tests of the blog on {THREADS} threads: {tests:.2?} (at most {TESTS:?})");
    if host < HOST && tests < TESTS { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// From nothing to a blog that is stored, and back to nothing.
fn time_of_a_host() -> Duration {
    let mut times: Vec<Duration> = (0..COUNT)
        .map(|_| {
            let begun = Instant::now();
            Plan::new("host", blog::app).run(|host| {
                let posts = host.actor::<Blog>("blog").store(|store| Post::objects().count(store));
                assert_eq!(posts.expect("a migrated store"), 1);
            });
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[COUNT / 2]
}

fn time_of_all_tests() -> Duration {
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for number in std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)) {
                    if number >= COUNT {
                        break;
                    }
                    Plan::new("test", blog::app).run(|host| publishes_and_reads(&host, number));
                }
            });
        }
    });
    begun.elapsed()
}

/// A test as people write it: four requests and an eviction.
fn publishes_and_reads(host: &Host, number: usize) {
    let title = format!("Post {number}");
    let made = host.post("/blog/new/", [("title", &*title), ("content", "Some words.")]);
    assert_eq!(made.header("location"), "/blog/post/2/");
    assert!(host.get("/blog/post/2/").text().contains(&title));
    host.evict();
    let list = host.get("/blog/");
    assert!(list.text().contains(&title) && list.text().contains("Example Post"));
    assert!(host.get("/").text().contains(&title));
}
