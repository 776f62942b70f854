//! Passwords: hashing, comparing and what is too weak. All of it computes for tens of milliseconds and belongs at the
//! entry, never into an actor, where it would hold up everybody.
//!
//! New hashes are argon2id. Those of Django's `pbkdf2_sha256` are read, so that accounts can be moved over.

mod argon;
mod django;
mod weak;

pub use weak::problems;

use domicile::{Error, Problem, Result};
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// The most bytes of a password. Longer ones would only cost time.
pub const MAX_BYTES: usize = 1024;

/// How many random bytes each hash is salted with.
pub const SALT_BYTES: usize = 16;

/// What is stored for an account that has no password, as in Django.
pub const UNUSABLE: &str = "!";

/// What came of comparing a password with what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is another password, or none can be right.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, stored in a form that new ones are not in any more: store [`hash`] of it.
    RightAndOld,
}

/// What is stored of a password, in the PHC form, `$argon2id$v=19$m=19456,t=2,p=1$…`.
///
/// It takes 19 MiB of memory and two passes, which is the least that OWASP's Password Storage Cheat Sheet advises and
/// what an isolate of 128 MB has room for.
///
/// # Errors
/// [`Kind::Invalid`](domicile::Kind::Invalid): the password is longer than [`MAX_BYTES`].
///
/// ```
/// use domicile_identity::password::{self, Verdict};
///
/// let stored = password::hash("correct horse", [7; password::SALT_BYTES])?;
/// assert_eq!(password::verify("correct horse", &stored), Verdict::Right);
/// assert_eq!(password::verify("Correct horse", &stored), Verdict::Wrong);
/// # Ok::<(), domicile::Error>(())
/// ```
pub fn hash(password: &str, salt: [u8; SALT_BYTES]) -> Result<String> {
    if password.len() > MAX_BYTES {
        let why = format!("Write at most {MAX_BYTES} bytes; these are {}.", password.len());
        return Err(Error::invalid([Problem::new("password", why)]));
    }
    argon::hash(password, salt)
}

/// Compares a password with what is stored. A stored text that is no hash, or that asks for more memory or time than
/// [`hash`]es of ours and Django's do, is `Wrong` and costs nothing.
#[must_use]
pub fn verify(password: &str, stored: &str) -> Verdict {
    if password.len() > MAX_BYTES {
        return Verdict::Wrong;
    }
    if stored.starts_with("$argon2id$") {
        argon::verify(password, stored)
    } else {
        django::verify(password, stored)
    }
}

/// Whether [`verify`] would compute at all with this text.
#[must_use]
pub fn is_usable(stored: &str) -> bool {
    argon::reads(stored) || django::reads(stored)
}

/// What is stored for a name that nobody has: it looks like a hash, costs what one costs, is the same each time, and no
/// password is known for it.
#[must_use]
pub fn decoy(secret: &Secret, name: &str) -> String {
    let key = secret.key("decoy");
    let [salt, hash] = [b"salt".as_slice(), b"hash"].map(|part| key.sign(&[part, name.as_bytes()]));
    let mut short = [0; SALT_BYTES];
    short.copy_from_slice(&salt[..SALT_BYTES]);
    argon::text(short, &hash)
}

#[cfg(test)]
mod tests;
