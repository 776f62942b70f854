//! Chooses the host by target: [`main`] serves the app natively, or on workerd when compiled to Wasm.
#[cfg(target_arch = "wasm32")]
pub use domicile_workerd::*;
#[cfg(not(target_arch = "wasm32"))]
pub use native_harness::*;
