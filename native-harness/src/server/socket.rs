//! A TCP connection with the timeouts that hyper leaves to its owner, and a patient close.

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::Config;
use super::deadline::{Deadline, or_passed};

/// What a connection is waiting for from its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first byte of a request.
    Idle,
    /// The rest of a request's head.
    Head,
    /// Nothing: a request is being answered. Its body has a timeout of its own.
    Busy,
}

/// What the requests of a connection tell its socket.
#[derive(Debug)]
pub(super) struct Link {
    phase: Cell<Phase>,
    read_by: Cell<Option<Instant>>,
    linger: Cell<bool>,
    reset: Cell<bool>,
    idle_timeout: Duration,
}

impl Link {
    /// A request's head is complete.
    pub(super) fn busy(&self) {
        self.phase.set(Phase::Busy);
        self.read_by.set(None);
    }

    /// A reply is complete.
    pub(super) fn idle(&self) {
        self.phase.set(Phase::Idle);
        self.read_by.set(Some(Instant::now() + self.idle_timeout));
    }

    /// The client was refused before its request was read whole: closing now would reset the
    /// connection under a client that is still sending, and with it the reply that says why.
    pub(super) fn linger(&self) {
        self.linger.set(true);
    }

    /// The reply broke off: the connection must not end like one that is complete.
    pub(super) fn reset(&self) {
        self.reset.set(true);
    }
}

/// A connection whose reads and writes fail with `TimedOut` as [`Config`] says.
pub(super) struct Socket {
    stream: TcpStream,
    link: Rc<Link>,
    reading: Deadline,
    writing: Deadline,
    write_by: Option<Instant>,
    lingering: Option<Lingering>,
    header_timeout: Duration,
    write_timeout: Duration,
    linger: Duration,
    linger_bytes: usize,
}

/// A close in progress: the writing side is shut, what the client still sends is thrown away.
struct Lingering {
    until: Instant,
    bytes: usize,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, config: &Config) -> (Self, Rc<Link>) {
        let link = Rc::new(Link {
            phase: Cell::new(Phase::Idle),
            // A new connection is there to send a request at once.
            read_by: Cell::new(Some(Instant::now() + config.header_timeout)),
            linger: Cell::new(false),
            reset: Cell::new(false),
            idle_timeout: config.idle_timeout,
        });
        let socket = Self {
            stream,
            link: link.clone(),
            reading: Deadline::default(),
            writing: Deadline::default(),
            write_by: None,
            lingering: None,
            header_timeout: config.header_timeout,
            write_timeout: config.write_timeout,
            linger: config.linger,
            // Enough for a client that looks for a reply only after it has sent a body that is
            // somewhat too long.
            linger_bytes: config.body_limit.saturating_mul(4).max(1 << 20),
        };
        (socket, link)
    }

    /// Bounds how long `written` may be pending.
    fn written(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let by = written.is_pending().then(|| {
            let timeout = self.write_timeout;
            *self.write_by.get_or_insert_with(|| Instant::now() + timeout)
        });
        let written = ready!(or_passed(written, &mut self.writing, by, cx));
        self.write_by = None;
        if self.link.phase.get() == Phase::Idle {
            // hyper lets go of a reply before the last of it is sent, so the wait for the next
            // request starts again with each piece.
            self.link.idle();
        }
        Poll::Ready(written.unwrap_or_else(|| {
            // What the client did not take would else stay in the kernel's memory.
            self.link.reset();
            Err(timed_out("the client took nothing of its reply"))
        }))
    }

    /// Reads and throws away, until the client closes or has had its time.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = Instant::now() + self.linger;
        let bytes = self.linger_bytes;
        let lingering = self.lingering.get_or_insert(Lingering { until, bytes });
        let mut scratch = [0; 16 << 10];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = Pin::new(&mut self.stream).poll_read(cx, &mut buffer);
            let read = ready!(or_passed(read, &mut self.reading, Some(lingering.until), cx));
            let got = buffer.filled().len();
            let ended = !matches!(read, Some(Ok(()))) || got == 0;
            lingering.bytes = lingering.bytes.saturating_sub(got);
            if ended || lingering.bytes == 0 || Instant::now() >= lingering.until {
                return Poll::Ready(());
            }
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let got = buffer.filled().len() > before;
        if got && this.link.phase.get() == Phase::Idle {
            this.link.phase.set(Phase::Head);
            this.link.read_by.set(Some(Instant::now() + this.header_timeout));
        }
        let read = ready!(or_passed(read, &mut this.reading, this.link.read_by.get(), cx));
        Poll::Ready(read.unwrap_or_else(|| {
            this.link.busy();
            Err(timed_out("the client sent no request"))
        }))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        // A head that never became a request was refused by hyper itself.
        if self.link.linger.get() || self.link.phase.get() == Phase::Head {
            ready!(self.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.link.reset.get() {
            // The connection ends either way; without the reset it ends a little later.
            let _ = self.stream.set_zero_linger();
        }
    }
}

fn timed_out(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}
