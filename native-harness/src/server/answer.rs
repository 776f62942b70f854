//! One request on its way through: checked, its body read, answered by the handler.

use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;

use super::body::{BodyError, read_whole};
use super::reply::{Asked, Outgoing, ReplyBody, outgoing};
use super::socket::Link;
use super::target::TargetError;
use super::{Config, Handler, headers, target};

/// Why a request did not reach the handler.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("A request needs exactly one Host header.")]
    NoHost,
    #[error("The Host header is not a host name with an optional port.")]
    BadHost,
    #[error("The request target is not a path and query.")]
    BadTarget,
    #[error("This method is not known.")]
    BadMethod,
    #[error("The request body is longer than the {limit} bytes that are allowed.")]
    TooLong { limit: usize },
    #[error("The request body came too slowly.")]
    TooSlow,
    #[error("The request body is broken.")]
    Broken,
}

/// Answers `request`.
pub(super) async fn answer<H: Handler>(
    request: Request<Incoming>,
    peer: SocketAddr,
    handler: Rc<H>,
    config: Rc<Config>,
    link: Rc<Link>,
) -> Response<Outgoing> {
    link.busy();
    let asked = Asked::by(&request);
    match admit(request, &config).await {
        Ok(request) => outgoing(handled(request, peer, handler).await, asked, link),
        Err(refusal) => {
            link.linger();
            let mut reply = outgoing(refusal.reply(), asked, link);
            reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            reply
        }
    }
}

/// Lets the handler run as a task of its own: a client that goes away ends its connection, not the
/// work that it asked for.
async fn handled<H: Handler>(
    request: Request<Bytes>,
    peer: SocketAddr,
    handler: Rc<H>,
) -> Response<ReplyBody> {
    let task = tokio::task::spawn_local(async move { handler.handle(request, peer).await });
    match task.await {
        Ok(reply) => reply,
        Err(error) => {
            tracing::error!(%error, "a handler did not end with a reply");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
}

/// Gives `request` the form that a handler gets, its body read whole.
async fn admit(request: Request<Incoming>, config: &Config) -> Result<Request<Bytes>, Refusal> {
    let target = target::of(&request)?;
    let (mut head, body) = request.into_parts();
    let body =
        read_whole(body, config.body_limit, config.body_timeout).await.map_err(|error| match error {
            BodyError::TooLong => Refusal::TooLong { limit: config.body_limit },
            BodyError::TooSlow => Refusal::TooSlow,
            BodyError::Broken(error) => {
                tracing::debug!(error, "a request body is broken");
                Refusal::Broken
            }
        })?;
    head.uri = target;
    head.headers = headers::as_workerd(head.headers);
    // What hyper keeps there for itself is not for a handler.
    head.extensions.clear();
    Ok(Request::from_parts(head, body))
}

impl From<TargetError> for Refusal {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::NoHost => Self::NoHost,
            TargetError::BadHost => Self::BadHost,
            TargetError::BadTarget => Self::BadTarget,
            TargetError::BadMethod => Self::BadMethod,
        }
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoHost | Self::BadHost | Self::BadTarget | Self::Broken => StatusCode::BAD_REQUEST,
            Self::BadMethod => StatusCode::NOT_IMPLEMENTED,
            Self::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn reply(&self) -> Response<ReplyBody> {
        plain(self.status(), self.to_string())
    }
}

fn plain(status: StatusCode, text: impl Into<ReplyBody>) -> Response<ReplyBody> {
    let mut reply = Response::new(text.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    reply.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    reply
}
