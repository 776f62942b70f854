//! The rewriting, on the shapes that wasm-bindgen 0.2.130 writes.

use super::{GlueError, factory};

/// What every text of wasm-bindgen has and the factory calls.
const LOADER: &str = "\nexport function __wbg_reset_state () {\n}\nlet __wbg_instance_id = 0;\nlet wasmModule, wasmInstance, wasm;\nfunction initSync(module) {\n}\nexport { initSync, __wbg_init as default };\n";

fn check(line: &str) -> Result<String, GlueError> {
    factory(&format!("{line}\n{LOADER}"))
}

#[test]
fn a_function_becomes_a_property_of_the_instance() -> Result<(), GlueError> {
    let glue = check("export function deliver(message) {\n}")?;
    assert!(glue.contains("\nfunction deliver(message) {"), "{glue}");
    assert!(glue.contains("return { \"deliver\": deliver, wasm, retire: __retire };"), "{glue}");
    Ok(())
}

#[test]
fn classes_constants_and_lists_are_exported_too() -> Result<(), GlueError> {
    let glue = check(
        "export class A {\n}\nexport const B = 1;\nexport async function c() {}\nexport { d, e as 'f' }",
    )?;
    assert!(
        glue.contains("return { \"A\": A, \"B\": B, \"c\": c, \"d\": d, \"f\": e, wasm, retire: __retire };"),
        "{glue}"
    );
    Ok(())
}

#[test]
fn the_hosts_names_come_from_the_argument() -> Result<(), GlueError> {
    let glue = check("import { log, sql as sql2 } from 'domicile:host';")?;
    assert!(
        glue.contains("const log = __take(__host, \"log\");\nconst sql2 = __take(__host, \"sql\");"),
        "{glue}"
    );
    Ok(())
}

#[test]
fn functions_of_numbers_are_taken_from_the_argument_by_the_module_itself() -> Result<(), GlueError> {
    let glue =
        check("import * as import1 from \"domicile:host\"\nimport * as import2 from \"domicile:host\"")?;
    assert!(glue.contains("\nconst import1 = __host;\nconst import2 = __host;\n"), "{glue}");
    Ok(())
}

#[test]
fn inline_js_is_imported_once_outside_the_factory() -> Result<(), GlueError> {
    let line = "import { state } from './snippets/worker-64cc4b2d035528c7/inline0.js';";
    let glue = check(line)?;
    assert!(glue.find(line) < glue.find("export function instantiate"), "{glue}");
    Ok(())
}

#[test]
fn the_host_object_is_entered_once() -> Result<(), GlueError> {
    let text = check("return {\n    \"domicile:host\": import1,\n    \"domicile:host\": import2,\n};")?;
    assert_eq!(text.matches("\"domicile:host\": import").count(), 1, "{text}");
    Ok(())
}

#[test]
fn another_module_is_an_error_that_names_it() {
    assert_eq!(
        check("import { a, b as c } from 'left-pad';"),
        Err(GlueError::UnknownModule { module: "left-pad".to_owned(), names: "a, b".to_owned() })
    );
}

#[test]
fn an_unknown_line_is_an_error() {
    for line in [
        "import * as import0 from \"x\"",
        "import source wasmModule from \"./x.wasm\";",
        "export default x;",
        "export let x = 1;",
        "export { x as 'not a name' };",
        "const url = import.meta.url;",
    ] {
        assert!(matches!(check(line), Err(GlueError::UnknownLine(_))), "{line}");
    }
}

#[test]
fn a_text_without_the_reset_state_is_an_error() {
    let text = format!("\n{}", LOADER.replace("__wbg_reset_state", "other"));
    assert_eq!(factory(&text), Err(GlueError::Missing("function __wbg_reset_state")));
}
