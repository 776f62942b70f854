//! Slow clients, too large heads, and too many connections.

use std::time::Duration;

use super::super::Config;
use super::rig::{config, get, rig, status};

const SOON: Duration = Duration::from_millis(30);

#[test]
fn a_head_over_the_limit_is_431_and_the_client_gets_it() {
    let rig = rig(Config { header_limit: 16 << 10, body_limit: 4 << 20, ..config() });
    assert_eq!(status(&rig.ask(get("/x", &format!("X-A: {}\r\n", "a".repeat(10 << 10))))), 200);
    assert_eq!(status(&rig.ask(get("/x", &format!("X-A: {}\r\n", "a".repeat(32 << 10))))), 431);
    // All of it is sent before the reply is read: more than the kernel's
    // buffers hold, so a server that stopped to read would break the client's writing.
    assert_eq!(status(&rig.ask(get("/x", &format!("X-A: {}\r\n", "a".repeat(12 << 20))))), 431);
    let many: String = (0..101).map(|n| format!("X-{n}: 1\r\n")).collect();
    assert_eq!(status(&rig.ask(get("/x", &many))), 431);
}

#[test]
fn a_new_connection_that_sends_nothing_is_closed() {
    let rig = rig(Config { header_timeout: SOON, ..config() });
    assert_eq!(rig.ask(""), "");
}

#[test]
fn a_head_that_does_not_end_is_closed() {
    let rig = rig(Config { header_timeout: SOON, ..config() });
    rig.ask("GET / HTTP/1.1\r\nHost:");
    // The second request of a connection has the same timeout, whatever an idle one may take.
    let mut client = rig.connect().send("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
    client.until("hello");
    client.send("GET").rest();
}

#[test]
fn an_idle_connection_is_closed() {
    let rig = rig(Config { idle_timeout: SOON, ..config() });
    let mut client = rig.connect().send("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
    client.until("hello");
    assert_eq!(client.rest(), "");
}

#[test]
fn a_handler_may_take_longer_than_any_timeout_of_its_client() {
    let rig = rig(Config {
        header_timeout: SOON,
        idle_timeout: SOON,
        body_timeout: SOON,
        write_timeout: SOON,
        ..config()
    });
    let client = rig.connect().send(get("/wait", ""));
    assert_eq!(rig.event(), "started");
    // A connection that sends nothing is closed after all of the times above.
    assert_eq!(rig.ask(""), "");
    rig.open();
    assert_eq!(status(&client.rest()), 200);
}

#[test]
fn a_reader_that_takes_nothing_is_dropped() {
    let rig = rig(Config { write_timeout: SOON, ..config() });
    let client = rig.connect().send(get("/endless", ""));
    assert_eq!(rig.event(), "dropped");
    drop(client);
}

#[test]
fn connections_beyond_the_most_wait_for_a_place() {
    let rig = rig(Config { max_connections: 1, ..config() });
    let mut first = rig.connect().send("GET /told?1 HTTP/1.1\r\nHost: a\r\n\r\n");
    first.until("hello");
    let second = rig.connect().send(get("/told?2", ""));
    // Enough turns that a server with a place for both would have come to the second.
    for _ in 0..300 {
        first.put("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
        first.until("hello");
    }
    first.put("GET /told?3 HTTP/1.1\r\nHost: a\r\n\r\n");
    first.until("hello");
    drop(first);
    assert_eq!(status(&second.rest()), 200);
    assert_eq!([rig.event(), rig.event(), rig.event()], ["/told?1", "/told?3", "/told?2"]);
}

#[test]
fn a_new_connection_goes_to_the_thread_with_the_fewest() {
    let rig = rig(Config { threads: 3, ..config() });
    // Each connection stays, so three of them are on three threads, and a thread that is held by
    // one cannot be the only one that serves.
    let mut clients: Vec<_> = (0..3).map(|_| rig.connect()).collect();
    for client in &mut clients {
        client.put("GET /thread HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    let mut threads: Vec<_> = clients.iter().map(|_| rig.event()).collect();
    threads.sort();
    assert_eq!(threads, ["http-0", "http-1", "http-2"]);
}
