//! Hashes of Django's own form, `pbkdf2_sha256$1200000$salt$hash`, which are only read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pbkdf2::pbkdf2_hmac_array;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::Verdict;

/// The most that a stored text may ask for; Django 6.0 stores 1,200,000.
const MAX_ITERATIONS: u32 = 2_000_000;
const OUTPUT: usize = 32;
/// Django's are 22 characters.
const MAX_SALT: usize = 128;

pub(super) fn verify(password: &str, stored: &str) -> Verdict {
    let Some(Read { iterations, salt, hash }) = read(stored) else { return Verdict::Wrong };
    let made: [u8; OUTPUT] =
        pbkdf2_hmac_array::<Sha256, OUTPUT>(password.as_bytes(), salt.as_bytes(), iterations);
    if made.ct_eq(&hash).into() { Verdict::RightAndOld } else { Verdict::Wrong }
}

pub(super) fn reads(stored: &str) -> bool {
    read(stored).is_some()
}

struct Read<'a> {
    iterations: u32,
    salt: &'a str,
    hash: [u8; OUTPUT],
}

fn read(stored: &str) -> Option<Read<'_>> {
    let mut parts = stored.strip_prefix("pbkdf2_sha256$")?.splitn(3, '$');
    let (iterations, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    // `parse` takes a sign too, which Django never writes.
    let iterations: u32 =
        iterations.bytes().all(|b| b.is_ascii_digit()).then(|| iterations.parse().ok())??;
    let hash = STANDARD.decode(hash).ok()?.try_into().ok()?;
    let fits = (1..=MAX_ITERATIONS).contains(&iterations) && (1..=MAX_SALT).contains(&salt.len());
    fits.then_some(Read { iterations, salt, hash })
}
