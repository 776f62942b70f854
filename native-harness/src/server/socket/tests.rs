//! The timeouts of a socket, on a clock of the test.

use std::future::poll_fn;
use std::net::{TcpListener, TcpStream as Peer};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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

/// How long a read waits when nothing comes, on a clock that moves only when all wait.
async fn waits(config: &Config, sent: &[u8], prepare: impl FnOnce(&Link)) -> Duration {
    let (mut socket, link, mut peer) = pair(config);
    prepare(&link);
    std::io::Write::write_all(&mut peer, sent).unwrap();
    let mut scratch = [0; 64];
    if !sent.is_empty() {
        socket.stream.readable().await.unwrap();
        let mut buffer = ReadBuf::new(&mut scratch);
        poll_fn(|cx| Pin::new(&mut socket).poll_read(cx, &mut buffer)).await.unwrap();
        assert_eq!(buffer.filled(), sent);
    }
    let begun = tokio::time::Instant::now();
    let mut buffer = ReadBuf::new(&mut scratch);
    let error = poll_fn(|cx| Pin::new(&mut socket).poll_read(cx, &mut buffer)).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    begun.elapsed()
}

#[tokio::test(start_paused = true)]
async fn each_wait_has_its_own_timeout() {
    let config = Config {
        header_timeout: Duration::from_secs(3),
        idle_timeout: Duration::from_secs(7),
        ..Config::default()
    };
    for (sent, idle, expected) in [("", false, 3), ("", true, 7), ("GET", true, 3), ("GET", false, 3)] {
        let prepare = |link: &Link| {
            if idle {
                link.idle()
            }
        };
        let waited = waits(&config, sent.as_bytes(), prepare).await;
        assert_eq!(waited.as_secs(), expected, "{sent:?} {idle}");
    }
}
