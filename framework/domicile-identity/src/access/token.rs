//! [`Candidate`]: a token that could be valid, before any key is asked for; and what becomes of it with its key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile::{Principal, Timestamp};
use serde_json::{Map, Value};

use super::claims::Payload;
use super::keys::{Key, MAX_KEY_BITS, MIN_KEY_BITS};
use super::rejected::{Quoted, Rejected};
use super::{Gate, json};

/// The most bytes of a token.
pub const MAX_TOKEN: usize = 8 * 1024;
/// The most bytes of a `kid`. Cloudflare's have 64.
pub const MAX_KEY_ID: usize = 128;

/// A token that is formed right, comes from an issuer that is configured, is for the audience that is, and whose time is
/// now. That it is genuine is not proven: whoever knows the configuration can write one.
#[derive(Debug)]
pub struct Candidate<'a> {
    gate: &'a Gate,
    token: &'a str,
    issuer: &'a str,
    key_id: String,
    now: Timestamp,
}

impl<'a> Candidate<'a> {
    /// Does every check of a token for which no key is needed.
    pub(super) fn peek(gate: &'a Gate, token: &'a str, now: Timestamp) -> Result<Self, Rejected> {
        if token.len() > MAX_TOKEN {
            return Err(Rejected::TooLong(token.len()));
        }
        let [header, payload, signature] = parts(token)?;
        let key_id = key_id(&json::object(&header).ok_or(Rejected::BadJson("header"))?)?;
        if !(MIN_KEY_BITS / 8..=MAX_KEY_BITS / 8).contains(&signature.len()) {
            return Err(Rejected::SignatureSize(signature.len()));
        }
        let payload = Payload::read(json::object(&payload).ok_or(Rejected::BadJson("payload"))?)?;
        let Some(issuer) = gate.issuers().find(|issuer| *issuer == payload.issuer) else {
            return Err(Rejected::Issuer(Quoted::new(&payload.issuer)));
        };
        payload.check(gate.audience(), now)?;
        // A token that would name nobody is not worth a key.
        payload.principal()?;
        Ok(Self { gate, token, issuer, key_id, now })
    }

    /// Who says that it issued the token; it is one that is configured.
    #[must_use]
    pub fn issuer(&self) -> &'a str {
        self.issuer
    }

    /// The key that the token says it is signed with.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Who the token proves to ask, if `key` is the one that it names and has signed it.
    ///
    /// # Errors
    /// The key is another or another issuer's, or has not signed this.
    pub fn verify(&self, key: &Key) -> Result<Principal, Rejected> {
        if key.id() != self.key_id || key.issuer() != self.issuer {
            return Err(self.unknown_key());
        }
        let verified =
            jsonwebtoken::decode::<Map<String, Value>>(self.token, key.decoding(), self.gate.validation())
                .map_err(|_| Rejected::Signature)?;
        // What counts from here on is what was verified, and no longer what was peeked at.
        let payload = Payload::read(verified.claims)?;
        if payload.issuer != self.issuer {
            return Err(Rejected::Issuer(Quoted::new(&payload.issuer)));
        }
        payload.check(self.gate.audience(), self.now)?;
        payload.principal()
    }

    pub(super) fn unknown_key(&self) -> Rejected {
        Rejected::UnknownKey(Quoted::new(&self.key_id))
    }
}

/// Header, payload and signature without their encoding, which is strict: one token has one spelling.
fn parts(token: &str) -> Result<[Vec<u8>; 3], Rejected> {
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Rejected::NotThreeParts);
    };
    if header.is_empty() || payload.is_empty() || signature.is_empty() {
        return Err(Rejected::NotThreeParts);
    }
    let decode = |text: &str, part| URL_SAFE_NO_PAD.decode(text).map_err(|_| Rejected::BadEncoding(part));
    Ok([decode(header, "header")?, decode(payload, "payload")?, decode(signature, "signature")?])
}

fn key_id(header: &Map<String, Value>) -> Result<String, Rejected> {
    match header.get("alg").and_then(Value::as_str) {
        Some("RS256") => {}
        other => return Err(Rejected::Algorithm(Quoted::new(other.unwrap_or_default()))),
    }
    if header.contains_key("crit") {
        return Err(Rejected::Critical);
    }
    match header.get("kid").and_then(Value::as_str) {
        Some(id) if (1..=MAX_KEY_ID).contains(&id.len()) => Ok(id.to_owned()),
        _ => Err(Rejected::KeyId),
    }
}
