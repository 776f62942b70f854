//! The proving app: every feature of Domicile as an HTTP route, so that scenarios can ask both hosts for it.
//!
//! It shows no good style for an app; the examples do. What must come of each route is in `tests/`.

pub mod program;

pub mod app;

pub use app::app;
