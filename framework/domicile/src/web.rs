//! HTTP as actors and entry routes see it: whole requests, replies, and routes as plain functions.
//!
//! The types are those of the `http` crate; bodies of requests are read whole before a handler runs.

mod body;
mod cookie;
mod headers;
pub mod path;
mod reply;
mod request;
mod routes;
mod table;

pub use crate::model::Json;
pub use body::{Body, Page, Pages};
pub use cookie::{Cookie, SameSite};
pub use reply::{Html, IntoReply, Outcome, Redirect, ReplyExt, Response};
pub use request::Request;
pub use routes::{RouteOptions, Routes};

pub(crate) use headers::keep_private;
pub(crate) use reply::{error_response, sendable};
pub(crate) use routes::{Route, RouteFn};
pub(crate) use table::{Found, Table};
