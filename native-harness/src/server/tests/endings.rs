//! The end of a server, and its beginning.

use std::net::TcpStream;
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};

use super::super::{Config, Ended, Shutdown, serve};
use super::rig::{body, config, get, rig, rig_until, status};

#[test]
fn a_running_request_finishes_and_nobody_new_is_let_in() {
    let mut rig = rig(config());
    let client = rig.connect().send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(rig.event(), "started");
    rig.trigger.pull();
    // The listener goes a moment after the trigger.
    while TcpStream::connect(rig.address).is_ok() {}
    rig.open();
    let reply = client.rest();
    assert_eq!((status(&reply), body(&reply)), (200, "hello"));
    assert!(reply.contains("\r\nconnection: close\r\n"), "{reply}");
    assert_eq!(rig.returned().unwrap(), Ended::InOrder);
}

#[test]
fn connections_without_a_request_are_closed_at_once() {
    let mut rig = rig(config());
    let mut idle = rig.connect().send("GET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
    idle.until("hello");
    let fresh = rig.connect();
    rig.trigger.pull();
    assert_eq!(idle.rest(), "");
    assert_eq!(rig.returned().unwrap(), Ended::InOrder);
    drop(fresh);
}

#[test]
fn the_handler_of_a_client_that_has_gone_finishes_too() {
    let mut rig = rig(config());
    let client = rig.connect().send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(rig.event(), "started");
    drop(client);
    rig.trigger.pull();
    while TcpStream::connect(rig.address).is_ok() {}
    rig.open();
    assert_eq!(rig.returned().unwrap(), Ended::InOrder);
    assert_eq!(rig.event(), "finished");
}

#[test]
fn a_request_that_does_not_finish_ends_with_the_grace_period() {
    let mut rig = rig(Config { grace: Duration::from_millis(30), ..config() });
    let client = rig.connect().send(get("/wait", ""));
    assert_eq!(rig.event(), "started");
    rig.trigger.pull();
    assert_eq!(rig.returned().unwrap(), Ended::AtOnce);
    assert_eq!(client.rest(), "");
}

#[test]
fn a_second_trigger_ends_the_server_at_once() {
    let mut rig = rig(config());
    let client = rig.connect().send(get("/wait", ""));
    assert_eq!(rig.event(), "started");
    rig.trigger.pull();
    rig.trigger.pull();
    assert_eq!(rig.returned().unwrap(), Ended::AtOnce);
    assert_eq!(client.rest(), "");
}

/// The only test that sends signals: they reach every server of the process that listens for them.
#[test]
fn signals_end_the_server() {
    for signal in [Signal::INT, Signal::TERM] {
        let shutdown = Shutdown::on_signals();
        let trigger = shutdown.trigger().clone();
        let mut rig = rig_until(config(), shutdown, trigger);
        let client = rig.connect().send(get("/wait", ""));
        assert_eq!(rig.event(), "started");
        kill_process(getpid(), signal).unwrap();
        while TcpStream::connect(rig.address).is_ok() {}
        kill_process(getpid(), signal).unwrap();
        assert_eq!(rig.returned().unwrap(), Ended::AtOnce);
        assert_eq!(client.rest(), "");
    }
}

#[test]
fn a_handler_that_cannot_be_made_is_an_error() {
    struct Never;
    impl super::super::Handler for Never {
        async fn handle(
            &self,
            _: http::Request<bytes::Bytes>,
            _: std::net::SocketAddr,
        ) -> http::Response<super::super::ReplyBody> {
            unreachable!()
        }
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (shutdown, _trigger) = Shutdown::by_hand();
    let error = serve(listener, config(), shutdown, || -> Never { panic!("no handler") }, || {}).unwrap_err();
    assert!(error.to_string().contains("could not be made"), "{error}");
}
