//! The server over real sockets. Nothing here waits for a time: a test blocks on what it expects.

mod bodies;
mod endings;
mod limits;
mod replies;
mod rig;
mod targets;
mod units;
