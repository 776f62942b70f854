//! The bench: Domicile and what it is measured against, side by side on one workerd.
//!
//! The contenders are in `framework/bench`, which only Domicile's own repository has. Each is a service of one workerd
//! process with a socket of its own, and answers the same requests with the same bytes.

pub mod workload;

pub mod contender;

pub mod serve;

pub mod load;

pub mod check;

pub mod measure;

pub mod report;
