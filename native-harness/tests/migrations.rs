//! What `makemigrations` writes compiles, in a package outside of this repository, and is what the models want. It compiles
//! all crates anew, so it runs with `cargo domicile test --all`.

#![allow(clippy::expect_used, reason = "what a test cannot do has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Package {
    folder: tempfile::TempDir,
}

impl Package {
    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn edit(&self, file: &str, edits: &[(&str, &str)]) {
        let mut text = fs::read_to_string(self.path(file)).expect("the source");
        for (from, to) in edits {
            assert!(text.contains(from), "{from} is not in {text}");
            text = text.replacen(from, to, 1);
        }
        fs::write(self.path(file), text).expect("the source");
    }

    #[track_caller]
    fn cargo(&self, line: &str, well: bool, says: &[&str]) {
        let output = Command::new(env!("CARGO"))
            .args(line.split(' '))
            .arg("--offline")
            .current_dir(self.folder.path())
            // The folder of the tests in `outside.rs`: the crates are compiled once.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"))
            .stdin(std::process::Stdio::null())
            .output()
            .expect("cargo runs");
        let all =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert_eq!(output.status.success(), well, "{line}:\n{all}");
        for part in says {
            assert!(all.contains(part), "{line}: `{part}` is not in\n{all}");
        }
    }

    #[track_caller]
    fn run(&self, command: &str, well: bool, says: &[&str]) {
        // `--offline` is for cargo.
        let output = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--offline", "--"])
            .args(command.split(' '))
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"))
            .stdin(std::process::Stdio::null())
            .output()
            .expect("cargo runs");
        let all =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert_eq!(output.status.success(), well, "{command}:\n{all}");
        for part in says {
            assert!(all.contains(part), "{command}: `{part}` is not in\n{all}");
        }
    }
}

#[test]
fn what_makemigrations_writes_compiles_and_is_what_the_models_want() {
    if std::env::var_os("DOMICILE_FULL").is_none_or(|full| full != "1") {
        eprintln!("left out: DOMICILE_FULL=1 runs it");
        return;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = here.parent().expect("the repository");
    let source = here.join("tests/migrations");
    let package = Package { folder: tempfile::tempdir().expect("a folder") };
    let manifest = fs::read_to_string(source.join("Cargo.toml")).expect("the manifest");
    let manifest = manifest.replace("DOMICILE/", &format!("{}/", repository.display()));
    fs::write(package.path("Cargo.toml"), manifest).expect("a manifest");
    fs::create_dir(package.path("src")).expect("a folder");
    fs::copy(source.join("src/main.rs"), package.path("src/main.rs")).expect("the source");
    fs::copy(repository.join("Cargo.lock"), package.path("Cargo.lock")).expect("the lock file");

    package.run("migrations check", false, &["the models want: create post"]);
    package.run(
        "makemigrations",
        true,
        &["migrations/0001_initial.sql", "`migrations = migrations::MIGRATIONS`"],
    );
    package.edit("src/main.rs", &[("// mod migrations;", "mod migrations;"), (" /*,", ","), (" */", "")]);
    package.run("migrations check", true, &["Blog: models and migrations agree"]);
    package.cargo("test", true, &["test result: ok. 1 passed"]);

    // The title becomes a caption, and there is a tag.
    package.edit(
        "src/main.rs",
        &[("    title: String,", "    caption: String,\n    #[model(default = \"news\")]\n    tag: String,")],
    );
    package.run(
        "migrations check",
        false,
        &["the models want: add post.caption", "`cargo domicile makemigrations`"],
    );
    package.run("makemigrations", false, &["--rename post.title:caption"]);
    package.run(
        "makemigrations --rename post.title:caption",
        true,
        &["0002_post_rename_title_caption_post_add_tag.sql"],
    );
    package.run("migrations check", true, &[]);
    package.run("makemigrations --rust --name captions", true, &["migrations/0003_captions.rs"]);
    package.run("migrations check", true, &[]);
    package.run("migrations list", true, &["  0003_captions  (Rust)\n"]);
    package.run("makemigrations", true, &["Blog: no changes"]);
    package.cargo("test", true, &["test result: ok. 1 passed"]);
}
