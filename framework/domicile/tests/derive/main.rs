//! What the derive macros make of a type, seen from outside.

mod allow;
mod actor;
mod from_row;
mod lint;
mod message;
mod model;
mod refusal;
mod rig;
mod schema;
