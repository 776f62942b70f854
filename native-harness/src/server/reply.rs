//! What a handler replies with, made fit for the wire.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{LocalBoxStream, Stream};
use http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};

use super::socket::Link;

/// What a stream of pieces may fail with.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a reply.
pub(crate) enum ReplyBody {
    /// All of it.
    Whole(Bytes),
    /// Piece by piece, each asked for when the client has taken the one before. An error ends the
    /// connection, so that the client sees a broken body and not a short one.
    Pieces(LocalBoxStream<'static, Result<Bytes, BoxError>>),
}

impl ReplyBody {
    /// A body of `pieces`.
    pub(crate) fn pieces<E: Into<BoxError>>(pieces: impl Stream<Item = Result<Bytes, E>> + 'static) -> Self {
        Self::Pieces(pieces.map(|piece| piece.map_err(Into::into)).boxed_local())
    }
}

impl<B: Into<Bytes>> From<B> for ReplyBody {
    fn from(bytes: B) -> Self {
        Self::Whole(bytes.into())
    }
}

/// Headers that belong to a connection and not to a reply; workerd drops them from a reply too.
const OF_THE_CONNECTION: [HeaderName; 6] =
    [CONNECTION, HeaderName::from_static("keep-alive"), TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// What a reply is sent in answer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) head: bool,
    pub(super) version: Version,
}

impl Asked {
    pub(super) fn by<B>(request: &http::Request<B>) -> Self {
        Self { head: request.method() == Method::HEAD, version: request.version() }
    }
}

/// Makes a handler's reply fit for the wire: no body where HTTP allows none, the true length.
pub(super) fn outgoing(mut reply: Response<ReplyBody>, asked: Asked, link: Rc<Link>) -> Response<Outgoing> {
    for name in OF_THE_CONNECTION {
        reply.headers_mut().remove(name);
    }
    let bodiless = matches!(
        reply.status(),
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    );
    match reply.body() {
        _ if bodiless => {
            reply.headers_mut().remove(CONTENT_LENGTH);
        }
        // The handler left the body out itself and knows how long it would have been.
        ReplyBody::Whole(bytes) if asked.head && bytes.is_empty() => {}
        ReplyBody::Whole(bytes) => {
            let length = HeaderValue::from(bytes.len());
            reply.headers_mut().insert(CONTENT_LENGTH, length);
        }
        ReplyBody::Pieces(_) => {
            reply.headers_mut().remove(CONTENT_LENGTH);
        }
    }
    let body = if bodiless || asked.head { ReplyBody::Whole(Bytes::new()) } else { reply.body_mut().take() };
    reply.map(|_| Outgoing { body: Some(body), broken: None, closes: asked.version < Version::HTTP_11, link })
}

impl ReplyBody {
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Whole(Bytes::new()))
    }
}

/// A reply's body on its way to the client.
pub(super) struct Outgoing {
    /// `None` once all of it has been handed over.
    body: Option<ReplyBody>,
    /// What the body broke off with, until hyper has had the time to send the pieces before it.
    broken: Option<BoxError>,
    /// Whether the end of the connection is what tells the client where a body of pieces ends.
    closes: bool,
    link: Rc<Link>,
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let piece = match self.body.take() {
            None => None,
            Some(ReplyBody::Whole(bytes)) => Some(Ok(bytes)),
            Some(ReplyBody::Pieces(mut pieces)) => {
                let next = pieces.poll_next_unpin(cx);
                if !matches!(next, Poll::Ready(None)) {
                    self.body = Some(ReplyBody::Pieces(pieces));
                }
                ready!(next)
            }
        };
        match piece {
            Some(Err(error)) => {
                tracing::error!(%error, "a reply broke off");
                // hyper sends what it holds when a body is pending, and forgets it on an error.
                self.broken = Some(error);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Ok(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            None => true,
            Some(ReplyBody::Whole(bytes)) => bytes.is_empty(),
            Some(ReplyBody::Pieces(_)) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            None => SizeHint::with_exact(0),
            Some(ReplyBody::Whole(bytes)) => SizeHint::with_exact(bytes.len() as u64),
            Some(ReplyBody::Pieces(_)) => SizeHint::default(),
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // An error, a panic or a client that has gone: only the client of HTTP/1.0 needs to be told
        // apart from a body that is complete, chunks have an end of their own.
        if self.closes && matches!(self.body, Some(ReplyBody::Pieces(_))) {
            self.link.reset();
        }
        self.link.idle();
    }
}
