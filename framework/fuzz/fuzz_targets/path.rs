//! The fuzz target of `domicile_fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| domicile_fuzz::path::run(data));
