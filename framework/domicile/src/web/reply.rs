//! What a route may return: anything that becomes a response, or an effect that yields one.

use ::cookie::Cookie;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::effect::Effect;
use crate::error::{Error, Result};
use crate::message::{Failure, Refusal};
use crate::model::Json;
use crate::web::body::Body;
use crate::web::headers::secure;
use crate::wire::RequestId;

/// A response with a body of Domicile's.
pub type Response = http::Response<Body>;

/// What comes of a route: a response now, or one after the commit.
pub enum Outcome {
    /// The response.
    Now(Response),
    /// An effect that yields it.
    Later(Effect<Response>),
}

/// `response` with the headers that every page has, unless its status cannot be one of a whole response: workerd knows 200 to
/// 599 and throws at the others.
///
/// # Errors
/// It cannot.
pub(crate) fn sendable(mut response: Response) -> Result<Response> {
    secure(&mut response);
    match response.status().as_u16() {
        200..=599 => Ok(response),
        status => Err(Error::internal(format!("a response cannot have the status {status}"))),
    }
}

/// A value that a route may return.
#[diagnostic::on_unimplemented(
    message = "a route cannot return `{Self}`",
    note = "return a `Response`, `Html(…)`, `Json(…)`, `Redirect`, text, bytes, a status, `(status, …)`, an \
            `Effect<Response>`, or a `Result` of one of these"
)]
pub trait IntoReply {
    /// What comes of the route.
    ///
    /// # Errors
    /// The route's own; what was written is rolled back, and the error becomes its status.
    fn into_reply(self) -> Result<Outcome>;
}

/// A page of HTML in UTF-8.
#[derive(Debug, Clone)]
pub struct Html<T>(pub T);

/// A redirect.
#[derive(Debug, Clone)]
pub struct Redirect(StatusCode, String);

impl Redirect {
    /// 303 See Other: after a POST, look there with GET.
    pub fn to(location: impl Into<String>) -> Self {
        Self(StatusCode::SEE_OTHER, location.into())
    }

    /// 307 Temporary Redirect: the same request, there, this time.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self(StatusCode::TEMPORARY_REDIRECT, location.into())
    }

    /// 308 Permanent Redirect: the same request, there, always.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self(StatusCode::PERMANENT_REDIRECT, location.into())
    }
}

fn typed(content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

impl IntoReply for Response {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(self))
    }
}

impl IntoReply for Effect<Response> {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Later(self))
    }
}

impl IntoReply for Body {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(Response::new(self)))
    }
}

impl IntoReply for &'static str {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(typed("text/plain; charset=utf-8", self.into())))
    }
}

impl IntoReply for String {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(typed("text/plain; charset=utf-8", self.into())))
    }
}

impl IntoReply for Vec<u8> {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(typed("application/octet-stream", self.into())))
    }
}

impl IntoReply for Bytes {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(typed("application/octet-stream", self.into())))
    }
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Outcome> {
        StatusCode::NO_CONTENT.into_reply()
    }
}

impl IntoReply for StatusCode {
    fn into_reply(self) -> Result<Outcome> {
        let mut response = Response::default();
        *response.status_mut() = self;
        Ok(Outcome::Now(response))
    }
}

impl<T: Into<Body>> IntoReply for Html<T> {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(typed("text/html; charset=utf-8", self.0.into())))
    }
}

impl<T: Serialize> IntoReply for Json<T> {
    fn into_reply(self) -> Result<Outcome> {
        Ok(Outcome::Now(typed("application/json", serde_json::to_vec(&self.0)?.into())))
    }
}

impl IntoReply for Redirect {
    fn into_reply(self) -> Result<Outcome> {
        let mut response = Response::default();
        *response.status_mut() = self.0;
        let location = HeaderValue::from_str(&self.1)
            .map_err(|_| Error::internal(format!("cannot redirect to {:?}", self.1)))?;
        response.headers_mut().insert(LOCATION, location);
        Ok(Outcome::Now(response))
    }
}

impl<T: IntoReply> IntoReply for (StatusCode, T) {
    fn into_reply(self) -> Result<Outcome> {
        match self.1.into_reply()? {
            Outcome::Now(mut response) => {
                *response.status_mut() = self.0;
                Ok(Outcome::Now(response))
            }
            later @ Outcome::Later(_) => Ok(later),
        }
    }
}

impl<T: IntoReply> IntoReply for Result<T, Error> {
    fn into_reply(self) -> Result<Outcome> {
        self?.into_reply()
    }
}

impl<T: IntoReply, E: Refusal> IntoReply for Result<T, Failure<E>> {
    fn into_reply(self) -> Result<Outcome> {
        self.map_err(Error::from)?.into_reply()
    }
}

/// What can be added to anything that a route returns at once.
pub trait ReplyExt: IntoReply + Sized {
    /// The response itself, to be changed.
    ///
    /// # Errors
    /// As the value's own; and an effect has no response yet.
    fn response(self) -> Result<Response> {
        match self.into_reply()? {
            Outcome::Now(response) => Ok(response),
            Outcome::Later(_) => Err(Error::internal("an effect has no response before it ran")),
        }
    }

    /// With one more cookie: every one of them becomes a `Set-Cookie` header of its own.
    ///
    /// # Errors
    /// A name or value that cannot stand in a header.
    fn with_cookie(self, cookie: Cookie<'_>) -> Result<Response> {
        let mut response = self.response()?;
        let line = HeaderValue::from_str(&cookie.encoded().to_string())
            .map_err(|_| Error::internal(format!("cookie `{}` cannot stand in a header", cookie.name())))?;
        response.headers_mut().append(SET_COOKIE, line);
        Ok(response)
    }

    /// With the header `name` set to `value`.
    ///
    /// # Errors
    /// A value that cannot stand in a header.
    fn with_header(self, name: HeaderName, value: impl AsRef<str>) -> Result<Response> {
        let mut response = self.response()?;
        let value = HeaderValue::from_str(value.as_ref())
            .map_err(|_| Error::internal(format!("header `{name}` cannot have that value")))?;
        response.headers_mut().insert(name, value);
        Ok(response)
    }
}

impl<T: IntoReply> ReplyExt for T {}

/// The page of an error: its status, what the client may know, and the number of the request.
pub(crate) fn error_response(error: &Error, request: RequestId) -> Response {
    let mut response = typed("text/plain; charset=utf-8", Body::empty());
    *response.status_mut() = error.status();
    let text = if error.status().is_server_error() {
        format!("{}\nrequest {request}\n", error.public_message())
    } else {
        format!("{}\n", error.public_message())
    };
    *response.body_mut() = text.into();
    secure(&mut response);
    response
}
