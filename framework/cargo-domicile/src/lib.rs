//! The parts of `cargo domicile`, as a library so that tests can build and serve an app on workerd.

pub mod bindgen;
pub mod glue;
