//! What the script offers to Rust: the imports, one per line of `host` in `js/runtime.js`.
//!
//! None of them throws: errors come back as values, since an exception would unwind Rust frames without running
//! their destructors.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "domicile:host")]
extern "C" {
    /// Runs statements on a store; packed parameters in, packed rows or a packed error out (`pack.rs`).
    pub(crate) fn sql(store: &JsValue, text: &str, params: &[u8], names: bool, changes: bool) -> Vec<u8>;

    /// Runs `body` inside `transactionSync`; `false` rolls back. Gives the runtime's error, if it has one.
    pub(crate) fn nested(store: &JsValue, body: &mut dyn FnMut() -> bool) -> Option<String>;

    /// The alarm in milliseconds since 1970; NaN where none is set.
    #[wasm_bindgen(js_name = getAlarm)]
    pub(crate) fn get_alarm(store: &JsValue) -> f64;

    /// Sets the alarm; NaN clears it. Gives the runtime's error, if it has one.
    #[wasm_bindgen(js_name = setAlarm)]
    pub(crate) fn set_alarm(store: &JsValue, at: f64) -> Option<String>;

    /// Delivers an event to an actor. Resolves to a packed reply, or to an error as an object; never rejects.
    #[wasm_bindgen(js_name = callActor)]
    pub(crate) fn call_actor(
        binding: &str,
        name: &str,
        location: Option<String>,
        jurisdiction: Option<String>,
        event: &[u8],
        body: &[u8],
    ) -> js_sys::Promise;

    /// The D1 database of a binding; undefined where there is none.
    pub(crate) fn d1(binding: &str) -> JsValue;

    /// Runs a statement on a D1 database; packed parameters in. Resolves to packed rows or a packed error
    /// (`database.rs`); never rejects.
    #[wasm_bindgen(js_name = queryD1)]
    pub(crate) fn query_d1(database: &JsValue, text: &str, params: &[u8]) -> js_sys::Promise;

    /// Runs packed statements on a D1 database in one transaction. Resolves as [`query_d1`]; never rejects.
    #[wasm_bindgen(js_name = batchD1)]
    pub(crate) fn batch_d1(database: &JsValue, statements: &[u8]) -> js_sys::Promise;

    /// A session on a D1 database. It throws for nothing but an empty text, and is never given one.
    #[wasm_bindgen(js_name = sessionD1)]
    pub(crate) fn session_d1(database: &JsValue, start: &str) -> JsValue;

    /// The bookmark of a session, where it has one.
    #[wasm_bindgen(js_name = bookmarkD1)]
    pub(crate) fn bookmark_d1(database: &JsValue) -> Option<String>;

    /// Milliseconds since 1970.
    pub(crate) fn now() -> f64;

    /// Milliseconds of a clock that only goes forward.
    pub(crate) fn monotonic() -> f64;

    /// Fills `bytes` with randomness.
    pub(crate) fn random(bytes: &mut [u8]);

    /// Calls `wake` after `ms` milliseconds, unless the number it gives is cancelled.
    #[wasm_bindgen(js_name = setTimer)]
    pub(crate) fn set_timer(ms: f64, wake: &Closure<dyn FnMut()>) -> f64;

    /// Cancels a timer.
    #[wasm_bindgen(js_name = clearTimer)]
    pub(crate) fn clear_timer(timer: f64);

    /// Writes a line to the log: 0 error, 1 warning, 2 information, 3 debug.
    pub(crate) fn log(level: u8, line: &str);

    /// A panic is under way: the instance is lost once the stack is unwound.
    pub(crate) fn panicked(line: &str);
}
