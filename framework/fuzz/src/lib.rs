//! What the fuzz targets run: for each parser that sees bytes from outside, one function that gives it such bytes and asserts
//! what must hold of whatever comes of them. A panic is a mistake, in an assertion or in the parser.
//!
//! `tests/seeds.rs` runs each over its seeds, without a fuzzer.

mod host;
mod input;
pub mod cookie;
pub mod envelope;
pub mod form;
pub mod path;
pub mod statement;
pub mod token;
