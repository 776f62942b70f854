//! SQL functions that the bundled SQLite lacks, or has with a randomness that is not the host's.

mod math;

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, ffi};

use super::Limits;
use crate::vfs::Random;

/// Adds the functions to a connection.
pub(super) fn register(connection: &Connection, random: &Random, limits: Limits) -> rusqlite::Result<()> {
    math::register(connection)?;
    // Not deterministic, so that SQLite draws for each row; and not marked as safe or direct only, so that defaults and
    // triggers may call them as they may call SQLite's own.
    let flags = FunctionFlags::SQLITE_UTF8;
    let generator = random.clone();
    connection.create_scalar_function(c"random", 0, flags, move |_| Ok(integer(generator.next_u64())))?;
    let generator = random.clone();
    connection.create_scalar_function(c"randomblob", 1, flags, move |context| {
        let mut bytes = vec![0; length(context.get_raw(0), limits)?];
        generator.fill(&mut bytes);
        Ok(bytes)
    })
}

/// A signed number from random bits. The least one is left out, as SQLite leaves it out: it has no absolute value.
fn integer(bits: u64) -> i64 {
    let value = bits.cast_signed();
    if value < 0 { -(value & i64::MAX) } else { value }
}

/// The length that an argument of `randomblob` asks for: at least 1, whatever it is.
fn length(argument: ValueRef<'_>, limits: Limits) -> rusqlite::Result<usize> {
    let wanted = match argument {
        ValueRef::Null => 0.0,
        ValueRef::Integer(value) => value as f64,
        ValueRef::Real(value) => value,
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => leading_integer(bytes),
    };
    if wanted > f64::from(limits.value_bytes) {
        return Err(Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_TOOBIG), None));
    }
    // The value is at least 1 and at most the limit, so nothing but its fraction is lost.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let length = wanted.max(1.0) as usize;
    Ok(length)
}

/// The whole number that a text begins with, or 0.
fn leading_integer(text: &[u8]) -> f64 {
    let text = text.trim_ascii_start();
    let digits = text.strip_prefix(b"+").unwrap_or(text).iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0.0, |number, digit| number * 10.0 + f64::from(digit - b'0'))
}
