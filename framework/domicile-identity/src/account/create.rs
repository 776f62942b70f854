//! New accounts.

use std::collections::BTreeSet;
use std::fmt;

use domicile::model::valid;
use domicile::query::{Changes, Executor, Term as _};
use domicile::{Error, Kind, Model as _, Problem, Result, ToValue as _};

use super::model::{Group, User, UserPermission};
use super::spelling::normal_email;
use crate::{password, sweep};

/// What Django says.
const TAKEN_NAME: &str = "A user with that username already exists.";
const WRONG_NAME: &str =
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
const TAKEN_EMAIL: &str = "A user with that email address already exists.";
const WRONG_EMAIL: &str = "Enter a valid email address.";

/// An account that is to be. It is active and has no password, and is neither staff nor superuser, unless it is said.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The name to log in with.
    pub username: String,
    /// The e-mail address; may be empty.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// What [`password::hash`] gave, or [`password::UNUSABLE`].
    pub password: String,
    /// May come in at all.
    pub active: bool,
    /// May enter the administration.
    pub staff: bool,
    /// May do everything.
    pub superuser: bool,
    /// The groups that it is in from the start, by name; they are made where there are none.
    pub groups: Vec<String>,
    /// What it may do itself, as in `blog.add_post`.
    pub permissions: Vec<String>,
}

impl NewUser {
    /// The account of this name.
    #[must_use]
    pub fn new(username: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            password: password::UNUSABLE.to_owned(),
            active: true,
            staff: false,
            superuser: false,
            groups: Vec::new(),
            permissions: Vec::new(),
        }
    }

    /// Adds all that makes it.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with a problem for each value that does not hold.
    pub(super) fn add_to(self, changes: &mut Changes) -> Result<()> {
        let mut problems = Vec::new();
        let groups: BTreeSet<String> = self.groups.into_iter().collect();
        for name in &groups {
            problems.extend(valid::problem(Group::name.schema(), name.to_value()?.as_ref()));
        }
        let permissions: BTreeSet<String> = self.permissions.into_iter().collect();
        for name in &permissions {
            problems.extend(valid::problem(UserPermission::permission.schema(), name.to_value()?.as_ref()));
        }
        if !problems.is_empty() {
            return Err(Error::invalid(problems));
        }
        let (username, email) = (self.username, self.email.trim().to_owned());
        let key = normal_email(&email);
        changes.create(
            User::create()
                .set(User::username, &username)
                .set(User::email, email)
                .set(User::email_key, (!key.is_empty()).then_some(key))
                .set(User::first_name, self.first_name)
                .set(User::last_name, self.last_name)
                .set(User::password, self.password)
                .set(User::active, self.active)
                .set(User::staff, self.staff)
                .set(User::superuser, self.superuser),
        );
        for group in &groups {
            changes.statement(sweep::group(group)?);
            changes.statement(sweep::join(&username, group)?);
        }
        for permission in &permissions {
            changes.statement(sweep::allow(&username, permission)?);
        }
        Ok(())
    }
}

/// Without the hash, which belongs into no log.
impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser")
            .field("username", &self.username)
            .field("email", &self.email)
            .field("staff", &self.staff)
            .field("superuser", &self.superuser)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

/// Makes an account and gives its row.
///
/// # Errors
/// [`Kind::Invalid`] with Django's sentences where the name or the e-mail address is none or is taken.
pub async fn create_user(on: &dyn Executor, new: NewUser) -> Result<User> {
    check(&new)?;
    let username = new.username.clone();
    let mut changes = Changes::new();
    new.add_to(&mut changes)?;
    changes.apply(on).await.map_err(taken)?;
    User::objects().filter(User::username.eq(username)).get(on).await
}

pub(super) fn check(new: &NewUser) -> Result<()> {
    let mut problems = Vec::new();
    let fits = |c: char| c.is_alphanumeric() || "@.+-_".contains(c);
    if !new.username.chars().all(fits) {
        problems.push(Problem::new("username", WRONG_NAME));
    }
    if !new.email.trim().is_empty() && !is_email(new.email.trim()) {
        problems.push(Problem::new("email", WRONG_EMAIL));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
}

/// Whether it can be an e-mail address: something on both sides of an `@`, without spaces. Only a letter shows more.
fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    plain && parts.is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty())
}

/// A violated UNIQUE of the users' table as a sentence at its field.
pub(super) fn taken(error: Error) -> Error {
    if !error.is_unique_violation() {
        return error;
    }
    let message = error.sql().map(|sql| sql.message().to_owned()).unwrap_or_default();
    let column = |name: &str| message.contains(&format!("{}.{name}", User::SCHEMA.table));
    if column(User::username.schema().name) {
        return Error::invalid([Problem::new("username", TAKEN_NAME)]);
    }
    if column(User::email_key.schema().name) {
        return Error::invalid([Problem::new("email", TAKEN_EMAIL)]);
    }
    Error::new(Kind::Conflict, "The account has been changed meanwhile: try again.")
}
