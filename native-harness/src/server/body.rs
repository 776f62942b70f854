//! Reading a request's body whole, within a limit of bytes and of patience.

use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use tokio::time::{Instant, timeout_at};

/// The slowest pace at which a body may come, in bytes a second: a trickle would hold its
/// connection for days within the timeout between two bytes.
pub(super) const SLOWEST: u32 = 256;

/// A body that promises to be long gets this much memory at first, and more as it keeps its word.
const FIRST_RESERVE: usize = 64 << 10;

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLong,
    TooSlow,
    /// The client went away, or its chunks are not well formed.
    Broken(String),
}

/// Reads `body` to its end.
///
/// # Errors
///
/// `TooLong` at once when the announced length is over `limit`, else when the bytes that came are;
/// `TooSlow` when nothing came for `patience`, or less than [`SLOWEST`] beyond it.
pub(super) async fn read_whole<B>(body: B, limit: usize, patience: Duration) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes>,
    B::Error: std::error::Error,
{
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(BodyError::TooLong);
    }
    let (mut first, mut rest, mut got) = (Bytes::new(), BytesMut::new(), 0_usize);
    let mut body = pin!(body);
    let begun = Instant::now();
    while !body.is_end_stream() {
        let pace = begun + patience + Duration::from_secs(got as u64) / SLOWEST;
        let by = pace.min(Instant::now() + patience);
        let next = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx));
        let frame = match timeout_at(by, next).await {
            Err(_) => return Err(BodyError::TooSlow),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Err(BodyError::Broken(error.to_string())),
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers are no part of a body, and workerd does not give them to a handler.
        let Ok(piece) = frame.into_data() else { continue };
        got = got.saturating_add(piece.len());
        if got > limit {
            return Err(BodyError::TooLong);
        }
        // Most bodies come in one piece, which needs no copy.
        if first.is_empty() && rest.is_empty() {
            first = piece;
            continue;
        }
        if rest.is_empty() {
            rest.reserve(announced.clamp(got, FIRST_RESERVE.max(got)));
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&piece);
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}
