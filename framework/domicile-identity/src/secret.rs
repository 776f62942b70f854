//! [`Secret`]: what nobody else knows, the keys that are derived from it, and comparing without telling by time.
//!
//! It keeps no secret of its own: the app's configuration gives it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile::{Error, Kind, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The fewest bytes of text that a secret may have. 32 characters of Base64 are 192 bits.
pub const MIN_BYTES: usize = 32;

/// How many random bytes a [`token`] has.
const TOKEN_BYTES: usize = 32;

/// How many characters a [`token`] has.
pub(crate) const TOKEN_CHARS: usize = 43;

/// A text that nobody else knows, such as `DOMICILE_SECRET`. It is never shown, not by `Debug` either.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret that the setting called `name` holds.
    ///
    /// # Errors
    /// It has fewer than [`MIN_BYTES`], or all of its characters are one.
    ///
    /// ```
    /// use domicile_identity::Secret;
    ///
    /// let secret = Secret::new("DOMICILE_SECRET", "kJ0xq7wYv3b9m2T4c8s6R1n5Z0p7L3dE")?;
    /// assert_eq!(format!("{secret:?}"), "Secret");
    /// assert!(Secret::new("DOMICILE_SECRET", "too short").is_err());
    /// # Ok::<(), domicile::Error>(())
    /// ```
    pub fn new(name: &str, text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let first = text.chars().next();
        let wrong = if text.len() < MIN_BYTES {
            format!("has {} bytes, and a secret needs at least {MIN_BYTES}", text.len())
        } else if text.chars().all(|c| Some(c) == first) {
            "is one character again and again, which anybody can guess".to_owned()
        } else {
            return Ok(Self(text));
        };
        Err(Error::new(
            Kind::Internal,
            format!("`{name}` {wrong}: set it to what `openssl rand -base64 32` prints"),
        ))
    }

    /// The key for this purpose. Keys of different purposes tell nothing of each other, nor of the secret.
    #[must_use]
    pub fn key(&self, purpose: &str) -> Key {
        Key(sign(self.0.as_bytes(), &[b"domicile ", purpose.as_bytes()]))
    }

    /// Whether `given` is this secret, in a time that depends on neither.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        same(self.0.as_bytes(), given.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A key for one purpose, from [`Secret::key`].
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The HMAC-SHA256 of the parts. Each is preceded by its length, so that parts cannot be moved into each other.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        let lengths: Vec<[u8; 8]> = parts.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
        let framed: Vec<&[u8]> =
            lengths.iter().zip(parts).flat_map(|(length, part)| [length.as_slice(), part]).collect();
        sign(&self.0, &framed)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Whether two texts are one, in a time that depends on neither: what is compared are their hashes, which have one length.
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    Sha256::digest(one).ct_eq(&Sha256::digest(other)).into()
}

/// A text that nobody can guess, of 256 bits that `random` gives. It is 43 characters of Base64, fit for URLs and cookies.
#[must_use]
pub fn token(random: impl FnOnce(&mut [u8])) -> String {
    let mut bytes = [0; TOKEN_BYTES];
    random(&mut bytes);
    encode(&bytes)
}

/// The form in which a [`token`] is stored: SHA-256 in hexadecimal. It needs no salt, since nobody can try all tokens.
/// `None` of a text that is no token's.
#[must_use]
pub fn stored(token: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (token.len() == TOKEN_CHARS && token.bytes().all(fits)).then(|| digest(token))
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Base64 for URLs, without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What [`encode`] made this text of; `None` where it made none.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn sign(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length, so there is no error to tell.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a secret of thirty-two bytes, or more";

    #[test]
    fn a_secret_is_long_and_never_shown() {
        let secret = Secret::new("S", TEXT).unwrap();
        assert_eq!(format!("{secret:?} {:?}", secret.key("x")), "Secret Key");
        let why = Secret::new("DOMICILE_SECRET", "short").unwrap_err().to_string();
        assert!(why.contains("`DOMICILE_SECRET` has 5 bytes, and a secret needs at least 32"), "{why}");
        assert!(Secret::new("S", "a".repeat(40)).unwrap_err().to_string().contains("again and again"));
        assert!(Secret::new("S", "").is_err());
    }

    #[test]
    fn keys_differ_by_purpose_and_secret() {
        let secret = Secret::new("S", TEXT).unwrap();
        let other = Secret::new("S", format!("{TEXT}.")).unwrap();
        let signed = |secret: &Secret, purpose: &str| secret.key(purpose).sign(&[b"x"]);
        assert_eq!(signed(&secret, "csrf"), signed(&secret, "csrf"));
        assert_ne!(signed(&secret, "csrf"), signed(&secret, "decoy"));
        assert_ne!(signed(&secret, "csrf"), signed(&other, "csrf"));
        assert_ne!(secret.key("a").sign(&[b"ab", b"c"]), secret.key("a").sign(&[b"a", b"bc"]));
    }

    /// RFC 4231, test case 2: that it is HMAC-SHA256, and not something alike.
    #[test]
    fn it_is_hmac_sha256() {
        let mac = sign(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(mac[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }

    #[test]
    fn only_the_same_is_the_same() {
        let secret = Secret::new("S", TEXT).unwrap();
        assert!(
            secret.is(TEXT) && !secret.is("") && !secret.is(&TEXT[1..]) && !secret.is(&format!("{TEXT} "))
        );
        assert!(same(b"", b"") && !same(b"a", b"b"));
    }

    #[test]
    fn tokens_are_stored_hashed() {
        let token = token(|bytes| bytes.fill(7));
        assert_eq!(token.len(), TOKEN_CHARS);
        let stored = stored(&token).unwrap();
        assert!(stored.len() == 64 && !stored.contains(&token));
        for text in ["", "x", &token[1..], &format!("{token}A"), &format!("{}=", &token[1..])] {
            assert_eq!(super::stored(text), None, "{text}");
        }
        assert_eq!(digest("abc")[..16], *"ba7816bf8f01cfea");
    }
}
