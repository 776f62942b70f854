//! What cargo knows: the apps of the workspace, the target folder, the versions in Cargo.lock.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::{Metadata, MetadataCommand, Package};

#[cfg(test)]
mod tests;

/// The crate whose dependents are apps.
const HOST_CRATE: &str = "domicile-host";

/// The crate that carries the script side of the runtime.
const WORKERD_CRATE: &str = "domicile-workerd";

/// A cargo workspace with apps in it.
#[derive(Debug)]
pub struct Workspace {
    metadata: Metadata,
}

/// One app: a package with a bin target that depends on domicile-host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The package's name, which also names the output folder.
    pub package: String,
    /// The name of the bin target.
    pub bin: String,
    /// The folder of its Cargo.toml.
    pub directory: PathBuf,
}

impl Workspace {
    /// Reads the workspace that the current folder belongs to.
    ///
    /// # Errors
    ///
    /// When there is no Cargo.toml here or above, or cargo cannot resolve the dependencies.
    pub fn read() -> Result<Self> {
        let mut command = MetadataCommand::new();
        for name in inherited() {
            command.env_remove(name);
        }
        let metadata = command.exec().map_err(|error| match error {
            cargo_metadata::Error::CargoMetadata { stderr } => {
                let said = stderr.trim();
                anyhow::anyhow!(said.strip_prefix("error: ").unwrap_or(said).to_owned())
            }
            other => other.into(),
        })?;
        Ok(Self { metadata })
    }

    /// The folder of the workspace's Cargo.toml.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// The folder that holds everything this tool makes.
    #[must_use]
    pub fn domicile_dir(&self) -> PathBuf {
        self.metadata.target_directory.as_std_path().join("domicile")
    }

    /// The folder that `build` fills for an app.
    #[must_use]
    pub fn output_dir(&self, app: &App) -> PathBuf {
        self.domicile_dir().join(&app.package)
    }

    /// All apps, by name.
    #[must_use]
    pub fn apps(&self) -> Vec<App> {
        let mut apps: Vec<App> = self.metadata.workspace_packages().into_iter().filter_map(app).collect();
        apps.sort_by(|a, b| a.package.cmp(&b.package));
        apps
    }

    /// The app called `name`; without one, the app of the current folder, or the only one there is.
    ///
    /// # Errors
    ///
    /// When there is no such app; the message lists those that exist.
    pub fn app(&self, name: Option<&str>) -> Result<App> {
        let here = std::env::current_dir().context("cannot tell the current folder")?;
        choose(&self.apps(), name, &here)
    }

    /// The folder with the JavaScript modules that the entry script imports.
    ///
    /// # Errors
    ///
    /// When no crate of the workspace depends on domicile-workerd.
    pub fn runtime_dir(&self) -> Result<PathBuf> {
        let package = self.package(WORKERD_CRATE).with_context(|| {
            format!("nothing here depends on {WORKERD_CRATE}, which {HOST_CRATE} brings in")
        })?;
        let directory = package.manifest_path.as_std_path().with_file_name("js");
        ensure!(directory.is_dir(), "{WORKERD_CRATE} has no script modules in {}", directory.display());
        Ok(directory)
    }

    /// Checks that the app's crates were expanded by the wasm-bindgen that is linked here.
    ///
    /// # Errors
    ///
    /// When Cargo.lock holds another version; the message says how to change it.
    pub fn check_wasm_bindgen(&self) -> Result<()> {
        let linked = wasm_bindgen_shared::version();
        let Some(package) = self.package("wasm-bindgen") else { return Ok(()) };
        let locked = package.version.to_string();
        ensure!(
            locked == linked,
            "Cargo.lock holds wasm-bindgen {locked}, but this cargo-domicile links {linked}: run \
             `cargo update -p wasm-bindgen --precise {linked}`, or install the cargo-domicile that fits"
        );
        Ok(())
    }

    fn package(&self, name: &str) -> Option<&Package> {
        self.metadata.packages.iter().find(|package| package.name == name)
    }
}

/// A `cargo` that does not see the variables which `cargo run` set for this tool, so that its builds are the
/// same as those started by hand.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for name in inherited() {
        command.env_remove(name);
    }
    command
}

fn inherited() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(|name| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
            .iter()
            .any(|start| name.starts_with(start))
    })
}

fn app(package: &Package) -> Option<App> {
    let bins = package.targets.iter().filter(|target| target.is_bin());
    // A package with several binaries says by `default-run` or by its name which one is the app.
    let wanted = package.default_run.as_deref().unwrap_or(&package.name);
    let bin = bins.clone().find(|target| target.name == wanted).or_else(|| bins.clone().next())?;
    let hosted = package.dependencies.iter().any(|dependency| dependency.name == HOST_CRATE);
    hosted.then(|| App {
        package: package.name.to_string(),
        bin: bin.name.clone(),
        directory: package.manifest_path.as_std_path().with_file_name(""),
    })
}

fn choose(apps: &[App], name: Option<&str>, here: &Path) -> Result<App> {
    let known = || apps.iter().map(|app| app.package.as_str()).collect::<Vec<_>>().join(", ");
    if apps.is_empty() {
        bail!(
            "this workspace has no app: an app is a package with a src/main.rs that depends on {HOST_CRATE}"
        );
    }
    if let Some(name) = name {
        return match apps.iter().find(|app| app.package == name) {
            Some(app) => Ok(app.clone()),
            None => bail!("there is no app called `{name}`; the apps are: {}", known()),
        };
    }
    match (apps.iter().find(|app| here.starts_with(&app.directory)), apps) {
        (Some(app), _) | (None, [app]) => Ok(app.clone()),
        _ => bail!("say which app with `-p APP`; the apps are: {}", known()),
    }
}
