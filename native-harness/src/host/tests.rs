//! The host as an app meets it: in memory and on files, each rule with an actor that tries to break it.

mod alarms;
mod app;
mod atomic;
mod bodies;
mod calls;
mod d1;
mod durable;
mod evict;
mod looking;
mod rig;
