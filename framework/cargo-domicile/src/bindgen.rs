//! Runs wasm-bindgen, linked at the version that the app's crates were expanded with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::glue;

/// What wasm-bindgen made of a compiled app.
pub struct Bound {
    /// The factory module, `glue.js`.
    pub glue: String,
    /// The module to instantiate.
    pub wasm: Vec<u8>,
    /// The `inline_js` of crates: path relative to `glue.js`, and text.
    pub snippets: Vec<(PathBuf, String)>,
}

/// Makes the factory and the module from the file that cargo wrote; `scratch` is emptied and left behind.
///
/// # Errors
///
/// When wasm-bindgen refuses the file (mostly a different wasm-bindgen in Cargo.lock, which its message says),
/// or its text has an unknown shape.
pub fn bind(compiled: &Path, scratch: &Path) -> Result<Bound> {
    if scratch.exists() {
        std::fs::remove_dir_all(scratch).with_context(|| format!("cannot empty {}", scratch.display()))?;
    }
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // No crate's start function runs, only `main`, which the factory calls: `worker`'s start installs a
        // panic hook and reset machinery for the one instance that its own build tool expects.
        .emit_start(false)
        // Gives closures and finalizers a generation, which `retire` of the factory moves on.
        .reset_state_function(true)
        .generate_output()?;
    // Only the written files have their indentation put right, which the factory relies on.
    output.emit(scratch)?;
    let read = |name: &str| {
        std::fs::read_to_string(scratch.join(name)).with_context(|| format!("wasm-bindgen wrote no {name}"))
    };
    let mut snippets = Vec::new();
    for (krate, texts) in output.snippets() {
        for (index, text) in texts.iter().enumerate() {
            snippets.push((PathBuf::from(format!("snippets/{krate}/inline{index}.js")), text.clone()));
        }
    }
    for (path, text) in output.local_modules() {
        snippets.push((Path::new("snippets").join(path), text.clone()));
    }
    snippets.sort();
    Ok(Bound {
        glue: glue::factory(&read("app.js")?)?,
        wasm: std::fs::read(scratch.join("app_bg.wasm")).context("wasm-bindgen wrote no module")?,
        snippets,
    })
}
