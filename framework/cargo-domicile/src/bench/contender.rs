//! The contenders, each built by its own tools into a folder of modules.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::npm::{self, Tools};
use crate::output::{ENTRY, description};
use crate::progress::step;
use crate::workspace::{Workspace, cargo};

/// The version of worker-build; it is that of the crate `worker`.
const WORKER_BUILD: &str = "0.8.7";

/// A contender that can be served.
#[derive(Debug)]
pub struct Contender {
    /// Its name, in the table and in workerd's configuration.
    pub name: &'static str,
    /// The folder of its modules.
    pub modules: PathBuf,
    /// The module that workerd starts from.
    pub main: &'static str,
    /// The class of its Durable Object.
    pub class: String,
    /// The name under which its Worker knows that class.
    pub binding: String,
    /// The variables that its Worker reads, with their values.
    pub vars: Vec<(&'static str, &'static str)>,
}

/// Where the contenders are built.
#[derive(Debug)]
pub struct Workshop<'a> {
    /// Domicile's repository.
    pub workspace: &'a Workspace,
    /// The npm packages.
    pub tools: &'a Tools,
    /// The folder for what is made.
    pub out: PathBuf,
}

impl Workshop<'_> {
    fn source(&self, name: &str) -> PathBuf {
        self.workspace.root().join("framework/bench").join(name)
    }

    fn modules(&self, name: &str) -> Result<PathBuf> {
        let folder = self.out.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// Domicile, from the folder that `cargo domicile build` filled.
    ///
    /// # Errors
    /// When the folder holds no build with one actor.
    pub fn domicile(&self, build: &Path) -> Result<Contender> {
        let modules = self.modules("domicile")?;
        copy_modules(build, &modules)?;
        let description = description(build)?;
        let class = description.classes.first().context("the bench's app has no actor")?;
        Ok(Contender {
            name: "domicile",
            modules,
            main: ENTRY,
            class: class.class.clone(),
            binding: class.binding.clone(),
            // The others log nothing for a request either.
            vars: vec![("DOMICILE_LOG", "warn")],
        })
    }

    /// JavaScript by hand.
    ///
    /// # Errors
    /// When a file is missing.
    pub fn plain(&self) -> Result<Contender> {
        let modules = self.modules("plain")?;
        self.shared(&modules)?;
        copy(&self.source("plain/worker.js"), &modules.join("worker.js"))?;
        Ok(script("plain", modules, "BENCH"))
    }

    /// @cloudflare/actors, from npm and bundled by esbuild.
    ///
    /// # Errors
    /// When npm cannot fetch it, or esbuild fails.
    pub fn actors(&self) -> Result<Contender> {
        let modules = self.modules("actors")?;
        self.shared(&modules)?;
        let packages = self.out.join("actors-npm");
        fs::create_dir_all(&packages)?;
        let lock = self.source("actors/package-lock.json");
        let stamp = packages.join("fetched.lock");
        if fs::read(&stamp).ok() != Some(fs::read(&lock)?) {
            step("Fetching", "@cloudflare/actors from npm");
            copy(&self.source("actors/package.json"), &packages.join("package.json"))?;
            copy(&lock, &packages.join("package-lock.json"))?;
            npm::install(&packages)?;
            copy(&lock, &stamp)?;
        }
        // Beside the packages, so that esbuild finds them.
        copy(&self.source("actors/worker.js"), &packages.join("worker.js"))?;
        let mut esbuild = self.tools.script("esbuild/bin/esbuild")?;
        esbuild
            .args(["--bundle", "--format=esm", "--minify", "--keep-names", "--log-level=warning"])
            .args(["--external:cloudflare:*", "--external:*.sql", "--external:blog.js"])
            .arg(format!("--outfile={}", modules.join("worker.js").display()))
            .arg(packages.join("worker.js"));
        run(esbuild, "esbuild")?;
        Ok(script("actors", modules, "Bench"))
    }

    /// workers-rs, built by its own worker-build.
    ///
    /// worker-build would fetch wasm-bindgen, wasm-opt and esbuild from several places; it is given those at hand, of the
    /// same versions.
    ///
    /// # Errors
    /// When it cannot be installed or fails.
    pub fn workers_rs(&self) -> Result<Contender> {
        let tools = self.out.join("tools");
        let worker_build = tools.join("bin/worker-build");
        if !worker_build.exists() {
            step("Installing", format_args!("worker-build {WORKER_BUILD} (once, some minutes)"));
            let mut install = cargo();
            install
                .args(["install", "worker-build", "--locked", "--version", WORKER_BUILD, "--root"])
                .arg(&tools);
            run(install, "cargo install")?;
        }
        let this = std::env::current_exe().context("cannot tell which program this is")?;
        let mut bindgen = Command::new(this);
        bindgen.arg("wasm-bindgen");
        let modules = self.modules("workers-rs")?;
        let mut build = Command::new(worker_build);
        for name in inherited() {
            build.env_remove(name);
        }
        build
            .args(["--release", "--out-dir"])
            .arg(&modules)
            .current_dir(self.source("workers-rs"))
            .env("CARGO_TARGET_DIR", self.out.join("workers-rs-target"))
            .env("WASM_BINDGEN_BIN", self.program("wasm-bindgen", &bindgen)?)
            .env("WASM_OPT_BIN", self.program("wasm-opt", &self.tools.script("binaryen/bin/wasm-opt")?)?)
            .env("ESBUILD_BIN", self.program("esbuild", &self.tools.script("esbuild/bin/esbuild")?)?);
        run(build, "worker-build")?;
        Ok(Contender {
            name: "workers-rs",
            modules,
            main: "index.js",
            class: "Bench".to_owned(),
            binding: "Bench".to_owned(),
            vars: Vec::new(),
        })
    }

    /// What both contenders in JavaScript import.
    fn shared(&self, modules: &Path) -> Result<()> {
        for name in ["schema.sql", "fill.sql", "blog.js"] {
            copy(&self.source("shared").join(name), &modules.join(name))?;
        }
        copy(&self.workspace.root().join("examples/blog/templates/style.css"), &modules.join("style.css"))
    }

    /// A program of this name that runs `command`, for tools that take the path of one.
    fn program(&self, name: &str, command: &Command) -> Result<PathBuf> {
        let folder = self.out.join("bin");
        fs::create_dir_all(&folder)?;
        let path = folder.join(name);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted: Vec<_> =
            words.map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"))).collect();
        fs::write(&path, format!("#!/bin/sh\nexec {} \"$@\"\n", quoted.join(" ")))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(path)
    }
}

fn script(name: &'static str, modules: PathBuf, binding: &str) -> Contender {
    Contender {
        name,
        modules,
        main: "worker.js",
        class: "Bench".to_owned(),
        binding: binding.to_owned(),
        vars: Vec::new(),
    }
}

fn inherited() -> impl Iterator<Item = String> {
    std::env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR")
}

fn run(mut command: Command, what: &str) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        // What a build says is no part of the table.
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("cannot run {what}"))?;
    ensure!(status.success(), "{what} failed: see its message above");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn copy_modules(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_modules(&path, &target)?;
        } else if path.extension().is_some_and(|kind| kind == "js" || kind == "wasm") {
            copy(&path, &target)?;
        }
    }
    Ok(())
}
