//! The folder that a build fills: the script modules, the Wasm, and the configurations for workerd.

mod capnp;
mod d1;
mod entry;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::bindgen::Bound;
use crate::describe::Description;

#[cfg(test)]
mod tests;

/// The date whose behaviour of Cloudflare's runtime the apps are built for.
///
/// It is after 2026-02-24, from when `deleteAll()` also deletes the alarm, and the last before 2026-08-04, from
/// when Node's API is there by default, which no app of this framework needs and every bundle would carry.
pub const COMPATIBILITY_DATE: &str = "2026-08-03";

/// The name of the module that workerd and wrangler start from.
pub const ENTRY: &str = "entry.js";

/// The name of the configuration for plain workerd.
pub const CAPNP: &str = "workerd.capnp";

/// The name of the configuration with which workerd migrates D1 databases.
pub const MIGRATE_CAPNP: &str = "migrate.capnp";

/// The name of the file that keeps the app's description, for those who serve the folder.
const DESCRIPTION: &str = "app.json";

/// The names that a folder's configuration gives to the parts set on workerd's command line.
pub mod name {
    use std::ffi::OsString;
    use std::path::Path;

    /// The folder of a disk as workerd's command line takes it.
    pub(crate) fn disk(name: &str, folder: &Path) -> OsString {
        let mut disk = OsString::from(format!("{name}="));
        disk.push(folder);
        disk
    }

    /// The socket: `--socket-addr http=127.0.0.1:8787`.
    pub const SOCKET: &str = "http";
    /// The disk that holds the stores: `--directory-path storage=DIR`.
    pub const DISK: &str = "storage";
    /// The disk that holds D1's databases, in a folder that has one: `--directory-path d1=DIR/v3/d1`. wrangler finds them
    /// there with `--persist-to DIR`.
    pub const D1_DISK: &str = "d1";
}

/// Files of an output folder, by path inside it.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Files {
    /// What is needed to instantiate the app, so that it can be described.
    #[must_use]
    pub fn instance(bound: Bound, wasm: Vec<u8>) -> Self {
        let mut files = Self::default();
        files.0.insert("glue.js".into(), bound.glue.into_bytes());
        files.0.insert("app.wasm".into(), wasm);
        files.0.extend(bound.snippets.into_iter().map(|(path, text)| (path, text.into_bytes())));
        files
    }

    /// Adds the runtime's modules from `runtime`, the entry script and the configuration of workerd; for an app with D1
    /// also Miniflare's workers from `miniflare`.
    ///
    /// # Errors
    ///
    /// When a module of the runtime or of Miniflare cannot be read, or has the name of a generated one.
    pub fn complete(&mut self, description: &Description, runtime: &Path, miniflare: &Path) -> Result<()> {
        for entry in fs::read_dir(runtime).with_context(|| format!("cannot read {}", runtime.display()))? {
            let path = entry?.path();
            let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|kind| kind == "js"))
            else {
                continue;
            };
            let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if name == ENTRY || self.0.insert(name.into(), text).is_some() {
                bail!("{} has the name of a generated module", path.display());
            }
        }
        self.0.insert(ENTRY.into(), entry::script(description)?.into_bytes());
        let modules: Vec<String> =
            self.0.keys().filter(|path| path != &Path::new(ENTRY)).map(|path| slashed(path)).collect();
        if !description.d1.is_empty() {
            self.0.extend(d1::workers(miniflare)?);
            self.0.extend(d1::migrator(description)?);
        }
        self.0.insert(CAPNP.into(), capnp::config(description, &modules)?.into_bytes());
        self.0.insert(DESCRIPTION.into(), serde_json::to_vec_pretty(description)?);
        Ok(())
    }

    /// Writes the files that differ and removes all others, so that a watcher sees only what has changed.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn write(&self, directory: &Path) -> Result<()> {
        for (path, bytes) in &self.0 {
            let path = directory.join(path);
            if fs::read(&path).is_ok_and(|old| old == *bytes) {
                continue;
            }
            let context = || format!("cannot write {}", path.display());
            fs::create_dir_all(path.parent().unwrap_or(directory)).with_context(context)?;
            fs::write(&path, bytes).with_context(context)?;
        }
        self.remove_others(directory, Path::new(""))
    }

    fn remove_others(&self, directory: &Path, inside: &Path) -> Result<()> {
        for entry in fs::read_dir(directory.join(inside))? {
            let entry = entry?;
            let path = inside.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                self.remove_others(directory, &path)?;
            } else if !self.0.contains_key(&path) {
                fs::remove_file(entry.path()).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }
}

/// Reads the description of the app in an output folder.
///
/// # Errors
///
/// When the folder holds no finished build.
pub fn description(directory: &Path) -> Result<Description> {
    let text = fs::read(directory.join(DESCRIPTION))
        .with_context(|| format!("{} holds no build: run `cargo domicile build`", directory.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{DESCRIPTION} was not written by this version"))
}

/// The path as modules are named on every system.
fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
