//! [`Refusal`]: why somebody who has proven who they are does not come in.

use std::fmt;

use domicile::http::StatusCode;
use domicile::wire::RequestId;
use domicile::{Error, Kind};

/// Why somebody whose token is right has no account here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The token lacks something without which there is no account, or has too much of it.
    Unfit(&'static str),
    /// The account is not active.
    Inactive,
    /// The e-mail address belongs to an account that is bound to somebody else of the same issuer, or of another. An
    /// administrator may bind it anew with [`relink`](super::relink).
    Bound {
        /// The account's key.
        user: u32,
    },
    /// The e-mail address belongs to an account that was made here, and linking is off.
    Local {
        /// The account's key.
        user: u32,
    },
    /// Another account has the e-mail address for its username, or has what the app's hook chose.
    UsernameTaken,
    /// The app's own hook refused, with this status and sentence.
    Hook(StatusCode, String),
}

impl Refusal {
    /// The status that it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unfit(_) | Self::Inactive | Self::Bound { .. } | Self::Local { .. } => {
                StatusCode::FORBIDDEN
            }
            Self::UsernameTaken => StatusCode::CONFLICT,
            Self::Hook(status, _) => *status,
        }
    }
}

impl Refusal {
    /// Tells whoever runs the app.
    pub(crate) fn log(&self, request: RequestId) {
        tracing::warn!(%request, refusal = ?self, "a token is right, and nobody comes in by it");
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unfit(why) => why,
            Self::Inactive => "This account is inactive: ask an administrator.",
            Self::Bound { .. } => {
                "The account with this e-mail address is bound to another identity: ask an administrator to link it again."
            }
            Self::Local { .. } => {
                "There is an account with this e-mail address that is not linked to this login: ask an administrator to link it."
            }
            Self::UsernameTaken => {
                "Another account has this e-mail address for its username: ask an administrator to rename it."
            }
            Self::Hook(_, why) => why,
        })
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.status() {
            StatusCode::FORBIDDEN => Kind::Forbidden,
            StatusCode::CONFLICT => Kind::Conflict,
            status => Kind::Refused(status.as_u16()),
        };
        Error::new(kind, refusal.to_string())
    }
}
