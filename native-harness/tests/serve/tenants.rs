//! Many more tenants than files may be open.

use std::thread;
use std::time::Instant;

use rustix::process::Signal;

use super::rig::{Client, Program, program_limited};

/// How many tenants, and how many files the process may have open.
fn sizes() -> (usize, usize) {
    if std::env::var_os("DOMICILE_FULL").is_some() { (10_000, 1024) } else { (600, 320) }
}

#[test]
fn ten_thousand_tenants_work_with_a_thousand_descriptors() {
    let folder = tempfile::tempdir().unwrap();
    let (tenants, descriptors) = sizes();
    let program =
        || Program::start(program_limited(folder.path(), &["--port", "0", "--log", "warn"], descriptors));
    let begun = Instant::now();
    let first = program();
    visit(&first, tenants, |client, path| {
        assert_eq!(client.ask("POST", path, "x"), (200, "kept".to_owned()), "{path}");
    });
    println!("{tenants} made after {:?}", begun.elapsed());
    visit(&first, tenants, |client, path| {
        assert_eq!(client.ask("GET", path, ""), (200, "x 1".to_owned()), "{path}");
    });
    println!("and read after {:?}", begun.elapsed());
    visit(&first, tenants, |client, path| {
        assert_eq!(client.ask("POST", path, "y"), (200, "kept".to_owned()), "{path}");
    });
    println!("and written again after {:?}", begun.elapsed());
    let (status, log) = first.stop(Signal::TERM);
    assert!(status.success() && log.is_empty(), "{log}");
    println!("and stopped after {:?}", begun.elapsed());
    let second = program();
    visit(&second, tenants, |client, path| {
        assert_eq!(client.ask("GET", path, ""), (200, "x y 2".to_owned()), "{path}");
    });
    println!("and read by another process after {:?}", begun.elapsed());
}

/// Visits every tenant once, in parallel.
fn visit(program: &Program, tenants: usize, ask: impl Fn(&mut Client, &str) + Sync) {
    const CLIENTS: usize = 32;
    thread::scope(|scope| {
        for n in 0..CLIENTS {
            let (ask, mut client) = (&ask, program.connect());
            scope.spawn(move || {
                for tenant in (n..tenants).step_by(CLIENTS) {
                    ask(&mut client, &format!("/t/tenant-{tenant}/"));
                }
            });
        }
    });
}
