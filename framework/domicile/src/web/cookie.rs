//! Cookies: the `cookie` crate's, re-exported.

pub use ::cookie::{Cookie, SameSite};
