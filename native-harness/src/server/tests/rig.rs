//! A server on a free port, a handler with a route for each rule, and a client that speaks bytes.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{Shutdown as Half, SocketAddr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, StatusCode};
use tokio::sync::watch;

use super::super::{Config, Ended, Handler, ReplyBody, Shutdown, Trigger, serve};

/// Longer than any test takes: what a test waits for must come, so this only ends a broken one.
const NEVER: Duration = Duration::from_secs(20);

pub(super) struct Rig {
    pub(super) address: SocketAddr,
    pub(super) trigger: Trigger,
    pub(super) events: Receiver<String>,
    gate: watch::Sender<bool>,
    server: Option<JoinHandle<io::Result<Ended>>>,
}

/// A configuration with one thread and no timeout that a test would meet by chance.
pub(super) fn config() -> Config {
    Config {
        threads: 1,
        max_connections: 100,
        body_limit: 1000,
        header_timeout: NEVER,
        idle_timeout: NEVER,
        body_timeout: NEVER,
        write_timeout: NEVER,
        linger: NEVER,
        grace: NEVER,
        ..Config::default()
    }
}

pub(super) fn rig(config: Config) -> Rig {
    let (shutdown, trigger) = Shutdown::by_hand();
    rig_until(config, shutdown, trigger)
}

pub(super) fn rig_until(config: Config, shutdown: Shutdown, trigger: Trigger) -> Rig {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, events) = channel();
    let gate = watch::Sender::new(false);
    let opened = gate.subscribe();
    let make = move || Routes { tell: tell.clone(), opened: opened.clone(), not_send: Rc::default() };
    let server = std::thread::spawn(move || serve(listener, config, shutdown, make, || {}));
    Rig { address, trigger, events, gate, server: Some(server) }
}

impl Rig {
    pub(super) fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(NEVER)).unwrap();
        stream.set_write_timeout(Some(NEVER)).unwrap();
        Client(stream)
    }

    /// Sends `request` and reads all that comes.
    pub(super) fn ask(&self, request: impl AsRef<[u8]>) -> String {
        self.connect().send(request).rest()
    }

    /// The next thing that the handler tells.
    pub(super) fn event(&self) -> String {
        self.events.recv_timeout(NEVER).unwrap()
    }

    /// Lets the handlers of `/wait` go on.
    pub(super) fn open(&self) {
        self.gate.send_replace(true);
    }

    /// Waits for the server to return, which must be for another reason than a time of the rig's.
    pub(super) fn returned(&mut self) -> io::Result<Ended> {
        let begun = Instant::now();
        let returned = self.server.take().unwrap().join().unwrap();
        assert!(begun.elapsed() < NEVER / 2, "the server returned late");
        returned
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.trigger.pull();
        self.trigger.pull();
        if let Some(server) = self.server.take() {
            let ended = server.join();
            if !std::thread::panicking() {
                ended.unwrap().unwrap();
            }
        }
    }
}

pub(super) struct Client(pub(super) TcpStream);

impl Client {
    pub(super) fn send(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.put(bytes);
        self
    }

    pub(super) fn put(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    /// Ends the client's side.
    pub(super) fn half_close(self) -> Self {
        self.0.shutdown(Half::Write).unwrap();
        self
    }

    /// All that comes until the server ends the connection in order.
    pub(super) fn rest(mut self) -> String {
        let mut all = Vec::new();
        self.0.read_to_end(&mut all).unwrap();
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Reads until what came ends with `end`.
    pub(super) fn until(&mut self, end: &str) -> String {
        let (mut all, mut byte) = (Vec::new(), [0]);
        while !all.ends_with(end.as_bytes()) {
            self.0.read_exact(&mut byte).unwrap();
            all.push(byte[0]);
        }
        String::from_utf8(all).unwrap()
    }
}

/// A GET of `target` over HTTP/1.1 that ends the connection, with more header lines.
pub(super) fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: ex.com\r\nConnection: close\r\n{headers}\r\n")
}

/// A POST to `/echo` that ends the connection, with more header lines and a body.
pub(super) fn post(headers: &str, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nHost: ex.com\r\nConnection: close\r\n{headers}\r\n{body}")
}

/// The body of a whole reply.
pub(super) fn body(reply: &str) -> &str {
    reply.split_once("\r\n\r\n").unwrap().1
}

/// The status of a whole reply.
pub(super) fn status(reply: &str) -> u16 {
    reply.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("no reply: {reply:?}"))
}

struct Routes {
    tell: Sender<String>,
    opened: watch::Receiver<bool>,
    not_send: Rc<Cell<u32>>,
}

impl Routes {
    fn tell(&self, what: &str) {
        let _ = self.tell.send(what.to_owned());
    }
}

impl Handler for Routes {
    async fn handle(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<ReplyBody> {
        self.not_send.set(self.not_send.get() + 1);
        assert!(peer.ip().is_loopback());
        let path = request.uri().path();
        let told = Told { path: path.to_owned(), tell: self.tell.clone() };
        let mut reply = Response::new(ReplyBody::from("hello"));
        match path {
            "/echo" => *reply.body_mut() = ReplyBody::Whole(request.body().clone()),
            "/seen" => *reply.body_mut() = seen(&request).into(),
            "/told" => self.tell(&request.uri().to_string()),
            "/thread" => self.tell(std::thread::current().name().unwrap()),
            "/panic" => panic!("the handler's own fault"),
            "/wait" => {
                self.tell("started");
                self.opened.clone().wait_for(|open| *open).await.unwrap();
                self.tell("finished");
            }
            "/pieces" => *reply.body_mut() = pieces([Ok("one"), Ok(""), Ok("two")]),
            "/broken" => *reply.body_mut() = pieces([Ok("one"), Err("cut")]),
            "/endless" => {
                let piece = Bytes::from_static(&[b'x'; 1 << 16]);
                let pieces = stream::repeat_with(move || {
                    let _ = &told;
                    Ok::<_, io::Error>(piece.clone())
                });
                *reply.body_mut() = ReplyBody::pieces(pieces);
            }
            "/large" => *reply.body_mut() = vec![b'x'; 20 << 20].into(),
            "/lies" => {
                for (name, value) in [
                    ("connection", "close"),
                    ("transfer-encoding", "chunked"),
                    ("content-length", "3"),
                    ("upgrade", "h2c"),
                ] {
                    reply.headers_mut().insert(name, value.parse().unwrap());
                }
            }
            "/sized" => {
                *reply.body_mut() = ReplyBody::from("");
                reply.headers_mut().insert("content-length", "5".parse().unwrap());
            }
            _ => match path.trim_start_matches('/').parse::<u16>() {
                Ok(status) => *reply.status_mut() = StatusCode::from_u16(status).unwrap(),
                Err(_) => *reply.body_mut() = format!("path {}", request.uri()).into(),
            },
        }
        reply
    }
}

/// Tells when it is dropped.
struct Told {
    path: String,
    tell: Sender<String>,
}

impl Drop for Told {
    fn drop(&mut self) {
        if self.path == "/endless" {
            let _ = self.tell.send("dropped".to_owned());
        }
    }
}

fn pieces<const N: usize>(pieces: [Result<&'static str, &'static str>; N]) -> ReplyBody {
    ReplyBody::pieces(stream::iter(pieces.map(|piece| piece.map(Bytes::from).map_err(io::Error::other))))
}

/// The request as the handler sees it, a line for each part.
fn seen(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        text += &format!("{name}={}\n", std::str::from_utf8(value.as_bytes()).unwrap());
    }
    text + &format!("body={}\n", String::from_utf8_lossy(request.body()))
}
