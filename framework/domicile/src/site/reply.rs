//! What the client gets: the reply of an actor, or the page of an error.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};

use super::{SiteResponse, log};
use crate::error::{Error, Kind};
use crate::platform::{CallFailure, Delivered, ReplyBody};
use crate::web::{Body, Response, error_response};
use crate::wire::{Fault, Header, Reply, RequestId};

/// The response that a reply is to the client.
#[must_use]
pub fn response(delivered: Delivered, id: RequestId) -> SiteResponse {
    let error = match delivered.reply {
        Reply::Http { status, headers } => {
            let mut response = http::Response::new(delivered.body);
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            for Header(name, value) in headers {
                if let (Ok(name), Ok(value)) =
                    (HeaderName::try_from(name.as_str()), HeaderValue::from_bytes(&value))
                {
                    response.headers_mut().append(name, value);
                }
            }
            return response;
        }
        Reply::Failed(Fault::Migration) => Error::new(Kind::Migration, "migration"),
        Reply::Failed(Fault::TimedOut) => Error::new(Kind::TimedOut, "timed out"),
        Reply::Failed(_) | Reply::Message(_) | Reply::Refused(_) | Reply::Alarm => Error::internal("failed"),
    };
    send(error_response(&error, id))
}

/// The response to a request whose call brought no reply.
#[must_use]
pub fn failure_response(failure: &CallFailure, id: RequestId) -> SiteResponse {
    let error = failed(failure);
    log(id, &error);
    let mut response = error_response(&error, id);
    if failure.overloaded || failure.retryable {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    send(response)
}

/// The response to a request whose head cannot be one.
#[must_use]
pub fn bad_request(why: &str, id: RequestId) -> SiteResponse {
    send(error_response(&Error::bad_request(why), id))
}

fn failed(failure: &CallFailure) -> Error {
    let kind = if failure.timed_out {
        Kind::TimedOut
    } else if failure.overloaded || failure.retryable {
        Kind::Unavailable
    } else {
        Kind::Internal
    };
    Error::new(kind, failure.message.clone())
}

pub(super) fn send(response: Response) -> SiteResponse {
    response.map(|body| match body {
        Body::Whole(bytes) => ReplyBody::Whole(bytes),
        // Pages are read from a store, of which the entry has none.
        Body::Pages(_) => ReplyBody::Whole(Bytes::from_static(b"")),
    })
}
