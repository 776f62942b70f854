//! Accounts in a store or in D1: who they are, how they come to be, and what they may do.
//!
//! Everything here is a program over an [`Executor`](domicile::query::Executor), so that it runs on an actor's store
//! ([`on_store`](domicile::query::on_store)) and on D1 alike. None of it hashes a password. The tables are made by the
//! app's own `makemigrations`, once the app lists the models.
//!
//! ```
//! use domicile::prelude::*;
//! use domicile::query::on_store;
//! use domicile_identity::account;
//!
//! # fn f(cx: &Cx) -> Result<()> {
//! let ada = on_store(cx, |on| Box::pin(account::by_id(on, 7)))?;
//! assert!(ada.is_none_or(|ada| ada.id == 7));
//! # Ok(()) }
//! ```

mod model;
mod spelling;
mod load;
mod group;
mod create;
mod admin;
mod refusal;
mod policy;
mod enter;
mod link;

pub use admin::{AdminReply, create_admin, look_for_admin};
pub use create::{NewUser, create_user, set_email};
pub use enter::{Look, Plan, Written, look};
pub use group::{add_to_group, grant, grant_to_group, remove_from_group, revoke, revoke_from_group};
pub use link::{relink, unlink};
pub use load::by_id;
pub use model::{
    AccessIdentity, Group, GroupPermission, LoginAttempt, LoginNonce, MODELS, Membership, Session, User,
    UserPermission,
};
pub use policy::{NewUserHook, Policy};
pub use refusal::Refusal;
pub use spelling::{full_name, normal_email, split_name};

pub(crate) use load::with_grants;
