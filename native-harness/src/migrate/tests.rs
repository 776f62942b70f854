//! What the step between two models is, and that it keeps what was there.

mod cases;
mod crash;
mod edit;
mod engine;
mod expect;
mod property;
mod world;
