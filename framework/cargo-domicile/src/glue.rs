//! Turns wasm-bindgen's `web` output into a factory, because an app runs as several instances of one module.
//!
//! wasm-bindgen writes an ES module that holds one instance in module-level variables. An app needs at least
//! two in one isolate (entry and actors), and a fresh one after every trap. So the whole text becomes the body
//! of one function, and its `import` and `export` lines, which may only stand at the top of a module, are
//! rewritten:
//!
//! ```js
//! import { state } from './snippets/worker-64cc/inline0.js';   // a crate's inline_js stays shared
//! export function instantiate(__module, __host) {              // one closure per instance
//!     const sql = __take(__host, "sql");                       // was: import { sql } from 'domicile:host'
//!     …                                                        // wasm-bindgen's text
//!     initSync({ module: __module });                          // synchronous
//!     wasm.main(0, 0);                                         // the app's `fn main`
//!     return { deliver, describe, …, wasm, retire: __retire };
//! }
//! ```
//!
//! - Rust reaches the host by `#[wasm_bindgen(module = "domicile:host")] extern "C" { fn sql(…); }`. Each name
//!   becomes a property of the `host` object given to `instantiate`, read once and called without `this`; a
//!   missing one is a `TypeError`, or a `LinkError` where all its arguments are numbers.
//! - `retire()` cuts an instance off after a trap: closures and futures that still point into it throw or do
//!   nothing, instead of running Rust on a broken heap. It needs [`crate::bindgen`]'s reset state option.
//!
//! A line of a shape not listed here is an error, so that a new wasm-bindgen cannot change the result silently.

use std::fmt::Write;

#[cfg(test)]
mod tests;

/// The module name under which Rust imports the functions of the object given to `instantiate`.
pub const HOST_MODULE: &str = "domicile:host";

/// Why wasm-bindgen's text could not become a factory.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GlueError {
    /// A top-level line starts like an import or export but has no known shape.
    #[error("wasm-bindgen wrote a line that cargo-domicile does not know: `{0}`")]
    UnknownLine(String),
    /// A crate imports from a JavaScript module that nothing provides.
    #[error(
        "a crate imports {names} from the JavaScript module `{module}`: only `{HOST_MODULE}` and inline_js exist here"
    )]
    UnknownModule {
        /// The module's name.
        module: String,
        /// The imported names, comma separated.
        names: String,
    },
    /// The text lacks something that the factory calls.
    #[error("wasm-bindgen's text has no `{0}`")]
    Missing(&'static str),
}

/// One name of an `import` or `export` list: `outer as inner` or `inner as outer`.
struct Name {
    inner: String,
    outer: String,
}

/// Rewrites the text that wasm-bindgen's `web` target wrote into a module exporting `instantiate(module, host)`.
///
/// # Errors
///
/// [`GlueError`] when the text has a shape that this version does not know.
pub fn factory(web: &str) -> Result<String, GlueError> {
    for needed in
        ["\nfunction initSync(module) {", "\nfunction __wbg_reset_state", "\nlet __wbg_instance_id = "]
    {
        if !web.contains(needed) && !web.contains(&needed.replacen("\n", "\nexport ", 1)) {
            return Err(GlueError::Missing(needed.trim_start()));
        }
    }
    if web.contains("import.meta") {
        return Err(GlueError::UnknownLine("import.meta".to_owned()));
    }

    let (mut shared, mut host, mut body) = (String::new(), String::new(), String::new());
    let mut exports = Vec::new();
    let mut host_entered = false;
    for line in web.lines() {
        if let Some(whole) = whole_host(line) {
            // Functions of numbers alone need no glue: wasm-bindgen hands them to the module as they are.
            let _ = writeln!(host, "const {whole} = __host;");
        } else if line.starts_with("import") {
            let (names, module) = import(line)?;
            if module == HOST_MODULE {
                for name in names {
                    let _ = writeln!(host, "const {} = __take(__host, \"{}\");", name.inner, name.outer);
                }
            } else if module.starts_with("./snippets/") {
                shared.push_str(line);
                shared.push('\n');
            } else {
                let names = names.into_iter().map(|name| name.outer).collect::<Vec<_>>().join(", ");
                return Err(GlueError::UnknownModule { module: module.to_owned(), names });
            }
        } else if line.starts_with("export") {
            body.push_str(export(line, &mut exports)?);
            body.push('\n');
        } else if !is_host_entry(line) || !std::mem::replace(&mut host_entered, true) {
            body.push_str(line);
            body.push('\n');
        }
    }

    let returned: String =
        exports.iter().map(|name| format!("\"{}\": {}, ", name.outer, name.inner)).collect();
    Ok(format!(
        "// Generated by cargo-domicile from wasm-bindgen's output.\n\
         {shared}\n{TAKE}\n\
         export function instantiate(__module, __host) {{\n\
         {host}{body}\n{RETIRE}\n\
         {START}\n\
         return {{ {returned}wasm, retire: __retire }};\n\
         }}\n"
    ))
}

const TAKE: &str = r#"function __take(host, name) {
    if (host === undefined || host[name] === undefined) {
        throw new TypeError(`the app imports ${name} from domicile:host, which was not given to instantiate`);
    }
    return host[name];
}
"#;

/// wasm-bindgen runs `main` by itself only when no crate has a `#[wasm_bindgen(start)]`, and `worker` has one.
const START: &str = r#"initSync({ module: __module });
const __code = wasm.main(0, 0);
if (__code !== 0) {
    throw new Error(`the app's main ended with exit code ${__code}`);
}"#;

/// The generation moves on, which every closure and finalizer of wasm-bindgen compares before it calls in.
const RETIRE: &str = r#"function __retire() {
    __wbg_instance_id++;
    wasm = wasmInstance = cachedDataViewMemory0 = cachedUint8ArrayMemory0 = undefined;
}"#;

/// Reads `import * as name from "domicile:host"`.
fn whole_host(line: &str) -> Option<&str> {
    let (name, module) = line.strip_prefix("import * as ")?.split_once(" from ")?;
    let module = module.trim_end_matches(';').trim_matches(['\'', '"']);
    (module == HOST_MODULE && is_identifier(name)).then_some(name)
}

/// Whether a line is the object's entry among the module's imports, `"domicile:host": import1,`. wasm-bindgen writes
/// one for each function, all of the same object, and a bundler warns of every repeated key.
fn is_host_entry(line: &str) -> bool {
    let entry = line.trim().strip_prefix('"').and_then(|line| line.strip_prefix(HOST_MODULE));
    entry.is_some_and(|rest| rest.starts_with("\": import"))
}

/// Reads `import { a, b as c } from 'module';`.
fn import(line: &str) -> Result<(Vec<Name>, &str), GlueError> {
    let unknown = || GlueError::UnknownLine(line.to_owned());
    let rest = line.strip_prefix("import { ").ok_or_else(unknown)?;
    let (list, rest) = rest.split_once(" } from ").ok_or_else(unknown)?;
    let quoted = rest.trim_end_matches(';');
    let module = ['\'', '"']
        .iter()
        .find_map(|&quote| quoted.strip_prefix(quote)?.strip_suffix(quote))
        .ok_or_else(unknown)?;
    let names = list
        .split(", ")
        .map(|item| match item.split_once(" as ") {
            Some((outer, inner)) => Name { inner: inner.to_owned(), outer: outer.to_owned() },
            None => Name { inner: item.to_owned(), outer: item.to_owned() },
        })
        .collect::<Vec<_>>();
    if names.iter().all(|name| is_identifier(&name.inner) && is_identifier(&name.outer)) {
        Ok((names, module))
    } else {
        Err(unknown())
    }
}

/// Notes what an export line exports and returns the line without its `export`.
fn export<'a>(line: &'a str, exports: &mut Vec<Name>) -> Result<&'a str, GlueError> {
    let unknown = || GlueError::UnknownLine(line.to_owned());
    let rest = line.strip_prefix("export ").ok_or_else(unknown)?;
    if let Some(list) = rest.strip_prefix("{ ") {
        let list = list.trim_end_matches(';').strip_suffix(" }").ok_or_else(unknown)?;
        for item in list.split(", ") {
            let (inner, outer) = item.split_once(" as ").unwrap_or((item, item));
            let outer = outer.trim_matches(['\'', '"']);
            if !is_identifier(inner) || !is_identifier(outer) {
                return Err(unknown());
            }
            if !is_loader(inner) {
                exports.push(Name { inner: inner.to_owned(), outer: outer.to_owned() });
            }
        }
        return Ok("");
    }
    let declared = ["function ", "async function ", "class ", "const "]
        .iter()
        .find_map(|keyword| rest.strip_prefix(keyword))
        .ok_or_else(unknown)?;
    let name: String = declared.chars().take_while(|c| is_identifier_char(*c)).collect();
    if name.is_empty() {
        return Err(unknown());
    }
    if !is_loader(&name) {
        exports.push(Name { inner: name.clone(), outer: name });
    }
    Ok(rest)
}

/// The ways in that wasm-bindgen offers beside the app's own exports.
fn is_loader(name: &str) -> bool {
    ["initSync", "__wbg_init", "__wbg_reset_state"].contains(&name)
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_identifier_char)
}

fn is_identifier_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
