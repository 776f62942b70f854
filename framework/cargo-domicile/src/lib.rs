//! The parts of `cargo domicile`, as a library so that tests can build and serve an app on workerd.

pub mod progress;

pub mod workspace;

pub mod npm;

pub mod compile;

pub mod glue;

pub mod bindgen;

pub mod optimise;

pub mod describe;

pub mod output;

pub mod wrangler;

pub mod migrate;

pub mod workerd;

pub mod bench;

pub mod command;
