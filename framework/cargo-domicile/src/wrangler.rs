//! Compares a wrangler configuration with what the app consists of, and says which lines to add or remove.
//!
//! Only what would lose or hide data, or open the app to everybody, is checked: the entry script, the namespaces, the migrations that give
//! every class a SQLite store, the D1 databases, and the compatibility date. Everything else in the file is its owner's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use domicile::env::{DEV, MANAGEMENT_SECRET, SECRET};
use serde_json::{Value, json};

use crate::describe::Description;
use crate::output::{COMPATIBILITY_DATE, ENTRY};

#[cfg(test)]
mod tests;

/// The first compatibility date on which a deleted store has no alarm left.
const OLDEST_DATE: &str = "2026-02-24";

/// A wrangler configuration that was read.
#[derive(Debug)]
pub struct Config {
    path: PathBuf,
    value: Value,
}

impl Config {
    /// Reads `path`, a `wrangler.jsonc` or `wrangler.json`.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is not JSON with comments.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let value =
            jsonc_parser::parse_to_serde_value::<Value>(&text, &jsonc_parser::ParseOptions::default())
                .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        Ok(Self { path: path.to_owned(), value })
    }

    /// Whether `main` is the entry script in `output`.
    #[must_use]
    pub fn is_for(&self, output: &Path) -> bool {
        let Some(main) = self.value["main"].as_str() else { return false };
        let directory = self.path.parent().unwrap_or(Path::new(""));
        normal(&directory.join(main)) == normal(&output.join(ENTRY))
    }

    /// Calls the app's D1 databases as wrangler calls them on this machine, so that `wrangler d1 … --local` finds them.
    pub fn name_databases(&self, description: &mut Description) {
        for database in &mut description.d1 {
            let entry = databases(&self.value).find(|entry| entry["binding"] == database.binding.as_str());
            let id = |key: &str| entry.and_then(|entry| entry[key].as_str()).map(str::to_owned);
            database.local = id("preview_database_id").or_else(|| id("database_id"));
        }
    }

    /// Compares the file with the app built into `output`.
    ///
    /// # Errors
    ///
    /// When they disagree; the message holds every line to add or remove.
    pub fn check(&self, description: &Description, output: &Path) -> Result<()> {
        let mut faults = Vec::new();
        if !self.is_for(output) {
            let directory = self.path.parent().unwrap_or(Path::new(""));
            let entry = normal(&output.join(ENTRY));
            let main = entry.strip_prefix(normal(directory)).unwrap_or(&entry).display().to_string();
            faults.push(format!("set  \"main\": {}", json!(main)));
        }
        faults.extend(faults_of(&self.value, description));
        if faults.is_empty() {
            return Ok(());
        }
        bail!("{} does not fit the app:\n  - {}", self.path.display(), faults.join("\n  - "))
    }
}

/// What has to change in the file for the app, one sentence or snippet each.
fn faults_of(config: &Value, description: &Description) -> Vec<String> {
    let mut faults = Vec::new();
    match config["compatibility_date"].as_str() {
        // Dates in this form order as text.
        Some(date) if date >= OLDEST_DATE => {}
        _ => faults.push(format!(
            "set  \"compatibility_date\": \"{COMPATIBILITY_DATE}\"  (any date from {OLDEST_DATE} on)"
        )),
    }
    faults.extend(open_to_all(config));
    bindings(config, description, &mut faults);
    migrations(config, description, &mut faults);
    d1(config, description, &mut faults);
    faults
}

/// What must not be deployed: it opens an app to everybody, or tells its secrets to whoever reads the file.
fn open_to_all(config: &Value) -> Vec<String> {
    let environments = config["env"].as_object().into_iter().flatten();
    let all = std::iter::once((String::new(), config))
        .chain(environments.map(|(name, config)| (format!("env.{name}."), config)));
    let mut faults = Vec::new();
    for (place, config) in all {
        if config["vars"].get(DEV).is_some() {
            faults.push(format!(
                "remove from {place}vars  \"DOMICILE_DEV\": it is for one's own machine, and opens the app"
            ));
        }
        for secret in [SECRET, MANAGEMENT_SECRET] {
            if config["vars"].get(secret).is_some() {
                faults.push(format!(
                    "remove from {place}vars  \"{secret}\", and set it with `wrangler secret put {secret}`"
                ));
            }
        }
    }
    faults
}

fn d1(config: &Value, description: &Description, faults: &mut Vec<String>) {
    for database in &description.d1 {
        let binding = &database.binding;
        match databases(config).find(|entry| entry["binding"] == binding.as_str()) {
            None => faults.push(format!(
                "add to d1_databases  {{ \"binding\": \"{binding}\", \"database_name\": …, \"database_id\": … }}  (as \
                 `wrangler d1 create NAME` prints it)"
            )),
            Some(entry) if entry["database_name"].as_str().is_none() => {
                faults.push(format!("add to the entry {binding} of d1_databases  \"database_name\": …"));
            }
            Some(_) => {}
        }
    }
    for entry in databases(config) {
        if !description.d1.iter().any(|database| entry["binding"] == database.binding.as_str()) {
            faults.push(format!(
                "remove from d1_databases  the entry {}, or declare it in the app with `.d1({})`",
                entry["binding"], entry["binding"]
            ));
        }
    }
}

fn databases(config: &Value) -> impl Iterator<Item = &Value> {
    config["d1_databases"].as_array().into_iter().flatten()
}

fn bindings(config: &Value, description: &Description, faults: &mut Vec<String>) {
    let none = Vec::new();
    // A binding with a `script_name` leads to another Worker's class.
    let own: Vec<&Value> = config["durable_objects"]["bindings"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .filter(|binding| binding.get("script_name").is_none())
        .collect();
    for class in &description.classes {
        let fits = |binding: &&&Value| {
            binding["name"] == class.binding.as_str() && binding["class_name"] == class.class.as_str()
        };
        if !own.iter().any(|binding| fits(&binding)) {
            faults.push(format!(
                "add to durable_objects.bindings  {{ \"name\": \"{}\", \"class_name\": \"{}\" }}",
                class.binding, class.class
            ));
        }
    }
    for binding in own {
        let known = description.classes.iter().any(|class| {
            binding["name"] == class.binding.as_str() && binding["class_name"] == class.class.as_str()
        });
        if !known {
            faults.push(format!(
                "remove from durable_objects.bindings  {{ \"name\": {}, \"class_name\": {} }}  (the app has no such \
                 class)",
                binding["name"], binding["class_name"]
            ));
        }
    }
}

fn migrations(config: &Value, description: &Description, faults: &mut Vec<String>) {
    let mut stored = BTreeSet::new();
    let mut tags = BTreeSet::new();
    let none = Vec::new();
    for migration in config["migrations"].as_array().unwrap_or(&none) {
        if let Some(tag) = migration["tag"].as_str()
            && !tags.insert(tag.to_owned())
        {
            faults.push(format!("give the second migration with the tag \"{tag}\" another tag"));
        }
        for class in texts(&migration["new_sqlite_classes"]) {
            stored.insert(class.to_owned());
        }
        for class in texts(&migration["new_classes"]) {
            faults.push(format!(
                "move  \"{class}\"  from new_classes to new_sqlite_classes: an actor's store is SQLite. (A class that \
                 was deployed without SQLite cannot be changed: give the actor another class name.)"
            ));
            stored.insert(class.to_owned());
        }
        for rename in migration["renamed_classes"].as_array().unwrap_or(&none) {
            if let (Some(from), Some(to)) = (rename["from"].as_str(), rename["to"].as_str()) {
                stored.remove(from);
                stored.insert(to.to_owned());
            }
        }
        for moved in migration["transferred_classes"].as_array().unwrap_or(&none) {
            stored.extend(moved["to"].as_str().map(str::to_owned));
        }
        for class in texts(&migration["deleted_classes"]) {
            stored.remove(class);
        }
    }
    let tag = (1..).map(|n| format!("v{n}")).find(|tag| !tags.contains(tag)).unwrap_or_default();
    let missing: Vec<&str> = description
        .classes
        .iter()
        .map(|class| class.class.as_str())
        .filter(|class| !stored.contains(*class))
        .collect();
    let gone: Vec<&String> = stored
        .iter()
        .filter(|class| !description.classes.iter().any(|known| known.class == **class))
        .collect();
    if !missing.is_empty() {
        faults.push(format!(
            "add to migrations  {{ \"tag\": \"{tag}\", \"new_sqlite_classes\": {} }}",
            json!(missing)
        ));
    }
    for class in gone {
        faults.push(match missing.as_slice() {
            [new] => format!(
                "or, if {class} is now called {new}, add to migrations instead  {{ \"tag\": \"{tag}\", \
                 \"renamed_classes\": [{{ \"from\": \"{class}\", \"to\": \"{new}\" }}] }}"
            ),
            _ => format!(
                "add to migrations  {{ \"tag\": \"{tag}\", \"deleted_classes\": [\"{class}\"] }}  (which deletes all its \
                 stores), or bring the actor with the class {class} back"
            ),
        });
    }
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The path without `.` and `..`, which need not exist to be compared.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
