//! The timeouts of a socket, on a clock of the test.

use std::future::poll_fn;
use std::io::Write;
use std::net::{TcpListener, TcpStream as Peer};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Config, Link, Socket};

fn pair(config: &Config) -> (Socket, Rc<Link>, Peer) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = Peer::connect(listener.local_addr().unwrap()).unwrap();
    let stream = listener.accept().unwrap().0;
    stream.set_nonblocking(true).unwrap();
    let (socket, link) = Socket::new(TcpStream::from_std(stream).unwrap(), config);
    (socket, link, peer)
}

#[tokio::test]
async fn the_wait_for_the_next_request_starts_again_with_each_piece_of_a_reply() {
    let (mut socket, link, _peer) = pair(&Config::default());
    link.idle();
    let before = link.read_by.get().unwrap();
    poll_fn(|cx| Pin::new(&mut socket).poll_write(cx, b"piece")).await.unwrap();
    assert!(link.read_by.get().unwrap() > before);
}

/// How long a read of `socket` waits when nothing comes, on a clock that moves only when all wait.
async fn wait(socket: &mut Socket) -> u64 {
    let begun = Instant::now();
    let error = read(socket).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    begun.elapsed().as_secs()
}

async fn read(socket: &mut Socket) -> std::io::Result<usize> {
    let mut scratch = [0; 64];
    let mut buffer = ReadBuf::new(&mut scratch);
    poll_fn(|cx| Pin::new(&mut *socket).poll_read(cx, &mut buffer)).await.map(|()| buffer.filled().len())
}

/// Starts the timer of a read for which nothing has come.
async fn begin(socket: &mut Socket) {
    let mut scratch = [0; 64];
    let mut buffer = ReadBuf::new(&mut scratch);
    let pending =
        poll_fn(|cx| Poll::Ready(Pin::new(&mut *socket).poll_read(cx, &mut buffer).is_pending())).await;
    assert!(pending);
}

fn three_and_seven() -> Config {
    Config {
        header_timeout: Duration::from_secs(3),
        idle_timeout: Duration::from_secs(7),
        ..Config::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_waits_for_the_time_of_a_head() {
    let (mut socket, _link, _peer) = pair(&three_and_seven());
    assert_eq!(wait(&mut socket).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_wait_gets_longer_when_a_reply_is_complete() {
    let (mut socket, link, _peer) = pair(&three_and_seven());
    begin(&mut socket).await;
    link.idle();
    assert_eq!(wait(&mut socket).await, 7);
}

#[tokio::test(start_paused = true)]
async fn a_wait_gets_shorter_when_the_next_head_begins() {
    let (mut socket, link, mut peer) = pair(&three_and_seven());
    link.idle();
    begin(&mut socket).await;
    peer.write_all(b"GET").unwrap();
    socket.stream.readable().await.unwrap();
    assert_eq!(read(&mut socket).await.unwrap(), 3);
    assert_eq!(wait(&mut socket).await, 3);
}
