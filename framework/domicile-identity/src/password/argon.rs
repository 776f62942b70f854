//! argon2id, in the PHC form.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domicile::{Error, Result};
use subtle::ConstantTimeEq as _;

use super::{SALT_BYTES, Verdict};

/// Memory in KiB.
const MEMORY: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT: usize = 32;

/// The most that a stored text may ask for: half of an isolate's memory, and what is computed in about half a second.
const MAX_MEMORY: u32 = 64 * 1024;
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;
const MAX_WORK: u32 = 4 * MAX_MEMORY;

pub(super) fn hash(password: &str, salt: [u8; SALT_BYTES]) -> Result<String> {
    let params = Params::new(MEMORY, PASSES, LANES, Some(OUTPUT)).map_err(failed)?;
    let mut out = [0; OUTPUT];
    argon(params).hash_password_into(password.as_bytes(), &salt, &mut out).map_err(failed)?;
    Ok(text(salt, &out))
}

/// The PHC form of a hash with the parameters of new ones.
pub(super) fn text(salt: [u8; SALT_BYTES], hash: &[u8; OUTPUT]) -> String {
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${hash}")
}

pub(super) fn verify(password: &str, stored: &str) -> Verdict {
    let Some(Read { params, salt, hash }) = read(stored) else { return Verdict::Wrong };
    let new = (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES)
        && hash.len() == OUTPUT
        && salt.len() == SALT_BYTES;
    let mut out = vec![0; hash.len()];
    if argon(params).hash_password_into(password.as_bytes(), &salt, &mut out).is_err() {
        return Verdict::Wrong;
    }
    match (bool::from(out.ct_eq(&hash)), new) {
        (false, _) => Verdict::Wrong,
        (true, true) => Verdict::Right,
        (true, false) => Verdict::RightAndOld,
    }
}

pub(super) fn reads(stored: &str) -> bool {
    read(stored).is_some()
}

struct Read {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// What is stored; `None` where it is no such hash, or asks for too much.
fn read(stored: &str) -> Option<Read> {
    let phc = PasswordHash::new(stored).ok()?;
    let current = phc.version.is_none_or(|version| version == u32::from(Version::V0x13));
    if phc.algorithm.as_str() != "argon2id" || !current {
        return None;
    }
    let (salt, hash) = (phc.salt.as_ref()?.to_vec(), phc.hash.as_ref()?.as_bytes().to_vec());
    let params = Params::try_from(&phc).ok()?;
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    let fits = memory <= MAX_MEMORY
        && passes <= MAX_PASSES
        && lanes <= MAX_LANES
        && memory.saturating_mul(passes) <= MAX_WORK;
    // A hash of a few bits is found by trying.
    (fits && hash.len() >= 16).then_some(Read { params, salt, hash })
}

fn argon(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn failed(error: argon2::Error) -> Error {
    Error::internal(format!("a password could not be hashed: {error}"))
}
