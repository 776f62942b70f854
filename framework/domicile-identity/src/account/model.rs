//! What is stored of accounts. Where Django has a table, it has that table's name and those of its columns; but a
//! permission is its text, `blog.add_post`, and not the number of a row.

#![allow(clippy::duplicated_attributes, reason = "two indexes may have a column in common")]

use std::fmt;

use domicile::model::Schema;
use domicile::{ForeignKey, Model, Timestamp};

/// The models that an actor or a D1 database with accounts lists.
pub const MODELS: &[&Schema] = &[
    User::SCHEMA,
    Group::SCHEMA,
    Membership::SCHEMA,
    UserPermission::SCHEMA,
    GroupPermission::SCHEMA,
    AccessIdentity::SCHEMA,
    Session::SCHEMA,
    LoginAttempt::SCHEMA,
    LoginNonce::SCHEMA,
];

/// A person.
#[derive(Clone, PartialEq, Model)]
#[model(table = "auth_user", ordering(username))]
pub struct User {
    /// The key.
    pub id: u32,
    /// The name to log in with; large and small letters are different.
    #[model(max_length = 150, unique, help = "150 characters or fewer. Letters, digits and @/./+/-/_ only.")]
    pub username: String,
    /// The e-mail address, as it was given.
    #[model(max_length = 254, blank, default = "", verbose_name = "email address")]
    pub email: String,
    /// The e-mail address in its [normal form](super::normal_email); NULL where there is none, so that it is unique where there is one.
    #[model(max_length = 254, unique)]
    pub email_key: Option<String>,
    /// The first name.
    #[model(max_length = 150, blank, default = "")]
    pub first_name: String,
    /// The last name.
    #[model(max_length = 150, blank, default = "")]
    pub last_name: String,
    /// The hash of the password, or [`UNUSABLE`](crate::password::UNUSABLE).
    #[model(max_length = 255, default = "!")]
    pub password: String,
    /// May come in at all.
    #[model(column = "is_active", default = true, help = "Unselect this instead of deleting accounts.")]
    pub active: bool,
    /// May enter the administration.
    #[model(column = "is_staff", default = false, verbose_name = "staff status")]
    pub staff: bool,
    /// May do everything.
    #[model(column = "is_superuser", default = false, verbose_name = "superuser status")]
    pub superuser: bool,
    /// When the account was made.
    #[model(column = "date_joined", default = now, verbose_name = "date joined")]
    pub joined: Timestamp,
    /// When a session began last.
    pub last_login: Option<Timestamp>,
}

/// Without the hash, which belongs into no log.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("username", &self.username)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// People who may do the same.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_group", ordering(name))]
pub struct Group {
    /// The key.
    pub id: u32,
    /// What it is called.
    #[model(max_length = 150, unique)]
    pub name: String,
}

// Where a unique index begins with a key, the key needs none of its own.

/// A person in a group.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_user_groups", unique(user, group))]
pub struct Membership {
    /// The key.
    pub id: u32,
    /// Who.
    #[model(column = "user_id", index = false, on_delete = cascade)]
    pub user: ForeignKey<User>,
    /// In which.
    #[model(column = "group_id", on_delete = cascade)]
    pub group: ForeignKey<Group>,
}

/// What a person may do besides what their groups may.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_user_user_permissions", unique(user, permission))]
pub struct UserPermission {
    /// The key.
    pub id: u32,
    /// Who.
    #[model(column = "user_id", index = false, on_delete = cascade)]
    pub user: ForeignKey<User>,
    /// What, as in `blog.add_post`.
    #[model(max_length = 150)]
    pub permission: String,
}

/// What all in a group may do.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_group_permissions", unique(group, permission))]
pub struct GroupPermission {
    /// The key.
    pub id: u32,
    /// Which.
    #[model(column = "group_id", index = false, on_delete = cascade)]
    pub group: ForeignKey<Group>,
    /// What, as in `blog.add_post`.
    #[model(max_length = 150)]
    pub permission: String,
}

/// Who somebody is to an issuer of tokens. A person has one identity with each.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_access_identity", unique(issuer, subject), unique(user, issuer))]
pub struct AccessIdentity {
    /// The key.
    pub id: u32,
    /// Who says so, as in `https://acme.cloudflareaccess.com`.
    #[model(max_length = 255)]
    pub issuer: String,
    /// The person among those of the issuer.
    #[model(max_length = 255)]
    pub subject: String,
    /// The account.
    #[model(column = "user_id", index = false, on_delete = cascade)]
    pub user: ForeignKey<User>,
}

/// A browser in which somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_session")]
pub struct Session {
    /// The hash of the secret that the browser has.
    #[model(key, max_length = 64)]
    pub hash: String,
    /// Who.
    #[model(column = "user_id", on_delete = cascade)]
    pub user: ForeignKey<User>,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    #[model(index)]
    pub expires: Timestamp,
}

/// An attempt to log in with a password, for as long as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_login_attempt", index(who, at), index(address, at))]
pub struct LoginAttempt {
    /// The key.
    pub id: u32,
    /// A hash of the account or of the name that was typed, which may be a password in the wrong field.
    #[model(max_length = 64)]
    pub who: String,
    /// Where it came from.
    #[model(max_length = 64)]
    pub address: String,
    /// When.
    #[model(index)]
    pub at: Timestamp,
}

/// A login whose password is being compared.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(table = "auth_login_nonce")]
pub struct LoginNonce {
    /// The hash of the nonce that the entry has.
    #[model(key, max_length = 64)]
    pub hash: String,
    /// Who; NULL where nobody can log in by that name.
    #[model(column = "user_id", on_delete = cascade)]
    pub user: Option<ForeignKey<User>>,
    /// As in [`LoginAttempt`].
    #[model(max_length = 64)]
    pub who: String,
    /// Until when it may be used.
    #[model(index)]
    pub expires: Timestamp,
}
