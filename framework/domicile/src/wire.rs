//! The bytes that travel between an entry and an actor, and between actors.
//!
//! Everything is postcard. The first byte is the format's version, so that two versions of an app, which talk to each
//! other while a deployment spreads (known-issues of Durable Objects, "Code updates"), tell each other plainly. What
//! stands here travels as a call argument, never in a header that an outsider could send.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::principal::Credential;

/// The version of this format. The script on Cloudflare knows it too: `WIRE` in `js/http.js`.
pub const VERSION: u8 = 3;

/// The longest chain of actors that ask one another.
pub const MAX_CHAIN: usize = 16;

/// What is delivered to an actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The request that all this belongs to, for the log and for error replies.
    pub request: RequestId,
    /// Who asks, and who asked them: the first is nearest to the entry.
    pub chain: Vec<ActorRef>,
    /// For whom it happens, as the entry knows them.
    pub credential: Credential,
    /// What happens.
    pub what: What,
}

impl Event {
    /// What happens on nobody's behalf and is asked by no actor.
    #[must_use]
    pub fn new(request: RequestId, what: What) -> Self {
        Self { request, chain: Vec::new(), credential: Credential::default(), what }
    }
}

/// What happens to an actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A message.
    Message {
        /// The message's name.
        name: String,
        /// The hash of the types of the message, its reply and its error.
        shape: u64,
        /// The message.
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
    },
    /// An HTTP request; its body travels beside the event.
    Http(HttpHead),
    /// The alarm went off.
    Alarm {
        /// How many of its tries have failed, as [`Alarm::retry`](crate::Alarm::retry) counts them.
        retry: u32,
        /// The time that it was set to, in milliseconds since 1970.
        scheduled: i64,
    },
}

/// The head of an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpHead {
    /// The method, in capitals.
    pub method: String,
    /// The path and query, without the prefix.
    pub target: String,
    /// What stands before the path on the outside: a mount, a tenant.
    pub prefix: String,
    /// `http` or `https` and the host, as the client wrote them.
    pub origin: String,
    /// The headers, in order.
    pub headers: Vec<Header>,
}

/// A header's name in lower case, and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header(pub String, #[serde(with = "serde_bytes")] pub Vec<u8>);

/// What an actor answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The message's reply.
    Message(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The message's own error.
    Refused(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The head of an HTTP response; its body travels beside the reply.
    Http {
        /// The status.
        status: u16,
        /// The headers, in order, a name as often as it was added.
        headers: Vec<Header>,
    },
    /// The alarm was handled.
    Alarm,
    /// It failed. Nothing was kept, unless it is the effect that failed.
    Failed(Fault),
}

/// Why an event brought no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The handler returned an error that is not the message's own.
    Error,
    /// The handler panicked.
    Panic,
    /// The store could not be brought to its newest schema.
    Migration,
    /// The actor, message or version is not the one that this side knows.
    Skew,
    /// The bytes could not be read.
    Codec,
    /// The effect took longer than it may.
    TimedOut,
    /// The chain of actors that ask one another is longer than [`MAX_CHAIN`].
    TooDeep,
    /// The effect failed; what its handler decided is committed.
    Effect,
    /// Whoever asks may not.
    Denied,
}

/// The number of a request, in the log and in the reply to its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// An actor's kind and name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActorRef {
    /// The kind, as `Actor::KIND`.
    pub kind: String,
    /// The name.
    pub name: Name,
}

impl fmt::Display for ActorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// Why bytes could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// They are of another version of the format.
    #[error("wire format {0}, and this side speaks {VERSION}")]
    Version(u8),
    /// They are not what they should be.
    #[error("malformed bytes")]
    Malformed,
}

/// The bytes of an event or a reply.
#[must_use]
pub fn encode<T: Serialize>(what: &T) -> Vec<u8> {
    // Writing to a vector fails only for types with sequences of unknown length, of which there are none here.
    postcard::to_extend(what, vec![VERSION]).unwrap_or_default()
}

/// The event or reply in `bytes`.
///
/// # Errors
/// Another version of the format, or bytes that are not a `T`.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, WireError> {
    match bytes.split_first() {
        None => Err(WireError::Malformed),
        Some((&VERSION, rest)) => match postcard::take_from_bytes(rest) {
            Ok((value, [])) => Ok(value),
            _ => Err(WireError::Malformed),
        },
        Some((&other, _)) => Err(WireError::Version(other)),
    }
}

#[cfg(test)]
mod tests;
