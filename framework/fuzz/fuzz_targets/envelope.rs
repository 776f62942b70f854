//! The fuzz target of `domicile_fuzz::envelope`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| domicile_fuzz::envelope::run(data));
