//! The rules that need no socket: binding errors, pauses after failures, the pace of a body.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::Interval;

use super::super::accept::Backoff;
use super::super::bind::{BindError, bind, descriptors};
use super::super::body::{BodyError, read_whole};

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let taken = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap();
    let error = bind(address).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "port {} on 127.0.0.1 is already in use: stop the program that uses it, or choose another port with --port",
            address.port()
        )
    );
}

#[test]
fn other_errors_name_the_address_and_the_way_out() {
    let address: SocketAddr = "127.0.0.1:80".parse().unwrap();
    for (kind, words) in [
        (io::ErrorKind::PermissionDenied, ["port 80", "--port"]),
        (io::ErrorKind::AddrNotAvailable, ["127.0.0.1", "listen on one"]),
        (io::ErrorKind::OutOfMemory, ["127.0.0.1:80", "out of memory"]),
    ] {
        let text = BindError::of(address, kind.into()).to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    // No machine has this address, which is there for documentation.
    let error = bind("192.0.2.1:0".parse().unwrap()).unwrap_err();
    assert!(matches!(error, BindError::NoSuchAddress(_)), "{error}");
}

#[test]
fn this_process_may_open_files() {
    assert!(descriptors() > 16);
}

#[test]
fn failures_to_accept_are_said_once_and_bring_ever_longer_pauses() {
    let mut backoff = Backoff::default();
    let full = io::Error::other("too many open files");
    let now = Instant::now();
    let (pauses, said): (Vec<_>, Vec<_>) = (0..9).map(|_| backoff.after(&full, now)).unzip();
    assert_eq!(
        pauses.iter().map(Duration::as_millis).collect::<Vec<_>>(),
        [10, 20, 40, 80, 160, 320, 640, 1000, 1000]
    );
    assert_eq!(said.iter().filter(|said| **said).count(), 1);
    assert!(said[0]);
    assert!(!backoff.after(&full, now + Duration::from_secs(60)).1);
    assert!(backoff.after(&full, now + Duration::from_secs(61)).1);
    // A client that went away before it was accepted is nobody's failure.
    assert_eq!(backoff.after(&io::ErrorKind::ConnectionAborted.into(), now), (Duration::ZERO, false));
}

/// A body whose pieces come at an interval.
struct Trickle {
    interval: Interval,
    pieces: VecDeque<Bytes>,
}

impl Body for Trickle {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        ready!(self.interval.poll_tick(cx));
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// Reads 60 pieces of `size` bytes, one a second, with five seconds of patience.
async fn trickle(size: usize) -> Result<Bytes, BodyError> {
    let pieces = std::iter::repeat_n(Bytes::from(vec![b'x'; size]), 60).collect();
    let interval = tokio::time::interval(Duration::from_secs(1));
    read_whole(Trickle { interval, pieces }, 1 << 20, Duration::from_secs(5)).await
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_is_too_slow_though_it_never_stops() {
    assert_eq!(trickle(10).await, Err(BodyError::TooSlow));
    assert_eq!(trickle(300).await.map(|body| body.len()), Ok(60 * 300));
}
