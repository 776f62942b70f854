//! [`Rejected`]: why a token proves nothing, in a sentence for the log that never holds the token.

use std::fmt;

/// Why a token proves nothing. To its sender all of these are the same 401.
///
/// What comes from the token is cut off after 64 characters, and control characters are escaped, so that nobody
/// writes into the log what looks like another line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// Two headers bring two tokens.
    #[error("the request has two Cf-Access-Jwt-Assertion headers that differ")]
    TwoTokens,
    /// No Access application is configured for the path.
    #[error("no Cloudflare Access application is configured for this path")]
    NoApplication,
    /// It has more bytes than [`MAX_TOKEN`](super::MAX_TOKEN).
    #[error("the token has {0} bytes, and {max} are the most", max = super::MAX_TOKEN)]
    TooLong(usize),
    /// It is not three parts with dots between them.
    #[error("the token is not made of three parts")]
    NotThreeParts,
    /// A part is not base64url without padding.
    #[error("the token's {0} is not encoded in base64url without padding")]
    BadEncoding(&'static str),
    /// A part is not one JSON object, or has a key twice.
    #[error("the token's {0} is not a JSON object with each key once")]
    BadJson(&'static str),
    /// It is signed by another algorithm than RS256, or by none.
    #[error("the token is signed by {0}, and only RS256 is accepted")]
    Algorithm(Quoted),
    /// Its header has an extension that must be understood.
    #[error("the token's header has `crit`, of which nothing is understood here")]
    Critical,
    /// It names no key, or one that cannot be.
    #[error("the token's `kid` is missing, empty or over {max} bytes", max = super::MAX_KEY_ID)]
    KeyId,
    /// The signature has a length that none of an accepted key has.
    #[error("the token's signature has {0} bytes, which is no size of an accepted key")]
    SignatureSize(usize),
    /// A claim is missing or of another type than it must be.
    #[error("the token's `{0}` is missing or not {1}")]
    Claim(&'static str, &'static str),
    /// It was issued by somebody else.
    #[error("the token is from {0}, which is no issuer that is configured here")]
    Issuer(Quoted),
    /// It is for another application.
    #[error("the token is for {0}, and not for the configured audience")]
    Audience(Quoted),
    /// It is no token of an application: `org` is that of a global session.
    #[error("the token is of type {0}, and only `app` is accepted")]
    Type(Quoted),
    /// Its time is over.
    #[error("the token expired at {0} s since 1970")]
    Expired(Quoted),
    /// Its time has not begun.
    #[error("the token is not valid before {0} s since 1970")]
    NotYet(Quoted),
    /// It says that it was issued later than now.
    #[error("the token says that it was issued at {0} s since 1970, which is in the future")]
    IssuedLater(Quoted),
    /// It is a person's and has no e-mail address, or none that can be one.
    #[error("the token has no usable `email`, and no `common_name` of a service token")]
    NoEmail,
    /// It is a person's and does not say whose.
    #[error("the token has an `email` and no usable `sub`")]
    NoSubject,
    /// The issuer has no such key.
    #[error("the issuer has no key {0}")]
    UnknownKey(Quoted),
    /// The signature is not that of the key.
    #[error("the token's signature is not by the key that it names")]
    Signature,
}

/// A piece of a token as it is shown in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Quoted {
    pub(super) fn new(text: &str) -> Self {
        const MOST: usize = 64;
        let cut: String = text.chars().take(MOST).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        Self(format!("{cut:?}{more}"))
    }

    pub(super) fn seconds(seconds: f64) -> Self {
        Self(format!("{seconds}"))
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
