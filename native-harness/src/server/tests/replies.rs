//! Replies on the wire, and the connection after them.

use std::io::Read;

use super::super::Config;
use super::rig::{body, config, get, rig, status};

#[test]
fn a_reply_has_its_length_and_a_date_and_no_server() {
    let rig = rig(config());
    let reply = rig.ask(get("/200", "")).to_lowercase();
    assert!(reply.contains("\r\ncontent-length: 5\r\n"), "{reply}");
    assert!(reply.contains("\r\ndate: "), "{reply}");
    assert!(!reply.contains("\r\nserver:"), "{reply}");
}

#[test]
fn head_gets_the_length_and_no_body() {
    let rig = rig(config());
    for path in ["/200", "/sized"] {
        let reply = rig.ask(get(path, "").replacen("GET", "HEAD", 1));
        assert!(reply.contains("\r\ncontent-length: 5\r\n"), "{path}: {reply}");
        assert_eq!(body(&reply), "", "{path}");
    }
    let reply = rig.ask(get("/pieces", "").replacen("GET", "HEAD", 1));
    assert_eq!((status(&reply), body(&reply)), (200, ""));
    assert!(!reply.contains("content-length") && !reply.contains("transfer-encoding"), "{reply}");
    // A body that was never to be sent has not broken off.
    assert_eq!(body(&rig.ask("HEAD /pieces HTTP/1.0\r\nHost: a\r\n\r\n")), "");
}

#[test]
fn a_status_without_a_body_has_none() {
    let rig = rig(config());
    for code in [204, 205, 304] {
        let mut client = rig.connect().send(format!("GET /{code} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let head = client.until("\r\n\r\n");
        assert_eq!(status(&head), code);
        assert!(!head.contains("content-length: 5"), "{head}");
        // What came next would be taken for the next reply.
        let next = client.send(get("/200", "")).rest();
        assert_eq!((status(&next), body(&next)), (200, "hello"), "{code}");
    }
}

#[test]
fn a_status_that_ends_nothing_is_500() {
    let rig = rig(config());
    assert_eq!(status(&rig.ask(get("/103", ""))), 500);
}

#[test]
fn headers_of_the_connection_are_not_the_handlers() {
    let rig = rig(config());
    let mut client = rig.connect().send("GET /lies HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = client.until("\r\n\r\n");
    assert!(head.contains("\r\ncontent-length: 5\r\n"), "{head}");
    for name in ["transfer-encoding", "connection", "upgrade"] {
        assert!(!head.contains(name), "{head}");
    }
    assert_eq!(client.until("hello"), "hello");
    assert_eq!(status(&client.send(get("/200", "")).rest()), 200);
}

#[test]
fn pieces_are_chunks() {
    let rig = rig(config());
    let reply = rig.ask(get("/pieces", ""));
    assert!(reply.contains("\r\ntransfer-encoding: chunked\r\n"), "{reply}");
    assert_eq!(body(&reply), "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
}

#[test]
fn pieces_for_http_1_0_end_with_the_connection() {
    let rig = rig(config());
    let reply = rig.ask("GET /pieces HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(body(&reply), "onetwo");
}

#[test]
fn a_stream_that_fails_is_a_broken_body() {
    let rig = rig(config());
    let reply = rig.ask(get("/broken", ""));
    assert!(body(&reply).starts_with("3\r\none\r\n"), "{reply}");
    assert!(!reply.ends_with("0\r\n\r\n"), "{reply}");
    // Without chunks only a reset tells a broken body from a short one.
    let mut client = rig.connect().send("GET /broken HTTP/1.0\r\nHost: a\r\n\r\n");
    let error = client.0.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn a_panic_is_500_and_the_connection_lives_on() {
    let rig = rig(config());
    let mut client = rig.connect().send("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n");
    let reply = client.until("Internal Server Error\r\n") + &client.until("Internal Server Error");
    assert!(!reply.contains("own fault"), "{reply}");
    assert_eq!(status(&client.send(get("/200", "")).rest()), 200);
}

#[test]
fn a_large_reply_on_a_closing_connection_comes_whole() {
    let rig = rig(config());
    for version in ["1.1", "1.0"] {
        let request = get("/large", "").replace("HTTP/1.1", &format!("HTTP/{version}"));
        assert_eq!(body(&rig.ask(request)).len(), 20 << 20, "{version}");
    }
}

#[test]
fn a_connection_is_kept_alive() {
    let rig = rig(config());
    let mut client = rig.connect();
    for _ in 0..3 {
        client.put("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
        client.until("hello");
    }
    client.put("GET /200 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    assert!(client.until("hello").to_lowercase().contains("connection: keep-alive"));
    assert_eq!(status(&client.send("GET /200 HTTP/1.0\r\nHost: a\r\n\r\n").rest()), 200);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let rig = rig(config());
    let first = "GET /first HTTP/1.1\r\nHost: a\r\n\r\n";
    let with_body = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecond";
    let replies = rig.ask(format!("{first}{with_body}{}", get("/third", "")));
    let places: Vec<_> = ["path /first", "second", "path /third"].map(|text| replies.find(text)).into();
    assert!(places.is_sorted() && places[0].is_some(), "{replies}");
    assert_eq!(replies.matches("HTTP/1.1 200 OK").count(), 3);
}

#[test]
fn a_client_that_ends_its_side_still_gets_its_reply() {
    let rig = rig(config());
    let request = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
    let client = rig.connect().send(request).half_close();
    assert_eq!(rig.event(), "started");
    rig.open();
    assert_eq!(body(&client.rest()), "hello");
}

#[test]
fn a_handler_runs_on_when_its_client_has_gone() {
    // With the one place held by the handler, the next client is served only after it has finished.
    let rig = rig(Config { max_connections: 1, ..config() });
    let client = rig.connect().send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(rig.event(), "started");
    drop(client);
    let next = rig.connect().send(get("/told", ""));
    rig.open();
    assert_eq!(rig.event(), "finished");
    assert_eq!(rig.event(), "/told");
    assert_eq!(status(&next.rest()), 200);
}
