//! The client: a few connections that are kept alive, each with one request at a time.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures_util::future::try_join_all;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::workload::Call;

/// How many requests are under way at once. workerd has one thread, so more would only wait there.
pub const CONNECTIONS: usize = 8;

/// An answer, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its media type, without parameters.
    pub media: String,
    /// What the page may load.
    pub policy: String,
    /// Its body.
    pub body: Bytes,
}

// workerd closes a connection that has rested for five seconds.
const FRESH: Duration = Duration::from_secs(2);

/// Connections to one contender.
pub struct Client {
    address: SocketAddr,
    connections: Vec<SendRequest<Full<Bytes>>>,
    used: Instant,
}

impl Client {
    /// Opens the connections. It runs inside a `LocalSet` of tokio.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let mut client = Self { address, connections: Vec::new(), used: Instant::now() };
        client.open().await?;
        Ok(client)
    }

    async fn open(&mut self) -> Result<()> {
        self.connections.clear();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(self.address)
                .await
                .with_context(|| format!("cannot reach {}", self.address))?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::task::spawn_local(connection);
            self.connections.push(sender);
        }
        Ok(())
    }

    /// Opens the connections anew where they have rested.
    async fn freshen(&mut self) -> Result<()> {
        if self.used.elapsed() > FRESH {
            self.open().await?;
        }
        self.used = Instant::now();
        Ok(())
    }

    /// The answer to one request.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn ask(&mut self, call: Call) -> Result<Answer> {
        self.freshen().await?;
        let connection = self.connections.first_mut().context("there is no connection")?;
        exchange(connection, call).await
    }

    /// Makes the requests `from..from + count`, each connection its next as soon as it has an answer, and gives how long all
    /// took. Each must have the status and as many bytes as `like`.
    ///
    /// # Errors
    /// At the first answer that is another.
    pub async fn drive(
        &mut self,
        call: impl Fn(u32) -> Call,
        from: u32,
        count: u32,
        like: Option<&Answer>,
    ) -> Result<Duration> {
        self.freshen().await?;
        let next = Cell::new(from);
        let end = from + count;
        let (next, call) = (&next, &call);
        let began = Instant::now();
        try_join_all(self.connections.iter_mut().map(|connection| async move {
            while next.get() < end {
                let n = next.replace(next.get() + 1);
                let call = call(n);
                let path = call.path.clone();
                let answer = exchange(connection, call).await?;
                let same = like
                    .is_none_or(|like| answer.status == like.status && answer.body.len() == like.body.len());
                ensure!(
                    same,
                    "{path} gave {} and {} bytes while it was measured: {:?}",
                    answer.status,
                    answer.body.len(),
                    answer.body.slice(..answer.body.len().min(200))
                );
            }
            Ok(())
        }))
        .await?;
        self.used = Instant::now();
        Ok(began.elapsed())
    }
}

async fn exchange(connection: &mut SendRequest<Full<Bytes>>, call: Call) -> Result<Answer> {
    let what = format!("{} {}", call.method, call.path);
    send(connection, call).await.with_context(|| format!("{what} got no answer"))
}

async fn send(connection: &mut SendRequest<Full<Bytes>>, call: Call) -> Result<Answer> {
    connection.ready().await?;
    let request = Request::builder()
        .method(call.method)
        .uri(call.path)
        .header(HOST, "bench.localhost")
        .header(USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0")
        .header(ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
        .header(ACCEPT_LANGUAGE, "en-GB,en;q=0.5")
        .body(Full::new(call.body))?;
    let (head, body) = connection.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = header(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_owned();
    Ok(Answer { status: head.status, media, policy: header(CONTENT_SECURITY_POLICY).to_owned(), body })
}
