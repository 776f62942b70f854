//! **Domicile** is a framework for applications made of actors that live in Cloudflare Durable Objects.
//!
//! Each [`Actor`] owns one SQLite [`Store`]. A handler is a synchronous function inside one transaction: it returns
//! `Ok` and everything is committed, or `Err`, or panics, and nothing happened. What must be awaited is an [`Effect`],
//! after the commit. The same actor runs on Cloudflare and on the native host. An entry route or an effect may use a [`D1`]
//! database besides.
//!
//! This crate is portable: it knows no host. The seam to the hosts is [`platform`].
#![forbid(unsafe_code)]

// Derive macros name the crate by its path, here too.
extern crate self as domicile;

// In reading order: what a statement takes and gives; the seam; the store and D1; messages; what happens outside; HTTP; actors
// and the app.
#[cfg(feature = "teeth")]
#[doc(hidden)]
pub mod tooth;
#[cfg(not(feature = "teeth"))]
mod tooth;
pub mod timestamp;
pub mod value;
pub mod error;
pub mod name;
pub mod env;
pub mod sql;
pub mod params;
pub mod row;
pub mod principal;
pub mod allow;
pub mod wire;
pub mod platform;
pub mod model;
pub mod store;
pub mod d1;
pub mod migration;
mod hint;
pub mod portable;
pub mod message;
pub mod alarm;
pub mod outside;
pub mod effect;
pub mod address;
pub mod cx;
pub mod query;
pub mod web;
pub mod guard;
pub mod actor;
mod report;
pub mod resident;
pub mod naming;
pub mod app;
pub mod site;

pub use actor::{Accepts, Actor};
pub use address::{Address, CallError};
pub use alarm::{Alarm, AlarmClock};
pub use allow::Allow;
pub use app::{App, AppFn};
pub use cx::Cx;
pub use d1::{D1, D1Binding};
pub use domicile_macros::{Actor, Choices, FromRow, Message, Model, Refusal, Schema, test};
pub use effect::Effect;
pub use env::Env;
pub use error::{Error, Kind, Problem, Result};
pub use http;
pub use message::{Deferring, Failure, Handler, Message, Never, Reader, Refusal};
pub use migration::Migration;
pub use model::{ForeignKey, Model};
pub use name::{Name, NameError};
pub use outside::Outside;
pub use portable::Portable;
pub use principal::{Account, Principal};
pub use row::{FromRow, Row};
pub use schema::*;
pub use sql::{SqlError, SqlKind};
pub use store::Store;
pub use timestamp::Timestamp;
pub use value::{Exact64, FromValue, ToValue, Value};

/// A glob gives way to the derive macro of this name: postcard-schema has one too, which a feature that another crate
/// turns on would bring here.
mod schema {
    pub use postcard_schema::Schema;
}

/// What an app's files begin with: `use domicile::prelude::*;`.
pub mod prelude {
    pub use crate::allow::{
        Allow, anyone, group, permission, service, service_of, signed_in, staff, superuser,
    };
    pub use crate::naming::{singleton, tenant};
    pub use crate::query::{Aggregate, Calendar, Changes, Term, Times};
    pub use crate::web::{
        Body, Cookie, Html, IntoReply, Json, Page, Redirect, ReplyExt, Request, Response, Routes,
    };
    pub use crate::{
        Accepts, Actor, Address, Alarm, App, CallError, Choices, Cx, D1, Deferring, Effect, Env, Error,
        Exact64, Failure, ForeignKey, FromRow, Handler, Message, Migration, Model, Name, Never, Outside,
        Principal, Reader, Refusal, Result, Schema, Store, Timestamp,
    };
    pub use http::{Method, StatusCode};
    pub use serde::{Deserialize, Serialize};
}

/// For the code that the derive macros emit, and for nothing else.
#[doc(hidden)]
pub mod __private {
    pub use crate::actor::{Dispatch, concat, distinct, distinct_tables, total};
    pub use crate::hint::{Described, StartsByDefault};
    pub use crate::model::{Field, Given, Model, Slot, Wide, chosen, schema};
    pub use crate::query::Column;
    pub use crate::row::{Row, count, only};
    pub use crate::value::{Param, ValueRef};
    pub use crate::web::Routes;
    pub use http::StatusCode;
    pub use postcard_schema;
}
