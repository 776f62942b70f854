//! Tokens against forged forms: an HMAC over what the browser is bound to, its session's secret or, before a login, a
//! random cookie. Nothing is stored, and every token of a session holds as long as it does, so a second tab keeps working.
//!
//! Where it stands in a form and which requests are asked for it is the door's.

use crate::secret::{Secret, decode, encode, same};

/// The name of the field of a form, which is Django's.
pub const FIELD: &str = "csrfmiddlewaretoken";

/// The name of the header that scripts send it in, which is Django's.
pub const HEADER: &str = "x-csrftoken";

/// How many random bytes a token begins with.
pub const NONCE_BYTES: usize = 16;

/// How many a token has altogether.
const BYTES: usize = NONCE_BYTES + 32;

/// A token for the browser that is bound to `binding`.
///
/// Cloudflare compresses pages on their way, so one that stays the same and stands beside a text of the visitor's could be
/// guessed byte by byte from the lengths of replies (the attack is called BREACH). With a nonce, which is no secret, it is
/// another each time; Django masks its tokens for the same reason.
///
/// ```
/// # use domicile_identity::{Secret, csrf};
/// # let secret = Secret::new("DOMICILE_SECRET", "kJ0xq7wYv3b9m2T4c8s6R1n5Z0p7L3dE")?;
/// let token = csrf::token(&secret, "the session", [7; csrf::NONCE_BYTES]);
/// assert!(csrf::check(&secret, "the session", &token));
/// assert!(!csrf::check(&secret, "another session", &token));
/// # Ok::<(), domicile::Error>(())
/// ```
#[must_use]
pub fn token(secret: &Secret, binding: &str, nonce: [u8; NONCE_BYTES]) -> String {
    let mut bytes = nonce.to_vec();
    bytes.extend(mac(secret, binding, &nonce));
    encode(&bytes)
}

/// Whether it is a token for the browser that is bound to `binding`. It takes as long for each wrong one.
#[must_use]
pub fn check(secret: &Secret, binding: &str, token: &str) -> bool {
    // Nothing that long is decoded first.
    if token.len() != BYTES.div_ceil(3) * 4 {
        return false;
    }
    let Some(bytes) = decode(token) else { return false };
    let Some((nonce, given)) = bytes.split_at_checked(NONCE_BYTES) else { return false };
    // Without a binding, which is a request without cookies, there is nothing to prove.
    !binding.is_empty() && same(&mac(secret, binding, nonce), given)
}

fn mac(secret: &Secret, binding: &str, nonce: &[u8]) -> [u8; 32] {
    secret.key("csrf token").sign(&[nonce, binding.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new("S", format!("a secret of thirty-two bytes, or {text}")).unwrap()
    }

    #[test]
    fn a_token_is_for_its_binding_and_its_secret() {
        let (secret, other) = (secret("more"), self::secret("less"));
        let token = token(&secret, "session", [1; NONCE_BYTES]);
        assert!(check(&secret, "session", &token));
        assert!(!check(&secret, "session2", &token) && !check(&other, "session", &token));
        assert!(
            !check(&secret, "", &super::token(&secret, "", [1; NONCE_BYTES])),
            "no cookie proves nothing"
        );
    }

    #[test]
    fn a_second_tab_keeps_working_a7() {
        let secret = secret("more");
        let (first, second) = (token(&secret, "s", [1; NONCE_BYTES]), token(&secret, "s", [2; NONCE_BYTES]));
        assert_ne!(first, second);
        assert!(check(&secret, "s", &first) && check(&secret, "s", &second));
        assert!(first.get(24..) != second.get(24..), "no part of it is the same each time");
    }

    #[test]
    fn each_byte_counts() {
        let secret = secret("more");
        let token = token(&secret, "s", [9; NONCE_BYTES]);
        for at in 0..token.len() {
            let mut other = token.clone();
            let put = if &token[at..=at] == "A" { "B" } else { "A" };
            other.replace_range(at..=at, put);
            assert!(!check(&secret, "s", &other), "{at}");
        }
        for text in ["", "A", &token[1..], &format!("{token}="), &"é".repeat(32), &"A".repeat(1 << 20)] {
            assert!(!check(&secret, "s", text));
        }
    }
}
