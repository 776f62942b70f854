//! The fuzz target of `domicile_fuzz::token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| domicile_fuzz::token::run(data));
