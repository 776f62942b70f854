//! From what a token proves to an account: known by issuer and subject, made or renamed where that is needed, refused where
//! somebody could come into an account that is not theirs.
//!
//! It is in two steps. [`look`] writes nothing and tells whether something has to be written, so that whoever calls it
//! decides on the transaction; [`Plan::write`] does it.

use domicile::principal::Claims;
use domicile::query::{Changes, Executor, Term as _, row};
use domicile::{Account, Error, Kind, Model as _, Result};

use super::create::NewUser;
use super::load::with_grants;
use super::model::{AccessIdentity, User};
use super::policy::Policy;
use super::refusal::Refusal;
use super::spelling::{full_name, joined, normal_email, split_name};
use crate::sweep;

/// How often a plan is made anew where somebody else writes at the same time, as can be on D1.
const TRIES: usize = 4;

/// The most characters of what a token says, as the columns have them.
const MAX_USERNAME: usize = 150;
const MAX_ID: usize = 255;

/// What [`look`] found.
#[derive(Debug)]
pub enum Look {
    /// The account, as it is to be.
    Found(Account),
    /// It has to be made, linked or changed first.
    Write(Plan),
    /// Nobody comes in.
    Refused(Refusal),
}

/// What came of a [`Plan`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The account, as it is now.
    Account(Account),
    /// Nobody comes in: somebody else wrote in between, or what was linked is not active.
    Refused(Refusal),
}

/// What has to be written before somebody comes in; from [`look`].
#[derive(Debug)]
pub struct Plan {
    step: Step,
    claims: Claims,
    policy: Policy,
}

#[derive(Debug)]
enum Step {
    Create(NewUser),
    Link { user: u32, email: String },
    Update { user: u32, name: Option<(String, String)>, email: Option<(String, String)> },
}

/// Who this is here. It writes nothing, and takes two statements where nothing is new.
///
/// - A known identity is its account, whatever its e-mail address. A name that differs is taken over, an empty one never
///   (F39); so is another e-mail address, unless another account has it. The username stays.
/// - An unknown identity whose e-mail address no account has gets a new account: its username is the address, its names are
///   [split](split_name), it is active, has no password and is no staff (F38), and then the app's hook is asked.
/// - An unknown identity whose e-mail address an account has is refused, unless the account is bound to no identity and
///   the policy links such.
///
/// # Errors
/// The statements', and the hook's where it is not the client's fault.
pub async fn look(on: &dyn Executor, claims: &Claims, policy: &Policy) -> Result<Look> {
    if let Some(why) = unfit(claims) {
        return Ok(Look::Refused(Refusal::Unfit(why)));
    }
    let identity = AccessIdentity::issuer.eq(&claims.issuer) & AccessIdentity::subject.eq(&claims.subject);
    let known =
        AccessIdentity::objects().filter(identity).select(row(AccessIdentity::user)).first(on).await?;
    let step = match known {
        Some(user) if !user.active => return Ok(Look::Refused(Refusal::Inactive)),
        Some(user) => match changed(on, &user, claims).await? {
            None => return Ok(Look::Found(with_grants(on, user).await?)),
            Some(step) => step,
        },
        None => match stranger(on, claims, policy).await? {
            Ok(step) => step,
            Err(refusal) => return Ok(Look::Refused(refusal)),
        },
    };
    Ok(Look::Write(Plan { step, claims: claims.clone(), policy: policy.clone() }))
}

impl Plan {
    /// Writes it, and gives the account. Where somebody else has written meanwhile, as can be on D1, it looks again, so that
    /// two who come at once end in one account.
    ///
    /// # Errors
    /// The statements'; [`Kind::Conflict`] where others write again and again.
    pub async fn write(self, on: &dyn Executor) -> Result<Written> {
        let Self { mut step, claims, policy } = self;
        for _ in 0..TRIES {
            let written = Box::pin(step.write(on, &claims)).await;
            match written {
                Err(error) if error.kind() != Kind::Conflict && !error.is_unique_violation() => {
                    return Err(error);
                }
                _ => {}
            }
            match look(on, &claims, &policy).await? {
                Look::Found(account) => return Ok(Written::Account(account)),
                Look::Refused(refusal) => return Ok(Written::Refused(refusal)),
                Look::Write(next) => step = next.step,
            }
        }
        Err(Error::new(Kind::Conflict, "The account is being changed by somebody else: try again."))
    }
}

impl Step {
    async fn write(self, on: &dyn Executor, claims: &Claims) -> Result<()> {
        let mut changes = Changes::new();
        match self {
            Self::Create(new) => {
                let username = new.username.clone();
                new.add_to(&mut changes)?;
                changes.statement(sweep::bind(&claims.issuer, &claims.subject, &username)?);
            }
            Self::Link { user, email } => {
                let same = User::email_key.eq(email) & User::active.eq(true);
                changes.require(User::by_key(user).filter(same), "the account has changed");
                changes.require_none(
                    AccessIdentity::objects().filter(AccessIdentity::user.eq(key(user))),
                    "bound",
                );
                changes.create(
                    AccessIdentity::create()
                        .set(AccessIdentity::issuer, &claims.issuer)
                        .set(AccessIdentity::subject, &claims.subject)
                        .set(AccessIdentity::user, key(user)),
                );
            }
            Self::Update { user, name, email } => {
                let mut update = User::by_key(user).update();
                if let Some((first, last)) = name {
                    update = update.set(User::first_name, first).set(User::last_name, last);
                }
                if let Some((email, normal)) = email {
                    update = update.set(User::email, email).set(User::email_key, normal);
                }
                changes.update(update);
            }
        }
        changes.apply(on).await.map(|_| ())
    }
}

/// What a known account has to take over.
async fn changed(on: &dyn Executor, user: &User, claims: &Claims) -> Result<Option<Step>> {
    let (first, last) = split_name(&claims.name);
    let name = joined(&first, &last);
    let name = (!name.is_empty() && name != full_name(user)).then_some((first, last));
    let normal = normal_email(&claims.email);
    let mut email = None;
    if user.email_key.as_ref() != Some(&normal) {
        let others = User::objects().filter(User::email_key.eq(&normal));
        if !others.exists(on).await? {
            email = Some((claims.email.trim().to_owned(), normal));
        }
    }
    let changes = name.is_some() || email.is_some();
    Ok(changes.then_some(Step::Update { user: user.id, name, email }))
}

/// What becomes of somebody whose identity is unknown.
async fn stranger(
    on: &dyn Executor,
    claims: &Claims,
    policy: &Policy,
) -> Result<std::result::Result<Step, Refusal>> {
    let email = claims.email.trim();
    let normal = normal_email(email);
    let theirs = User::objects().filter(User::email_key.eq(&normal)).first(on).await?;
    if let Some(User { id: user, active, .. }) = theirs {
        let bound = AccessIdentity::objects().filter(AccessIdentity::user.eq(key(user)));
        return Ok(if bound.exists(on).await? {
            Err(Refusal::Bound { user })
        } else if !policy.links(&claims.issuer) {
            Err(Refusal::Local { user })
        } else if !active {
            Err(Refusal::Inactive)
        } else {
            Ok(Step::Link { user, email: normal })
        });
    }
    let (first_name, last_name) = split_name(&claims.name);
    let mut new = NewUser { email: email.to_owned(), first_name, last_name, ..NewUser::new(email) };
    if let Some(Err(error)) = policy.welcome(claims, &mut new) {
        return if error.status().is_client_error() {
            Ok(Err(Refusal::Hook(error.status(), error.to_string())))
        } else {
            Err(error)
        };
    }
    // The hook may have chosen others.
    let same = User::username.eq(&new.username) | User::email_key.eq(normal_email(&new.email));
    if User::objects().filter(same).exists(on).await? {
        return Ok(Err(Refusal::UsernameTaken));
    }
    Ok(Ok(Step::Create(new)))
}

/// Why nobody can have an account by these claims.
fn unfit(claims: &Claims) -> Option<&'static str> {
    let long = |text: &str, most| text.chars().count() > most;
    if claims.issuer.is_empty() || claims.subject.is_empty() {
        return Some("The token does not say who it is for.");
    }
    if claims.email.trim().is_empty() {
        return Some("The token has no e-mail address.");
    }
    if long(&claims.issuer, MAX_ID) || long(&claims.subject, MAX_ID) {
        return Some("The token's identity is longer than an account can hold.");
    }
    long(claims.email.trim(), MAX_USERNAME)
        .then_some("The e-mail address is longer than a username can be, 150 characters.")
}

fn key(user: u32) -> domicile::ForeignKey<User> {
    domicile::ForeignKey::new(user)
}
