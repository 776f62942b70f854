//! The files of migrations: a list in Rust, and beside it a folder with the SQL, the steps in Rust and `models.json`.
//!
//! ```text
//! src/migrations.rs                  the list
//! src/migrations/0001_initial.sql
//! src/migrations/0002_fill_slugs.rs  a step in Rust; its module is called m0002_fill_slugs
//! src/migrations/models.json         what the models said when the last step was made
//! ```
//!
//! With several stores there is one such list and folder for each, `src/migrations/blog.rs` and `src/migrations/blog/`.
//! Lines are added to the list and never rewritten, so what was written there by hand stays.

use std::fs;
use std::path::{Path, PathBuf};

use domicile::Migration;
use serde::{Deserialize, Serialize};

use super::state::Snapshot;

/// What `models.json` holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The actor or the binding whose store it is.
    pub(crate) store: String,
    #[serde(flatten)]
    pub(crate) models: Snapshot,
}

/// Where the migrations of one store are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    store: String,
    /// The list.
    list: PathBuf,
    /// The folder of the steps.
    folder: PathBuf,
    /// The list of the lists, where there are several.
    root: Option<PathBuf>,
}

/// A step that is to be written.
pub(crate) enum NewStep<'a> {
    Sql(&'a str),
    Rust,
}

impl Place {
    /// Where the migrations of `store` are below the folder `source`, of an app with this many stores.
    pub(crate) fn of(source: &Path, store: &str, stores: usize) -> Result<Self, String> {
        let whole = source.join("migrations");
        let module = snake(store);
        let own = Self {
            store: store.to_owned(),
            list: whole.join(&module).with_extension("rs"),
            folder: whole.join(&module),
            root: Some(source.join("migrations.rs")),
        };
        let shared = Self { list: source.join("migrations.rs"), folder: whole, root: None, ..own.clone() };
        // An app that had one store keeps that one's where they are.
        let owner = shared.known()?.map(|known| known.store);
        let is_shared = stores == 1 || owner.is_some_and(|owner| owner == store);
        Ok(if is_shared && !own.list.exists() { shared } else { own })
    }

    /// What the models said when the last step was made.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(crate) fn known(&self) -> Result<Option<Known>, String> {
        let path = self.models();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let known = serde_json::from_str(&text);
        known.map(Some).map_err(|error| {
            format!("{}: {error}. `makemigrations` writes it: put back what it wrote", path.display())
        })
    }

    fn models(&self) -> PathBuf {
        self.folder.join("models.json")
    }

    /// The module of the list, as an actor names it.
    pub(crate) fn module(&self) -> String {
        match &self.root {
            None => "migrations".to_owned(),
            Some(_) => format!("migrations::{}", snake(&self.store)),
        }
    }

    /// Makes sure that the steps in the folder are those that the app has.
    ///
    /// # Errors
    /// The app does not have one of them.
    pub(crate) fn check(&self, migrations: &[Migration]) -> Result<(), String> {
        for file in self.steps()? {
            let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if !migrations.iter().any(|migration| migration.name() == name) {
                return Err(format!(
                    "{}: the app does not have this step. {}",
                    file.display(),
                    self.how_to_use()
                ));
            }
        }
        Ok(())
    }

    /// Whether there is a list of it already.
    pub(crate) fn has_list(&self) -> bool {
        self.list.exists()
    }

    /// What makes an app have the list.
    pub(crate) fn how_to_use(&self) -> String {
        format!(
            "{} must be a module of the app (`mod migrations;` in its main.rs or lib.rs), and `{}` must have \
             `migrations = {}::MIGRATIONS`",
            self.list.display(),
            self.store,
            self.module()
        )
    }

    /// The files of steps, in order.
    fn steps(&self) -> Result<Vec<PathBuf>, String> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", self.folder.display()))?.path();
            let is_step = path.extension().is_some_and(|end| end == "sql" || end == "rs")
                && path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| number(stem).is_some());
            if is_step {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Writes what the models say.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write_models(&self, models: &Snapshot) -> Result<PathBuf, String> {
        let known = Known { store: self.store.clone(), models: models.clone() };
        let mut text = serde_json::to_string_pretty(&known).map_err(|error| error.to_string())?;
        text.push('\n');
        write(&self.models(), &text)?;
        Ok(self.models())
    }

    /// Writes a step and its line in the list; of an app that has no such list yet, all of its steps. Gives the files.
    ///
    /// # Errors
    /// A file cannot be written, or the list is not one that lines can be added to; nothing else is written then.
    pub(crate) fn write(
        &self,
        name: &str,
        step: &NewStep<'_>,
        migrations: &[Migration],
    ) -> Result<Vec<PathBuf>, String> {
        let mut written = Vec::new();
        let mut list = match fs::read_to_string(&self.list) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let moved = self.adopt(migrations)?;
                let mut list = self.empty_list();
                for (name, sql) in moved {
                    list = self.with_line(&list, &self.sql_line(name))?;
                    let path = self.folder.join(format!("{name}.sql"));
                    write(&path, sql)?;
                    written.push(path);
                }
                list
            }
            Err(error) => return Err(format!("{}: {error}", self.list.display())),
        };
        let (file, text) = match step {
            NewStep::Sql(sql) => {
                list = self.with_line(&list, &self.sql_line(name))?;
                (format!("{name}.sql"), (*sql).to_owned())
            }
            NewStep::Rust => {
                list = self.with_line(&list, &format!("Migration::rust(\"{name}\", m{name}::run),"))?;
                let path = self.relative(&format!("{name}.rs"));
                list.push_str(&format!("\n#[path = \"{path}\"]\nmod m{name};\n"));
                (format!("{name}.rs"), rust_step(name))
            }
        };
        let file = self.folder.join(file);
        write(&file, &text)?;
        write(&self.list, &list)?;
        written.extend([file, self.list.clone()]);
        if let Some(root) = &self.root {
            let module = format!("pub(crate) mod {};", snake(&self.store));
            let text = fs::read_to_string(root).unwrap_or_else(|_| {
                "//! The migrations of each store. `makemigrations` adds to the list.\n\n".to_owned()
            });
            if !text.lines().any(|line| {
                line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ")
                    == format!("mod {};", snake(&self.store))
            }) {
                write(root, &format!("{}\n{module}\n", text.trim_end()))?;
                written.push(root.clone());
            }
        }
        Ok(written)
    }

    /// The steps that the app has in its code, to be moved into files as they are.
    fn adopt<'a>(&self, migrations: &'a [Migration]) -> Result<Vec<(&'a str, &'a str)>, String> {
        let step = |migration: &'a Migration| {
            migration.statements().map(|sql| (migration.name(), sql)).ok_or_else(|| {
                format!(
                    "`{}` of {} is a step in Rust, which cannot be moved to a file: write {} yourself, with the list that \
                     is in the code now",
                    migration.name(),
                    self.store,
                    self.list.display()
                )
            })
        };
        migrations.iter().map(step).collect()
    }

    fn empty_list(&self) -> String {
        format!(
            "//! The migrations of `{}`, in their order. `makemigrations` adds to the list; what has been applied stays as it is.\n\n\
             use domicile::Migration;\n\n\
             /// The steps that bring a store to its newest schema.\n\
             #[rustfmt::skip]\n\
             pub(crate) const MIGRATIONS: &[Migration] = &[\n];\n",
            self.store
        )
    }

    fn sql_line(&self, name: &str) -> String {
        format!("Migration::sql(\"{name}\", include_str!(\"{}\")),", self.relative(&format!("{name}.sql")))
    }

    /// A file of the folder, as the list names it.
    fn relative(&self, file: &str) -> String {
        let folder =
            self.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        format!("{folder}/{file}")
    }

    /// The list with one more line.
    fn with_line(&self, list: &str, line: &str) -> Result<String, String> {
        let end = end_of_list(list).ok_or_else(|| {
            format!(
                "{}: there is no `MIGRATIONS: &[Migration] = &[…]` to add a line to: put it back",
                self.list.display()
            )
        })?;
        let (before, after) = list.split_at(end);
        let kept = before.trim_end();
        let comma = if kept.ends_with([',', '[']) || kept.ends_with("*/") { "" } else { "," };
        Ok(format!("{kept}{comma}\n    {line}\n{}", after.trim_start_matches([' ', '\n'])))
    }
}

/// Where the `]` of the list stands.
fn end_of_list(text: &str) -> Option<usize> {
    let named = text.find("MIGRATIONS:")?;
    let begin = named + text.get(named..)?.find("= &[").or_else(|| text.get(named..)?.find("=\n    &["))?;
    let begin = begin + text.get(begin..)?.find('[')?;
    let mut depth = 0_usize;
    let mut rest = text.char_indices().skip_while(|(at, _)| *at < begin).peekable();
    while let Some((at, letter)) = rest.next() {
        match letter {
            '[' => depth += 1,
            ']' if depth == 1 => return Some(at),
            ']' => depth -= 1,
            '"' => {
                while let Some((_, letter)) = rest.next() {
                    match letter {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '/' if rest.peek().is_some_and(|(_, next)| *next == '/') => {
                rest.by_ref().find(|(_, letter)| *letter == '\n');
            }
            _ => {}
        }
    }
    None
}

/// The number that a step's name begins with.
pub(crate) fn number(name: &str) -> Option<u32> {
    name.split_once('_').and_then(|(number, _)| number.parse().ok())
}

/// The name of the next step.
pub(crate) fn next_name(migrations: &[Migration], what: &str) -> String {
    let last = migrations.iter().filter_map(|migration| number(migration.name())).max().unwrap_or(0);
    let count = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    format!("{:04}_{what}", last.max(count) + 1)
}

fn rust_step(name: &str) -> String {
    format!(
        "//! `{name}`: what becomes of the data. Say here what and why.\n\n\
         use domicile::Result;\n\
         use domicile::migration::Migrating;\n\n\
         /// Runs once in each store, in the transaction that migrates it. It meets the tables as the steps before it have left\n\
         /// them: use SQL or structs of its own here, since the app's models go on changing.\n\
         pub(super) fn run(step: &Migrating<'_>) -> Result<()> {{\n    \
             step.log(\"nothing is done yet\");\n    \
             Ok(())\n\
         }}\n"
    )
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    fs::write(path, text).map_err(wrong)
}

/// The name of a type or binding as that of a module.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let begins = letter.is_uppercase()
            && at > 0
            && letters.get(at - 1).is_some_and(|before| *before != '_')
            && (letters.get(at - 1).is_some_and(|before| !before.is_uppercase())
                || letters.get(at + 1).is_some_and(|after| after.is_lowercase()));
        if begins {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_as_types_are() {
        for (name, expected) in [
            ("Blog", "blog"),
            ("HTTPServer2x", "http_server2x"),
            ("DB", "db"),
            ("BlogPost", "blog_post"),
            ("DATA_BASE", "data_base"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }

    #[test]
    fn a_line_is_added_whatever_the_list_looks_like() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::of(folder.path(), "Blog", 1).unwrap();
        let empty = place.with_line(&place.empty_list(), "X,").unwrap();
        assert!(empty.ends_with("= &[\n    X,\n];\n"), "{empty}");
        for list in [
            "const MIGRATIONS: &[Migration] = &[];",
            "const MIGRATIONS: &[Migration] = &[A(\"a]\")];",
            "const MIGRATIONS: &[Migration] =\n    &[A(\"a\", b![1])];\nconst OTHER: &[u8] = &[];",
            "const MIGRATIONS: &[Migration] = &[\n    A, // the ] first\n];\n",
        ] {
            let added = place.with_line(list, "X,").unwrap();
            assert!(added.contains("\n    X,\n]"), "{added}");
            assert!(!added.contains("A\n") && !added.contains(")\n    X"), "{added}");
        }
        assert!(place.with_line("const OTHER: &[Migration] = &[];", "X,").is_err());
    }
}
