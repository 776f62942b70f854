//! The fuzz target of `domicile_fuzz::form`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| domicile_fuzz::form::run(data));
