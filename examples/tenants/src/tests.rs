//! The notebooks on the native host.
