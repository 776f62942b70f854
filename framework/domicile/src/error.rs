//! [`Error`]: the one error type of stores, handlers and routes, and the map from its kinds to HTTP statuses.
//!
//! A message's own refusals are not here: they are the caller's types, in [`Failure`](crate::Failure).

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;
use serde::Serialize;

use crate::sql::{SqlError, SqlKind};

/// The result of everything in a handler that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something that went wrong in an actor, a route or a host.
///
/// It is one opaque word with a [`kind`](Error::kind) to decide by, a sentence for the log, and the contexts it
/// passed through. What it says is shown to a client only where its kind is the client's own fault.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    context: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    sql: Option<SqlError>,
    problems: Vec<Problem>,
}

/// What is wrong with one of several values that were given, as those of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field, by the name of its column.
    pub field: String,
    /// A sentence for the one who filled it in.
    pub message: String,
}

impl Problem {
    /// `message` of `field`.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// What sort of failure an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The request is malformed: 400.
    BadRequest,
    /// Nobody is signed in: 401.
    Unauthorized,
    /// The caller may not do this: 403.
    Forbidden,
    /// There is no such thing: 404.
    NotFound,
    /// It contradicts what is stored: 409.
    Conflict,
    /// The body is over the limit: 413.
    TooLarge,
    /// The media type of the body is not the one expected: 415.
    UnsupportedMediaType,
    /// The values given do not hold: 422.
    Invalid,
    /// A statement failed; the SQL kind tells how: 500, and 503 where D1 cannot be reached.
    Sql(SqlKind),
    /// A read tried to write: 500, since it is a mistake in the app.
    ReadOnly,
    /// An alarm is set by an actor that does not handle it: 500, since it is a mistake in the app.
    Unhandled,
    /// A value did not have the type that was asked for: 500.
    Decode,
    /// The store could not be brought to its newest schema: 503.
    Migration,
    /// A message's own refusal on its way out of a route, with its status.
    Refused(u16),
    /// Another actor could not be asked, or failed: 502.
    Call,
    /// The actor cannot be reached for now, or has too much to do: 503.
    Unavailable,
    /// What was asked took too long: 504.
    TimedOut,
    /// The host is asked for something it cannot do: 501.
    Unsupported,
    /// Anything else: 500.
    Internal,
}

impl Kind {
    /// The HTTP status of an error of this kind that leaves a route.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::Unauthorized => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Migration | Kind::Unavailable | Kind::Sql(SqlKind::Unavailable) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Kind::Refused(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT),
            Kind::Call => StatusCode::BAD_GATEWAY,
            Kind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
            Kind::Sql(_) | Kind::ReadOnly | Kind::Unhandled | Kind::Decode | Kind::Internal => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

impl Error {
    /// An error of `kind` that says `message`.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            context: Vec::new(),
            source: None,
            sql: None,
            problems: Vec::new(),
        }))
    }

    /// 404: there is no `what`.
    #[must_use]
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(Kind::NotFound, format!("{what} not found"))
    }

    /// 400: the request is malformed, and `why`.
    #[must_use]
    pub fn bad_request(why: impl Into<String>) -> Self {
        Self::new(Kind::BadRequest, why)
    }

    /// 409: it contradicts what is stored, for the reason given.
    #[must_use]
    pub fn conflict(why: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, why)
    }

    /// 403: the caller may not do this, and `why`.
    #[must_use]
    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, why)
    }

    /// 422: the values that were given do not hold, each for a reason of its own. It says them all, and
    /// [`problems`](Error::problems) gives them one by one.
    #[must_use]
    pub fn invalid(problems: impl IntoIterator<Item = Problem>) -> Self {
        let problems: Vec<Problem> = problems.into_iter().collect();
        let all: Vec<String> = problems.iter().map(Problem::to_string).collect();
        let mut made = Self::new(Kind::Invalid, all.join(" "));
        made.0.problems = problems;
        made
    }

    /// 500: anything else; `message` goes to the log and never to a client.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// What sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The HTTP status that it becomes when it leaves a route.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// The statement's error, where a statement failed.
    #[must_use]
    pub fn sql(&self) -> Option<&SqlError> {
        self.0.sql.as_ref()
    }

    /// What is wrong with each of the values that were given; empty where the error is of another sort.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// Whether a statement violated a UNIQUE or PRIMARY KEY constraint.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.0.kind, Kind::Sql(SqlKind::Unique))
    }

    /// Adds what was being done, outermost last.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.0.context.push(doing.to_string());
        self
    }

    /// Keeps `source` as the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What a client may read: the sentence where the fault is the client's, the status' name otherwise.
    #[must_use]
    pub fn public_message(&self) -> String {
        let status = self.status();
        if status.is_client_error() {
            self.0.message.clone()
        } else {
            status.canonical_reason().unwrap_or("error").to_owned()
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.0.context.iter().rev() {
            write!(f, "{context}: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|e| e as &(dyn StdError + 'static))
    }
}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        let mut made = Self::new(Kind::Sql(error.kind()), error.to_string());
        made.0.sql = Some(error);
        made
    }
}

impl From<postcard::Error> for Error {
    fn from(error: postcard::Error) -> Self {
        Self::new(Kind::Decode, format!("postcard: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Kind::Decode, format!("json: {error}"))
    }
}

/// A date, a time or a zone that cannot be: where a person gave it, say so of its field instead.
impl From<jiff::Error> for Error {
    fn from(error: jiff::Error) -> Self {
        Self::new(Kind::Decode, error.to_string())
    }
}
