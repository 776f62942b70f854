//! The commands on models and files: what they write, what they say, and what they refuse.

use std::fs;
use std::path::Path;

use clap::Parser;
use domicile::Migration;
use domicile::app::Kept;
use domicile::model::Schema;

use super::{Command, Session};

mod first {
    use domicile::prelude::*;

    #[derive(Model)]
    pub(super) struct Author {
        id: i64,
        #[model(max_length = 100, unique)]
        name: String,
    }

    #[derive(Model)]
    #[model(search(title, content))]
    pub(super) struct Post {
        id: i64,
        title: String,
        content: String,
        views: i32,
        #[model(on_delete = cascade)]
        author: Option<ForeignKey<Author>>,
    }

    pub(super) const MODELS: &[&domicile::model::Schema] = &[Author::SCHEMA, Post::SCHEMA];
}

/// The title is called caption, the author must be there, and there are tags.
mod second {
    use domicile::prelude::*;

    use super::first::Author;

    #[derive(Model)]
    #[model(search(caption, content))]
    pub(super) struct Post {
        id: i64,
        caption: String,
        content: String,
        views: i64,
        #[model(on_delete = protect)]
        author: ForeignKey<Author>,
    }

    #[derive(Model)]
    pub(super) struct Tag {
        id: i64,
        #[model(unique)]
        word: String,
        #[model(on_delete = set_null)]
        post: Option<ForeignKey<Post>>,
    }

    pub(super) const MODELS: &[&domicile::model::Schema] = &[Author::SCHEMA, Post::SCHEMA, Tag::SCHEMA];
}

/// As the first, but for what SQLite does not know.
mod alike {
    use domicile::prelude::*;

    use super::first::Author;

    #[derive(Model)]
    #[model(search(title, content), verbose_name = "essay", ordering(-id))]
    pub(super) struct Post {
        id: i64,
        #[model(max_length = 50, help = "Short.")]
        title: String,
        content: String,
        views: i32,
        #[model(on_delete = protect)]
        author: Option<ForeignKey<Author>>,
    }

    pub(super) const MODELS: &[&domicile::model::Schema] = &[Author::SCHEMA, Post::SCHEMA];
}

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// An app of which only models and migrations are there.
struct App {
    folder: tempfile::TempDir,
    kept: Vec<Kept>,
}

impl App {
    fn new(stores: &[(&'static str, &'static [&'static Schema])]) -> Self {
        let kept = stores.iter().map(|(name, models)| Kept { name, migrations: &[], models });
        Self { folder: tempfile::tempdir().unwrap(), kept: kept.collect() }
    }

    fn blog(models: &'static [&'static Schema]) -> Self {
        Self::new(&[("Blog", models)])
    }

    /// Runs a command; gives whether it went well, and what it said.
    fn run(&self, line: &str) -> (bool, String) {
        let words = std::iter::once("app").chain(line.split(' '));
        let command = match Line::try_parse_from(words) {
            Ok(Line { command }) => command,
            Err(error) => return (false, error.to_string()),
        };
        let mut out = Vec::new();
        let ran = Session::new(self.kept.clone(), None, self.folder.path().to_owned(), &mut out, None)
            .and_then(|mut session| match command {
                Command::Makemigrations(command) => {
                    if let Some(only) = &command.which.store {
                        session.kept.retain(|kept| kept.name == only);
                    }
                    command.run(&mut session).map(|()| true)
                }
                Command::Migrations(command) => command.run(&mut session),
            });
        let said = String::from_utf8(out).unwrap().replace(&format!("{}/", self.folder.path().display()), "");
        match ran {
            Ok(well) => (well, said),
            Err(why) => (
                false,
                format!("{said}error: {}", why.replace(&format!("{}/", self.folder.path().display()), "")),
            ),
        }
    }

    /// Compiles the app, as it were: takes the steps of the list, each with what its file holds.
    fn compile(&mut self, store: usize, list: &str) {
        let text = fs::read_to_string(self.folder.path().join(list)).unwrap();
        let folder = self.folder.path().join(list).parent().unwrap().to_owned();
        let steps = text.lines().filter_map(|line| {
            let (name, file) =
                line.trim().strip_prefix("Migration::sql(\"")?.split_once("\", include_str!(\"")?;
            let sql = fs::read_to_string(folder.join(file.strip_suffix("\")),")?)).unwrap();
            Some(Migration::sql(name.to_owned().leak(), sql.leak()))
        });
        self.kept[store].migrations = steps.collect::<Vec<_>>().leak();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }
}

#[track_caller]
fn check(ran: (bool, String), well: bool, says: &[&str]) {
    assert_eq!(ran.0, well, "{}", ran.1);
    for part in says {
        assert!(ran.1.contains(part), "`{part}` is not in:\n{}", ran.1);
    }
}

#[test]
fn the_first_migration_makes_all_tables() {
    let mut app = App::blog(first::MODELS);
    check(app.run("migrations check"), false, &["the models want: create post", "makemigrations"]);
    check(app.run("makemigrations --dry-run"), true, &["CREATE TABLE post", "create author"]);
    assert!(!Path::new(&app.folder.path().join("migrations.rs")).exists());
    check(app.run("makemigrations"), true, &["wrote migrations/0001_initial.sql", "mod migrations;"]);
    assert_eq!(
        app.read("migrations/0001_initial.sql"),
        "\
-- create author
-- create post

CREATE TABLE author (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE post (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    views INTEGER NOT NULL,
    author INTEGER REFERENCES author (id)
) STRICT;
CREATE UNIQUE INDEX author_name_uniq ON author (name);
CREATE INDEX post_author_idx ON post (author);
CREATE VIRTUAL TABLE post_search USING fts5(title, content, content='post', content_rowid='id', tokenize='unicode61');
CREATE TRIGGER post_search_insert AFTER INSERT ON post BEGIN
    INSERT INTO post_search (rowid, title, content) VALUES (new.id, new.title, new.content);
END;
CREATE TRIGGER post_search_delete AFTER DELETE ON post BEGIN
    INSERT INTO post_search (post_search, rowid, title, content) VALUES ('delete', old.id, old.title, old.content);
END;
CREATE TRIGGER post_search_update AFTER UPDATE OF id, title, content ON post BEGIN
    INSERT INTO post_search (post_search, rowid, title, content) VALUES ('delete', old.id, old.title, old.content);
    INSERT INTO post_search (rowid, title, content) VALUES (new.id, new.title, new.content);
END;
"
    );
    // Not compiled in yet.
    check(
        app.run("makemigrations"),
        false,
        &["0001_initial.sql: the app does not have this step", "mod migrations;"],
    );
    check(app.run("migrations check"), false, &["0001_initial.sql: the app does not have this step"]);
    app.compile(0, "migrations.rs");
    check(app.run("migrations check"), true, &["Blog: models and migrations agree"]);
    check(app.run("makemigrations"), true, &["Blog: no changes"]);
    check(app.run("migrations list"), true, &["Blog:\n  0001_initial\n"]);
}

/// An app with one step, whose models have changed.
fn changed() -> App {
    let mut app = App::blog(first::MODELS);
    check(app.run("makemigrations"), true, &[]);
    app.compile(0, "migrations.rs");
    app.kept[0].models = second::MODELS;
    app
}

#[test]
fn what_only_the_developer_knows_is_asked_for() {
    let mut app = changed();
    check(
        app.run("makemigrations"),
        false,
        &["was `post.title` renamed to `caption`? Then `--rename post.title:caption`", "--no-renames"],
    );
    let fill = "`post.author` is no longer NULL, and rows that are there need the key of a row that is there: `--fill \
                post.author=VALUE`";
    check(app.run("makemigrations --rename post.title:caption"), false, &[fill]);
    check(
        app.run("makemigrations --rename post.title:caption --fill post.author=x"),
        false,
        &["`--fill post.author`: `x` is not a whole number"],
    );
    check(
        app.run("makemigrations --rename post.tilte:caption --fill post.author=1"),
        false,
        &["there is no column `post.tilte` to rename"],
    );
    check(app.run("migrations check"), false, &["post.author", "makemigrations"]);
    assert!(app.read("migrations.rs").matches("Migration::sql").count() == 1, "nothing was written");
    let line = "makemigrations --rename post.title:caption --fill post.author=1";
    check(
        app.run(line),
        true,
        &["rename post.title to caption", "wrote migrations/0002_post_rename_title_caption_and_more.sql"],
    );
    app.compile(0, "migrations.rs");
    check(app.run("migrations check"), true, &[]);
    let sql = app.read("migrations/0002_post_rename_title_caption_and_more.sql");
    for part in [
        "PRAGMA defer_foreign_keys = ON;\n",
        "ALTER TABLE post RENAME COLUMN title TO caption;\n",
        "-- Makes post anew: author: it is no longer NULL.\n",
        "SELECT id, caption, content, views, coalesce(author, 1)\nFROM post_rebuild;\n",
        "INSERT INTO post_search (post_search) VALUES ('rebuild');\n",
    ] {
        assert!(sql.contains(part), "{part}\nis not in\n{sql}");
    }
}

#[test]
fn what_the_data_layer_does_by_itself_is_no_migration() {
    let mut app = App::blog(first::MODELS);
    check(app.run("makemigrations"), true, &[]);
    app.compile(0, "migrations.rs");
    app.kept[0].models = alike::MODELS;
    check(app.run("migrations check"), true, &["models and migrations agree"]);
    check(app.run("makemigrations"), true, &["Blog: no changes"]);
}

#[test]
fn one_at_a_terminal_is_asked() {
    let app = changed();
    let mut said = Vec::new();
    let mut ask = |question: &str| {
        said.push(question.to_owned());
        true
    };
    let mut out = Vec::new();
    let asks = Some(&mut ask as &mut dyn FnMut(&str) -> bool);
    let mut session =
        Session::new(app.kept.clone(), None, app.folder.path().to_owned(), &mut out, asks).unwrap();
    let Ok(Line { command: Command::Makemigrations(command) }) =
        Line::try_parse_from(["app", "makemigrations", "--fill", "post.author=1", "--name", "captions"])
    else {
        panic!("it is that command")
    };
    command.run(&mut session).unwrap();
    drop(session);
    assert_eq!(said, ["Was post.title renamed to caption?"]);
    assert!(app.read("migrations/0002_captions.sql").contains("RENAME COLUMN title TO caption"));
}

#[test]
fn steps_by_hand_have_a_place_in_the_list() {
    let mut app = App::blog(first::MODELS);
    check(app.run("makemigrations"), true, &[]);
    app.compile(0, "migrations.rs");
    check(app.run("makemigrations --rust --name fill_slugs"), true, &["wrote migrations/0002_fill_slugs.rs"]);
    let list = app.read("migrations.rs");
    assert!(list.contains("    Migration::rust(\"0002_fill_slugs\", m0002_fill_slugs::run),\n];"), "{list}");
    assert!(list.ends_with("#[path = \"migrations/0002_fill_slugs.rs\"]\nmod m0002_fill_slugs;\n"), "{list}");
    fs::remove_file(app.folder.path().join("migrations/0002_fill_slugs.rs")).unwrap();
    check(app.run("makemigrations --empty"), true, &["wrote migrations/0002_by_hand.sql"]);
    app.compile(0, "migrations.rs");
    check(app.run("migrations check"), false, &["`0002_by_hand` failed: it has no statement"]);
    check(app.run("makemigrations --name Fill-Slugs"), false, &["`--name` is part of the name of a file"]);
}

#[test]
fn an_edit_by_hand_is_found() {
    let mut app = App::blog(first::MODELS);
    check(app.run("makemigrations"), true, &[]);
    let file = app.folder.path().join("migrations/0001_initial.sql");
    let sql = fs::read_to_string(&file).unwrap();
    for (from, to, says) in [
        (
            "views INTEGER NOT NULL",
            "views INTEGER NOT NULL DEFAULT 0",
            "alter post.views: default 0 becomes none",
        ),
        ("views INTEGER NOT NULL", "views INTEGER", "alter post.views: it is no longer NULL"),
        ("CREATE INDEX post_author_idx ON post (author);\n", "", "create the index post_author_idx"),
        ("REFERENCES author (id)", "", "alter post.author: it points to author"),
        (", content='post'", "", "change the full-text index of post"),
        ("CREATE TABLE author (\n", "CREATE TABLE author (\n    more TEXT,\n", "drop author.more"),
    ] {
        assert!(sql.contains(from), "{from}");
        fs::write(&file, sql.replacen(from, to, 1)).unwrap();
        app.compile(0, "migrations.rs");
        check(app.run("migrations check"), false, &[says]);
    }
    // What no model says anything about may be there.
    let own = "CREATE TABLE own (a TEXT) STRICT; CREATE VIEW v AS SELECT title FROM post; CREATE INDEX o ON post (views);";
    fs::write(&file, format!("{sql}{own}")).unwrap();
    app.compile(0, "migrations.rs");
    check(app.run("migrations check"), true, &[]);
    app.kept[0].models = second::MODELS;
    let line = "makemigrations --no-renames --fill post.author=1 --fill post.caption=x";
    check(app.run(line), false, &["the view `v`", "drop or replace it"]);
}

#[test]
fn steps_that_stand_in_the_code_are_moved_to_files_as_they_are() {
    let mut app = App::blog(first::MODELS);
    let sql = "CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;\n  CREATE TABLE own (a TEXT);";
    app.kept[0].migrations = vec![Migration::sql("0001_author", sql)].leak();
    check(
        app.run("makemigrations"),
        true,
        &["wrote migrations/0001_author.sql", "wrote migrations/0002_post.sql", "mod migrations;"],
    );
    assert_eq!(app.read("migrations/0001_author.sql"), sql);
    app.compile(0, "migrations.rs");
    assert_eq!(app.kept[0].migrations.iter().map(Migration::name).collect::<Vec<_>>().len(), 2);
    check(app.run("migrations check"), true, &[]);
}

#[test]
fn each_of_several_stores_has_a_list_of_its_own() {
    let mut app = App::new(&[("Blog", first::MODELS), ("TagList", second::MODELS)]);
    check(
        app.run("makemigrations"),
        true,
        &["wrote migrations/blog/0001_initial.sql", "wrote migrations/tag_list.rs"],
    );
    assert!(app.read("migrations.rs").ends_with("pub(crate) mod blog;\npub(crate) mod tag_list;\n"));
    app.compile(0, "migrations/blog.rs");
    app.compile(1, "migrations/tag_list.rs");
    check(app.run("migrations check"), true, &["Blog: models and", "TagList: models and"]);
    check(app.run("makemigrations --empty"), false, &["`--store` with one of Blog, TagList"]);
    check(
        app.run("makemigrations --empty --store TagList"),
        true,
        &["wrote migrations/tag_list/0002_by_hand.sql"],
    );
}

#[test]
fn the_list_of_an_app_that_gets_a_second_store_stays_where_it_is() {
    let mut app = App::blog(first::MODELS);
    check(app.run("makemigrations"), true, &[]);
    app.compile(0, "migrations.rs");
    app.kept.push(Kept { name: "Tags", migrations: &[], models: second::MODELS });
    check(app.run("makemigrations"), true, &["Blog: no changes", "wrote migrations/tags/0001_initial.sql"]);
    let list = app.read("migrations.rs");
    assert!(list.contains("0001_initial.sql") && list.ends_with("pub(crate) mod tags;\n"), "{list}");
}
