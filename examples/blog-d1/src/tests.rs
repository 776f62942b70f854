//! The blog on D1 on the native host.
