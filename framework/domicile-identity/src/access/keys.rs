//! [`KeySet`]: an issuer's public keys, read from what its endpoint serves.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use super::{MAX_KEY_ID, json};

/// The most bytes of a key set. Cloudflare's has two keys and four certificates, about 9 KiB.
pub const MAX_KEY_SET: usize = 64 * 1024;
/// The most keys of a key set.
pub const MAX_KEYS: usize = 16;
/// The fewest bits of a modulus.
pub(super) const MIN_KEY_BITS: usize = 2048;
/// The most bits of a modulus: checking a signature takes longer by their square.
pub(super) const MAX_KEY_BITS: usize = 4096;

/// A public key of an issuer.
#[derive(Clone)]
pub struct Key {
    issuer: Arc<str>,
    id: String,
    n: Vec<u8>,
    e: Vec<u8>,
    decoding: DecodingKey,
}

impl Key {
    /// Whose it is.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("issuer", &self.issuer).field("id", &self.id).finish_non_exhaustive()
    }
}

/// The public keys of one issuer, each with another id.
#[derive(Debug, Clone)]
pub struct KeySet(Vec<Arc<Key>>);

/// Why an answer of the endpoint is no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// It has more than [`MAX_KEY_SET`] bytes.
    #[error("the key set has {0} bytes, and {MAX_KEY_SET} are the most")]
    TooLong(usize),
    /// It is no JSON object with a list `keys`.
    #[error("the key set is no JSON object with a list `keys`, or has a name twice")]
    NoKeySet,
    /// It has more than [`MAX_KEYS`] keys.
    #[error("the key set has {0} keys, and {MAX_KEYS} are the most")]
    TooMany(usize),
    /// Two keys have one id.
    #[error("the key set has two different keys of one id")]
    Ambiguous,
    /// None of its keys can be used.
    #[error("the key set has no RSA key for RS256 of 2048 to 4096 bits")]
    Empty,
}

impl KeySet {
    /// The keys in `bytes`, which `issuer` serves: `{"keys": […]}`. A key that is of no use here, by its kind, size or
    /// exponent, is left out, so that a new kind of key does not take the others away. A key that is there twice
    /// is there once. `public_cert` is not read: Cloudflare says that it may be an old one.
    ///
    /// # Errors
    /// The set as a whole is of no use.
    pub fn read(issuer: &str, bytes: &[u8]) -> Result<Self, Unfit> {
        if bytes.len() > MAX_KEY_SET {
            return Err(Unfit::TooLong(bytes.len()));
        }
        let set = json::object(bytes).ok_or(Unfit::NoKeySet)?;
        let listed = set.get("keys").and_then(Value::as_array).ok_or(Unfit::NoKeySet)?;
        if listed.len() > MAX_KEYS {
            return Err(Unfit::TooMany(listed.len()));
        }
        let issuer: Arc<str> = issuer.into();
        let mut keys: Vec<Arc<Key>> = Vec::new();
        for key in listed.iter().filter_map(|key| read_key(&issuer, key.as_object()?)) {
            match keys.iter().find(|other| other.id == key.id) {
                None => keys.push(Arc::new(key)),
                Some(same) if same.n == key.n && same.e == key.e => {}
                Some(_) => return Err(Unfit::Ambiguous),
            }
        }
        if keys.is_empty() { Err(Unfit::Empty) } else { Ok(Self(keys)) }
    }

    /// The key of this id.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<&Arc<Key>> {
        self.0.iter().find(|key| key.id == id)
    }
}

/// `None` where it is of no use here.
fn read_key(issuer: &Arc<str>, jwk: &Map<String, Value>) -> Option<Key> {
    let text = |name: &str| jwk.get(name).map(Value::as_str);
    let fits = text("kty") == Some(Some("RSA"))
        && matches!(text("alg"), None | Some(Some("RS256")))
        && matches!(text("use"), None | Some(Some("sig")));
    let id = text("kid")??;
    if !fits || id.is_empty() || id.len() > MAX_KEY_ID {
        return None;
    }
    let n = number(text("n")??)?;
    let e = number(text("e")??)?;
    let sound = (MIN_KEY_BITS..=MAX_KEY_BITS).contains(&bits(&n)) && is_odd(&n) && is_exponent(&e);
    sound.then(|| Key {
        issuer: issuer.clone(),
        id: id.to_owned(),
        decoding: DecodingKey::from_rsa_raw_components(&n, &e),
        n,
        e,
    })
}

/// The bytes of a number, without zeros before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(start..).map(<[u8]>::to_vec)
}

fn bits(number: &[u8]) -> usize {
    let first = number.first().map_or(8, |byte| byte.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(first)
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|byte| byte % 2 == 1)
}

/// Odd, and from 2^16 + 1 to 2^32, as `rsa` takes them: with 1 a signature would be its own message.
fn is_exponent(e: &[u8]) -> bool {
    is_odd(e) && (17..=32).contains(&bits(e))
}
