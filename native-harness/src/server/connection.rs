//! One connection, from its first byte to its close.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::answer::answer;
use super::shutdown::{Stage, Watch};
use super::socket::Socket;
use super::{Config, Handler};

/// What the connections of one thread share.
pub(super) struct Shared<H> {
    pub(super) handler: Rc<H>,
    pub(super) config: Rc<Config>,
}

/// Serves `stream` until either side ends it. A client that goes away while its request is handled
/// is noticed only when the reply is sent: so a connection always outlives its handlers.
pub(super) async fn drive<H: Handler>(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Rc<Shared<H>>,
    mut watch: Watch,
) {
    // A reply waits for no more bytes to go out with it.
    let _ = stream.set_nodelay(true);
    let (socket, link) = Socket::new(stream, &shared.config);
    let service = service_fn(|request| {
        let (handler, config) = (shared.handler.clone(), shared.config.clone());
        let reply = answer(request, peer, handler, config, link.clone());
        async { Ok::<_, Infallible>(reply.await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            // The socket has timeouts of its own, which tell an idle client from a slow one.
            .header_read_timeout(None)
            .max_header_size(shared.config.header_limit)
            // A client may end its side once it has asked, and still get its reply.
            .half_close(true)
            .serve_connection(TokioIo::new(socket), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = watch.reached(Stage::Draining) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke off");
    }
}
