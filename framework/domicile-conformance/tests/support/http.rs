//! A small HTTP client that sends any bytes as a request, and tells a whole body from one that was broken off.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a reply may take; a test that waits longer has found a hang.
const PATIENCE: Duration = Duration::from_secs(40);

/// A request, byte by byte.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: Vec<u8>,
    headers: Vec<u8>,
    host: String,
    body: Vec<u8>,
    framing: Framing,
    close: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length,
    Chunked,
    // A length that is announced while the body never comes.
    Announced(usize),
}

impl Request {
    pub fn new(method: &str, target: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.as_ref().to_owned(),
            headers: Vec::new(),
            host: "app.test".to_owned(),
            body: Vec::new(),
            framing: Framing::Length,
            close: true,
        }
    }

    pub fn get(target: impl AsRef<[u8]>) -> Self {
        Self::new("GET", target)
    }

    pub fn post(target: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        Self::new("POST", target).body(body)
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.extend(name.as_bytes());
        self.headers.extend(b": ");
        self.headers.extend(value.as_ref());
        self.headers.extend(b"\r\n");
        self
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_owned();
        self
    }

    pub fn host(mut self, host: &str) -> Self {
        self.host = host.to_owned();
        self
    }

    /// Sends the body in chunks, so that its length is not known before.
    pub fn chunked(mut self) -> Self {
        self.framing = Framing::Chunked;
        self
    }

    /// Announces a body of `length` bytes that never comes.
    pub fn announced(mut self, length: usize) -> Self {
        self.framing = Framing::Announced(length);
        self
    }

    fn keep_alive(mut self) -> Self {
        self.close = false;
        self
    }

    fn head(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.method.as_bytes());
        out.push(b' ');
        out.extend(&self.target);
        out.extend(b" HTTP/1.1\r\nHost: ");
        out.extend(self.host.as_bytes());
        out.extend(b"\r\n");
        out.extend(&self.headers);
        if self.close {
            out.extend(b"Connection: close\r\n");
        }
        let bare = self.body.is_empty() && ["GET", "HEAD"].contains(&self.method.as_str());
        match self.framing {
            Framing::Chunked => out.extend(b"Transfer-Encoding: chunked\r\n"),
            Framing::Announced(length) => out.extend(format!("Content-Length: {length}\r\n").bytes()),
            Framing::Length if bare => {}
            Framing::Length => out.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes()),
        }
        out.extend(b"\r\n");
        out
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut out = self.head();
        match self.framing {
            Framing::Announced(_) => {}
            Framing::Length => out.extend(&self.body),
            Framing::Chunked => {
                for piece in self.body.chunks(64 * 1024) {
                    out.extend(format!("{:x}\r\n", piece.len()).bytes());
                    out.extend(piece);
                    out.extend(b"\r\n");
                }
                out.extend(b"0\r\n\r\n");
            }
        }
        to.write_all(&out)?;
        to.flush()
    }
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The connection ended before the body did.
    pub broken: bool,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The values of the header `name`, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
    }

    /// The value of the header `name`, which is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "header {name} of {self:?}");
        all[0]
    }

    /// That the reply has this status and body.
    #[track_caller]
    pub fn is(&self, status: u16, body: &str) -> &Self {
        assert_eq!((self.status, self.text().as_str()), (status, body));
        assert!(!self.broken, "the body was broken off");
        self
    }

    /// That the reply has this status.
    #[track_caller]
    pub fn has(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{:?}", self.text());
        self
    }

    /// That it is the page of a failure: it names the request and tells nothing else.
    #[track_caller]
    pub fn failed(&self, status: u16, says: &str) -> &Self {
        self.has(status);
        let text = self.text();
        let rest = text.strip_prefix(says).and_then(|t| t.strip_prefix("\nrequest "));
        let id = rest.and_then(|t| t.strip_suffix('\n')).unwrap_or_default();
        assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{text:?}");
        self
    }
}

/// Sends one request over a connection of its own.
pub fn send(to: SocketAddr, request: &Request) -> io::Result<Reply> {
    exchange(&mut open(to)?, request)
}

/// Sends any bytes over a connection of their own.
pub fn send_raw(to: SocketAddr, bytes: &[u8]) -> io::Result<Reply> {
    let mut stream = open(to)?;
    stream.get_mut().write_all(bytes)?;
    read(&mut stream, false)
}

/// Sends a request and goes away without waiting for the reply.
pub fn abandon(to: SocketAddr, request: &Request) -> io::Result<()> {
    request.write(open(to)?.get_mut())
}

/// A connection for many requests.
pub struct Connection {
    to: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    pub fn new(to: SocketAddr) -> Self {
        Self { to, stream: None }
    }

    /// Sends `request`, over the last connection where the server kept it.
    pub fn send(&mut self, request: &Request) -> io::Result<Reply> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => open(self.to)?,
        };
        let reply = exchange(&mut stream, &request.clone().keep_alive())?;
        if !reply.broken && !reply.all("connection").contains(&"close") {
            self.stream = Some(stream);
        }
        Ok(reply)
    }
}

fn open(to: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(to)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

fn exchange(stream: &mut BufReader<TcpStream>, request: &Request) -> io::Result<Reply> {
    let written = request.write(stream.get_mut());
    // A server may answer and close before it has read a body that is too large.
    match read(stream, request.method == "HEAD") {
        Ok(reply) => Ok(reply),
        Err(error) => Err(written.err().unwrap_or(error)),
    }
}

fn read(stream: &mut BufReader<TcpStream>, bare: bool) -> io::Result<Reply> {
    loop {
        let (status, headers) = read_head(stream)?;
        if (100..200).contains(&status) {
            continue;
        }
        let mut reply = Reply { status, headers, body: Vec::new(), broken: false };
        if bare || status == 204 || status == 304 {
            return Ok(reply);
        }
        reply.broken = match read_body(stream, &reply.headers, &mut reply.body) {
            Ok(()) => false,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            Err(_) => true,
        };
        return Ok(reply);
    }
}

fn read_head(stream: &mut impl BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "no reply"));
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut headers);
    parsed.parse(&head).map_err(io::Error::other)?;
    let latin = |bytes: &[u8]| bytes.iter().map(|b| char::from(*b)).collect::<String>();
    let headers =
        parsed.headers.iter().map(|h| (h.name.to_ascii_lowercase(), latin(h.value))).collect::<Vec<_>>();
    Ok((parsed.code.unwrap_or_default(), headers))
}

fn read_body(stream: &mut impl BufRead, headers: &[(String, String)], out: &mut Vec<u8>) -> io::Result<()> {
    let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    if value("transfer-encoding") == Some("chunked") {
        return read_chunks(stream, out);
    }
    match value("content-length").and_then(|l| l.parse::<u64>().ok()) {
        None => stream.read_to_end(out).map(|_| ()),
        Some(length) => {
            let got = stream.take(length).read_to_end(out)?;
            if got as u64 == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
        }
    }
}

fn read_chunks(stream: &mut impl BufRead, out: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let size = line.trim_end().split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        if stream.take(size).read_to_end(out)? as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut end = [0; 2];
        stream.read_exact(&mut end)?;
        if size == 0 {
            return Ok(());
        }
    }
}
