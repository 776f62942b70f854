//! Bodies that cross from an actor's thread to another: whole, or pulled piece by piece.
//!
//! The pages stay with the actor, as they are not `Send`; only finished pieces cross, one when it is asked for.

use bytes::Bytes;
use domicile::platform::ReplyBody;
use domicile::{Error, Result};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::{mpsc, oneshot};

/// A request for the next piece; `None` answers it at the end.
pub(super) type Pull = oneshot::Sender<Option<Result<Bytes>>>;

/// The body of a reply, on any thread.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// Piece by piece.
    Pieces(Pieces),
}

/// A body that is read from an actor piece by piece, each when it is asked for. Dropping it frees what the actor's
/// thread holds for it.
pub struct Pieces(mpsc::Sender<Pull>);

impl Body {
    /// All of it.
    ///
    /// # Errors
    /// A piece could not be read.
    pub async fn bytes(self) -> Result<Bytes> {
        match self {
            Body::Whole(bytes) => Ok(bytes),
            Body::Pieces(mut pieces) => {
                let mut all = Vec::new();
                while let Some(piece) = pieces.next().await {
                    all.extend_from_slice(&piece?);
                }
                Ok(all.into())
            }
        }
    }

    /// The same body for the seam.
    pub(super) fn local(self) -> ReplyBody {
        match self {
            Body::Whole(bytes) => ReplyBody::Whole(bytes),
            Body::Pieces(pieces) => ReplyBody::Pieces(pieces.stream().boxed_local()),
        }
    }
}

impl Pieces {
    /// Pieces that whoever holds the receiver reads.
    pub(super) fn new() -> (Self, mpsc::Receiver<Pull>) {
        // One who pulls waits for what was pulled, so there is never a second pull on its way.
        let (pulls, pulled) = mpsc::channel(1);
        (Self(pulls), pulled)
    }

    /// The next piece, `None` after the last one. After an error there are no more.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        let (pull, piece) = oneshot::channel();
        if self.0.send(pull).await.is_err() {
            return None;
        }
        piece.await.unwrap_or_else(|_| Some(Err(Error::internal("the host stopped in the middle of a body"))))
    }

    /// The pieces as a stream, which ends after an error.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        stream::unfold(Some(self), |pieces| async move {
            let mut pieces = pieces?;
            match pieces.next().await? {
                Ok(piece) => Some((Ok(piece), Some(pieces))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}
