//! What the step between two models is, and that it keeps what was there.

mod edit;
mod expect;
mod property;
mod world;
