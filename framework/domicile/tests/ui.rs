//! The mistakes that people make first: each file under `ui/<macro>/fail` is one, and the text beside it is what the
//! compiler says, which names the fix.
//!
//! `TRYBUILD=overwrite cargo test -p domicile --test ui` writes the texts anew; read the difference before it stays.

use std::io::Write;
use std::process::Command;

/// The compiler that the texts are from: another one words them differently.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn a_mistake_gets_a_message_that_names_the_fix() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version =
        Command::new(rustc).arg("--version").output().expect("the compiler that built this runs").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(COMPILER) {
        let left_out = format!(
            "left out: the texts under tests/ui are those of {COMPILER}x, and this is {}\n",
            version.trim()
        );
        // What a test prints by the macros is shown only when it fails.
        std::io::stderr().write_all(left_out.as_bytes()).expect("stderr is open");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*/fail/*.rs");
}
