//! The generated files of a small app, and how a folder is brought up to date.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{CAPNP, Files, description};
use crate::bindgen::Bound;
use crate::describe::{Class, D1, Description};

fn app() -> Description {
    Description {
        classes: vec![Class {
            class: "BlogDO".to_owned(),
            binding: "DO_STORAGE".to_owned(),
            actor: "Blog".to_owned(),
        }],
        vars: vec!["TENANTS".to_owned()],
        d1: Vec::new(),
        mistakes: Vec::new(),
    }
}

fn files(runtime: &Path) -> Result<Files> {
    let bound = Bound {
        glue: "glue".to_owned(),
        wasm: Vec::new(),
        snippets: vec![(PathBuf::from("snippets/worker-1/inline0.js"), "snippet".to_owned())],
    };
    let mut files = Files::instance(bound, b"wasm".to_vec());
    files.complete(&app(), runtime, Path::new("no Miniflare"))?;
    Ok(files)
}

fn runtime() -> Result<tempfile::TempDir> {
    let directory = tempfile::tempdir()?;
    fs::write(directory.path().join("runtime.js"), "runtime")?;
    fs::write(directory.path().join("runtime.test.mjs"), "test")?;
    Ok(directory)
}

#[test]
fn the_entry_exports_every_class() -> Result<()> {
    let script = super::entry::script(&app())?;
    assert!(
        script
            .contains("export class BlogDO extends host.actor(\"BlogDO\") {}\nexport default host.entry;\n")
    );
    assert!(script.contains("\"binding\": \"DO_STORAGE\""), "{script}");
    Ok(())
}

#[test]
fn workerd_gets_modules_classes_and_vars() -> Result<()> {
    let (out, runtime) = (tempfile::tempdir()?, runtime()?);
    files(runtime.path())?.write(out.path())?;
    let config = fs::read_to_string(out.path().join(CAPNP))?;
    for line in [
        "(name = \"entry.js\", esModule = embed \"entry.js\"),\n    (name = \"app.wasm\", wasm = embed \"app.wasm\"),",
        "(name = \"snippets/worker-1/inline0.js\", esModule = embed \"snippets/worker-1/inline0.js\"),",
        "(className = \"BlogDO\", uniqueKey = \"BlogDO\", enableSql = true),",
        "(name = \"DO_STORAGE\", durableObjectNamespace = \"BlogDO\"),",
        "(name = \"TENANTS\", fromEnvironment = \"TENANTS\"),",
    ] {
        assert!(config.contains(line), "{line} is not in\n{config}");
    }
    assert!(!config.contains("app.json") && !config.contains("test.mjs"), "{config}");
    Ok(())
}

#[test]
fn a_second_write_removes_what_is_no_longer_there_and_keeps_what_is_equal() -> Result<()> {
    let (out, runtime) = (tempfile::tempdir()?, runtime()?);
    files(runtime.path())?.write(out.path())?;
    let written = fs::metadata(out.path().join("glue.js"))?.modified()?;
    fs::create_dir_all(out.path().join("snippets/old"))?;
    fs::write(out.path().join("snippets/old/inline0.js"), "old")?;
    files(runtime.path())?.write(out.path())?;
    assert!(!out.path().join("snippets/old/inline0.js").exists());
    assert_eq!(fs::metadata(out.path().join("glue.js"))?.modified()?, written);
    assert_eq!(description(out.path())?, app());
    Ok(())
}

#[test]
fn a_module_of_the_runtime_cannot_hide_a_generated_one() -> Result<()> {
    for name in ["glue.js", "entry.js"] {
        let runtime = runtime()?;
        fs::write(runtime.path().join(name), "")?;
        assert!(
            files(runtime.path()).is_err_and(|error| error.to_string().contains("generated module")),
            "{name}"
        );
    }
    Ok(())
}

#[test]
fn d1_brings_miniflare_s_workers() -> Result<()> {
    let (out, runtime, miniflare) = (tempfile::tempdir()?, runtime()?, tempfile::tempdir()?);
    for file in
        ["d1/database.worker.js", "d1/entry.worker.js", "shared/index.worker.js", "shared/zod.worker.js"]
    {
        let path = miniflare.path().join(file);
        fs::create_dir_all(path.with_file_name(""))?;
        fs::write(path, file)?;
    }
    let d1 = vec![D1 { binding: "DB".to_owned(), local: Some("a \"name\"".to_owned()), migrations: vec![] }];
    let mut files = Files::default();
    files.complete(&Description { d1, ..app() }, runtime.path(), miniflare.path())?;
    files.write(out.path())?;
    let config = fs::read_to_string(out.path().join(CAPNP))?;
    for line in [
        r#"(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api""#,
        r#"props = (json = "{\"MINIFLARE_NAMESPACE\":\"a \\\"name\\\"\"}")"#,
        r#"(name = "d1", disk = (writable = true)),"#,
        r#"(name = "miniflare:zod", esModule = embed "d1/zod.worker.js"),"#,
    ] {
        assert!(config.contains(line), "{line} is not in\n{config}");
    }
    // They are no modules of the app.
    assert!(!config.contains(r#"(name = "d1/"#), "{config}");
    assert_eq!(fs::read_to_string(out.path().join("d1/shared.worker.js"))?, "shared/index.worker.js");
    let wanting = Files::default().complete(
        &Description { d1: vec![D1 { binding: "DB".to_owned(), local: None, migrations: vec![] }], ..app() },
        runtime.path(),
        Path::new("no Miniflare"),
    );
    assert!(wanting.is_err_and(|error| error.to_string().contains("no Miniflare")));
    Ok(())
}
