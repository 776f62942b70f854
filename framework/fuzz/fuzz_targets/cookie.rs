//! The fuzz target of `domicile_fuzz::cookie`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| domicile_fuzz::cookie::run(data));
