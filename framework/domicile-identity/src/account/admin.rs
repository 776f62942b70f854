//! The first administrator, as `/__create_admin__/` makes it once.

use domicile::http::StatusCode;
use domicile::query::{Changes, Executor, Term as _};
use domicile::{Kind, Model as _, Result};
use serde_json::json;

use super::create::{NewUser, check, taken};
use super::model::User;

/// What came of making the first administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminReply {
    /// It is made.
    Created {
        /// Its username.
        username: String,
    },
    /// A superuser of this name is there already. Nothing is changed, its password neither.
    Exists {
        /// Its username.
        username: String,
    },
    /// Another superuser is there, so that this is not the first.
    NotTheFirst,
}

impl AdminReply {
    /// The status of the reply.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Created { .. } | Self::Exists { .. } => StatusCode::OK,
            Self::NotTheFirst => StatusCode::CONFLICT,
        }
    }

    /// The reply, in django-cf's words: `{"status":"success","message":"Admin user 'admin' created."}`.
    #[must_use]
    pub fn json(&self) -> String {
        let (status, message) = match self {
            Self::Created { username } => ("success", format!("Admin user '{username}' created.")),
            Self::Exists { username } => ("info", format!("Admin user '{username}' already exists.")),
            Self::NotTheFirst => {
                ("error", "There is an administrator already: ask them for an account.".to_owned())
            }
        };
        json!({ "status": status, "message": message }).to_string()
    }
}

/// Makes the first superuser, which is staff too. `new` has its name, its e-mail address and the hash of its password.
///
/// # Errors
/// [`Kind::Invalid`] with a sentence where the name or the address is none, or somebody who is no superuser has it.
pub async fn create_admin(on: &dyn Executor, new: NewUser) -> Result<AdminReply> {
    if let Some(reply) = look_for_admin(on, &new.username).await? {
        return Ok(reply);
    }
    check(&new)?;
    let username = new.username.clone();
    let mut first = Changes::new();
    first.require_none(User::objects().filter(User::superuser.eq(true)), "not the first");
    NewUser { active: true, staff: true, superuser: true, ..new }.add_to(&mut first)?;
    match first.apply(on).await {
        Ok(_) => Ok(AdminReply::Created { username }),
        // On D1 somebody may have been faster.
        Err(error) if error.kind() == Kind::Conflict || error.is_unique_violation() => {
            look_for_admin(on, &username).await?.ok_or_else(|| taken(error))
        }
        Err(error) => Err(error),
    }
}

/// What is to be said without making one, and so without hashing a password first; `None` where it would be the first.
///
/// # Errors
/// The statements'.
pub async fn look_for_admin(on: &dyn Executor, username: &str) -> Result<Option<AdminReply>> {
    let superusers = User::objects().filter(User::superuser.eq(true));
    if superusers.clone().filter(User::username.eq(username)).exists(on).await? {
        return Ok(Some(AdminReply::Exists { username: username.to_owned() }));
    }
    Ok(superusers.exists(on).await?.then_some(AdminReply::NotTheFirst))
}
