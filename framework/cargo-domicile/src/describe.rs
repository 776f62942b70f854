//! Asks a compiled app what it consists of, by running its `describe` in Node.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
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
