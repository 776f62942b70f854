//! Runs binaryen's wasm-opt on the module, or takes the last result when the module is the same.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::npm::Tools;
use crate::progress::step;

/// `-g` keeps the names of functions, which a trap's stack trace shows. No `--all-features`: it makes wasm-opt
/// write encodings that V8 does not read.
const FLAGS: [&str; 2] = ["-O2", "-g"];

/// Optimises `wasm`; `scratch` keeps the last module and its result.
///
/// # Errors
///
/// When wasm-opt fails, which means a defect in it or in wasm-bindgen.
pub fn optimise(tools: &Tools, wasm: &[u8], scratch: &Path) -> Result<Vec<u8>> {
    let context = || format!("cannot write in {}", scratch.display());
    fs::create_dir_all(scratch).with_context(context)?;
    let (from, to, last) =
        (scratch.join("next.wasm"), scratch.join("optimised.wasm"), scratch.join("bound.wasm"));
    if fs::read(&last).is_ok_and(|bytes| bytes == wasm)
        && let Ok(done) = fs::read(&to)
    {
        return Ok(done);
    }
    step("Optimising", format_args!("{} KB of Wasm", wasm.len() / 1000));
    fs::write(&from, wasm).with_context(context)?;
    let output = tools
        .script("binaryen/bin/wasm-opt")?
        .args(FLAGS)
        .arg(&from)
        .arg("-o")
        .arg(&to)
        .output()
        .context("cannot run wasm-opt")?;
    ensure!(output.status.success(), "wasm-opt failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let done = fs::read(&to).context("wasm-opt wrote no module")?;
    // Only now does the input count as done, so that a run that was cut off is not taken for a result.
    fs::rename(&from, &last).with_context(context)?;
    Ok(done)
}
