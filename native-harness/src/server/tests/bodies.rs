//! Request bodies: the limit, the patience, and bodies that are broken.

use std::io::Write;
use std::time::Duration;

use super::super::Config;
use super::rig::{body, config, get, post, rig, status};

const SOON: Duration = Duration::from_millis(30);

#[test]
fn a_body_at_the_limit_comes_whole() {
    let rig = rig(config());
    let text = "b".repeat(1000);
    assert_eq!(body(&rig.ask(post("Content-Length: 1000\r\n", &text))), text);
    let chunks = format!("1f4\r\n{0}\r\n1f4\r\n{0}\r\n0\r\n\r\n", "b".repeat(500));
    assert_eq!(body(&rig.ask(post("Transfer-Encoding: chunked\r\n", &chunks))), text);
}

#[test]
fn an_announced_length_over_the_limit_is_413_before_any_of_it_comes() {
    let rig = rig(config());
    let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n";
    let reply = rig.ask(request);
    assert_eq!(status(&reply), 413);
    assert!(reply.contains("\r\nconnection: close\r\n"), "{reply}");
    // The largest number that is a length at all, and one that is none.
    assert_eq!(status(&rig.ask(post("Content-Length: 18446744073709551613\r\n", ""))), 413);
    assert_eq!(status(&rig.ask(post("Content-Length: 18446744073709551616\r\n", ""))), 400);
}

#[test]
fn a_chunked_body_is_cut_at_the_limit() {
    let rig = rig(config());
    // The body never ends: only a server that counts as it reads answers.
    let mut client = rig.connect().send(post("Transfer-Encoding: chunked\r\n", ""));
    client.put(format!("3e8\r\n{}\r\n", "b".repeat(1000)));
    client.put("1\r\nb\r\n");
    assert_eq!(status(&client.until("\r\n\r\n")), 413);
}

#[test]
fn a_client_that_sends_first_and_reads_later_gets_its_413() {
    // The whole body is more than the kernel's buffers hold, so the server must take it while it
    // closes; were it not to, the reset would lose the reply.
    let rig = rig(Config { body_limit: 4 << 20, ..config() });
    let length = 12 << 20;
    let reply = rig.ask(post(&format!("Content-Length: {length}\r\n"), &"b".repeat(length)));
    assert_eq!(status(&reply), 413);
    assert!(body(&reply).contains("4194304 bytes"), "{reply}");
}

#[test]
fn what_a_refused_client_sends_is_taken_for_a_bounded_time() {
    let rig = rig(Config { linger: SOON, max_connections: 1, ..config() });
    let mut refused = rig.connect().send(post("Content-Length: 2000\r\n", ""));
    refused.until("\r\n\r\n");
    // The refused client never closes, and yet its place gets free.
    assert_eq!(status(&rig.ask(get("/x", ""))), 200);
    drop(refused);
}

#[test]
fn what_a_refused_client_sends_is_taken_to_a_bounded_amount() {
    let rig = rig(config());
    let mut refused = rig.connect().send(post("Content-Length: 9000000000\r\n", ""));
    let piece = [b'x'; 1 << 16];
    let mut sent = 0;
    while refused.0.write_all(&piece).is_ok() {
        sent += piece.len();
        // One MiB is thrown away, and the kernel's buffers hold a few more.
        assert!(sent < 64 << 20, "the server still reads after {sent} bytes");
    }
}

#[test]
fn a_body_without_progress_is_408() {
    let rig = rig(Config { body_timeout: SOON, ..config() });
    let reply = rig.ask(post("Content-Length: 5\r\n", "abc"));
    assert_eq!(status(&reply), 408);
    assert!(reply.contains("\r\nconnection: close\r\n"), "{reply}");
}

#[test]
fn a_body_has_its_own_timeout_only() {
    let rig = rig(Config { header_timeout: SOON, idle_timeout: SOON, ..config() });
    let client = rig.connect().send(post("Content-Length: 3\r\n", "a"));
    // A connection that sends nothing is closed after the times above.
    assert_eq!(rig.ask(""), "");
    let reply = client.send("bc").rest();
    assert_eq!((status(&reply), body(&reply)), (200, "abc"));
}

#[test]
fn a_broken_body_is_400_and_reaches_no_handler() {
    let rig = rig(config());
    let told = |headers, body| post(headers, body).replace("/echo", "/told");
    for request in [
        told("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n"),
        told("Transfer-Encoding: chunked\r\n", "3\r\nab"),
        told("Transfer-Encoding: identity\r\n", "abc"),
        told("Content-Length: 5\r\n", "abc"),
        told("Content-Length: x\r\n", "abc"),
        told("Content-Length: +3\r\n", "abc"),
        told("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"),
    ] {
        assert_eq!(status(&rig.connect().send(&request).half_close().rest()), 400, "{request:?}");
    }
    rig.ask(get("/told?last", ""));
    assert_eq!(rig.event(), "/told?last");
}

#[test]
fn a_client_that_expects_100_continue_gets_it_before_it_sends() {
    let rig = rig(config());
    let mut client = rig.connect().send(post("Expect: 100-continue\r\nContent-Length: 3\r\n", ""));
    assert_eq!(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    let reply = client.send("abc").rest();
    assert_eq!((status(&reply), body(&reply)), (200, "abc"));
}

#[test]
fn a_client_that_expects_100_continue_for_too_much_gets_413_instead() {
    let rig = rig(config());
    let reply = rig.ask(post("Expect: 100-continue\r\nContent-Length: 2000\r\n", ""));
    assert_eq!(status(&reply), 413);
}
