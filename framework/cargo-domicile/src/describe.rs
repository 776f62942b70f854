//! Asks a compiled app what it consists of, by running its `describe` in Node.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use domicile::migration::Batch;
use serde::{Deserialize, Serialize};

use crate::npm::Tools;

#[cfg(test)]
mod tests;

/// What an app consists of, as its `describe` export says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The Durable Object classes, one per actor.
    pub classes: Vec<Class>,
    /// The names of the variables that the app reads.
    #[serde(default)]
    pub vars: Vec<String>,
    /// The D1 databases.
    #[serde(default)]
    pub d1: Vec<D1>,
    /// Why the app cannot start, whatever its environment.
    #[serde(default, skip_serializing)]
    pub mistakes: Vec<String>,
}

/// One Durable Object class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The name that the entry script exports, and that Cloudflare knows the stored objects by.
    pub class: String,
    /// The name of the namespace in `env`.
    pub binding: String,
    /// The actor's name in Rust.
    pub actor: String,
}

/// One D1 database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct D1 {
    /// The name in `env`.
    pub binding: String,
    /// What the database is called on this machine, where it is not called as its binding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The steps that make its tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<Batch>,
}

impl D1 {
    /// What the database is called on this machine.
    #[must_use]
    pub fn local(&self) -> &str {
        self.local.as_deref().unwrap_or(&self.binding)
    }
}

/// Instantiates the module in Node and calls its `describe`.
const SCRIPT: &str = include_str!("js/describe.mjs");

/// Runs `describe` of the app whose `glue.js` and `app.wasm` lie in `directory`.
///
/// # Errors
///
/// When the app traps, exports no `describe`, or describes something that cannot be.
pub fn describe(tools: &Tools, directory: &Path) -> Result<Description> {
    let output = std::process::Command::new(tools.node()?)
        .args(["--no-warnings", "--input-type=module", "--eval", SCRIPT, "--"])
        .arg(directory)
        .output()
        .context("cannot run node")?;
    ensure!(
        output.status.success(),
        "the app could not be asked for its classes: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let description: Description =
        serde_json::from_slice(&output.stdout).context("the app described its classes in an unknown form")?;
    description.check()?;
    Ok(description)
}

impl Description {
    fn check(&self) -> Result<()> {
        ensure!(self.mistakes.is_empty(), "the app cannot start: {}", self.mistakes.join("; "));
        let mut classes = BTreeSet::new();
        let mut bindings = BTreeSet::new();
        for Class { class, binding, actor } in &self.classes {
            for name in [class, binding] {
                ensure!(
                    is_identifier(name),
                    "the actor {actor} has the class `{class}` and the binding `{binding}`: `{name}` must be made of \
                     letters, digits and `_`, and must not start with a digit"
                );
            }
            ensure!(
                classes.insert(class),
                "two actors have the class `{class}`: give one another `class = \"…\"`"
            );
            ensure!(
                bindings.insert(binding),
                "two actors have the binding `{binding}`: give one another `binding = \"…\"`"
            );
        }
        for D1 { binding, .. } in &self.d1 {
            ensure!(
                is_identifier(binding),
                "the D1 binding `{binding}` must be made of letters, digits and `_`, and must not start with a digit"
            );
            ensure!(bindings.insert(binding), "`{binding}` names two things in the app's environment");
        }
        for var in &self.vars {
            ensure!(is_identifier(var), "the var `{var}` must be made of letters, digits and `_`");
            ensure!(bindings.insert(var), "`{var}` names two things in the app's environment");
        }
        Ok(())
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
