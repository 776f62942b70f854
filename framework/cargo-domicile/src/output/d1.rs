//! D1 on this machine: Miniflare's workers, run by plain workerd as Miniflare runs them, without Node.
//!
//! They are the files of the pinned npm package, unchanged. `domicile-conformance` runs its cases of D1 on Miniflare itself
//! too, so that a difference would be seen.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::describe::Description;

use super::name;

/// The files, by their place in the output folder and in Miniflare.
const WORKERS: [(&str, &str); 4] = [
    ("d1/database.worker.js", "d1/database.worker.js"),
    ("d1/entry.worker.js", "d1/entry.worker.js"),
    ("d1/shared.worker.js", "shared/index.worker.js"),
    ("d1/zod.worker.js", "shared/zod.worker.js"),
];

/// The files to write.
///
/// # Errors
///
/// When Miniflare has not been fetched.
pub(super) fn workers(miniflare: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let read = |(to, from): (&str, &str)| {
        let path = miniflare.join(from);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((PathBuf::from(to), bytes))
    };
    WORKERS.into_iter().map(read).collect()
}

/// The parts of `workerd.capnp` for D1.
pub(super) struct Parts {
    pub(super) services: String,
    pub(super) bindings: String,
    /// More fields of the configuration.
    pub(super) config: String,
    /// More constants.
    pub(super) workers: String,
}

/// The parts for an app; empty where it has no D1.
///
/// # Errors
///
/// Never in practice: a name is always JSON.
pub(super) fn parts(description: &Description) -> Result<Parts> {
    let mut parts = Parts {
        services: String::new(),
        bindings: String::new(),
        config: String::new(),
        workers: String::new(),
    };
    if description.d1.is_empty() {
        return Ok(parts);
    }
    for database in &description.d1 {
        let props = serde_json::json!({ "MINIFLARE_NAMESPACE": database.local() }).to_string();
        // A string of JSON is one of Cap'n Proto too.
        let props = serde_json::to_string(&props)?;
        let _ = writeln!(
            parts.bindings,
            "    (name = \"{}\", wrapped = (moduleName = \"cloudflare-internal:d1-api\", innerBindings = [(name = \
             \"fetcher\", service = (name = \"d1-entry\", props = (json = {props})))])),",
            database.binding
        );
    }
    let disk = name::D1_DISK;
    parts.services = format!(
        "    (name = \"{disk}\", disk = (writable = true)),\n    (name = \"d1-entry\", worker = .d1Entry),\n    (name = \
         \"d1-database\", worker = .d1Database),\n"
    );
    parts.config = "  extensions = [(modules = [\n    (name = \"miniflare:shared\", esModule = embed \
                    \"d1/shared.worker.js\"),\n    (name = \"miniflare:zod\", esModule = embed \
                    \"d1/zod.worker.js\"),\n  ])],\n"
        .to_owned();
    parts.workers = format!(
        r#"
# What follows is Miniflare's configuration of its D1; its database needs workerd's flag --experimental.
const d1Entry :Workerd.Worker = (
  compatibilityDate = "2023-07-24",
  compatibilityFlags = ["enhanced_error_serialization"],
  modules = [(name = "entry.worker.js", esModule = embed "d1/entry.worker.js")],
  bindings = [
    (name = "MINIFLARE_OBJECT", durableObjectNamespace = (serviceName = "d1-database", className = "D1DatabaseObject")),
  ],
);

const d1Database :Workerd.Worker = (
  compatibilityDate = "2023-07-24",
  compatibilityFlags = ["nodejs_compat", "experimental"],
  modules = [(name = "database.worker.js", esModule = embed "d1/database.worker.js")],
  durableObjectNamespaces = [
    (className = "D1DatabaseObject", uniqueKey = "miniflare-D1DatabaseObject", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "{disk}"),
  bindings = [(name = "MINIFLARE_BLOBS", service = "{disk}")],
);
"#
    );
    Ok(parts)
}
