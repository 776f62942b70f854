//! What the entry asks of where accounts are: of an actor by a message, of D1 directly. It never carries a password.

use std::time::Duration;

use domicile::query::Executor;
use domicile::{Error, Kind, Model as _, Result};
use serde::{Deserialize, Serialize};

use crate::account::{AdminReply, NewUser, User, create_admin, look_for_admin};
use crate::login::{Begin, Compared, Limits, begin_login, finish_login, replace_password};
use crate::password::Verdict;
use crate::secret::Secret;
use crate::session::{self, NewSession};

/// The name of the one message that actors take from the entry.
pub(crate) const NAME: &str = "domicile.identity/2";

/// What is asked. It has secrets, so it is never shown.
#[derive(Serialize, Deserialize)]
pub(crate) enum Ask {
    /// The first step of a login.
    Begin { name: String, address: String },
    /// The last step of a login.
    Finish { nonce: String, address: String, stored: String, verdict: Verdict, rehashed: Option<String> },
    /// The end of a session.
    Logout { session: String },
    /// What a session's user would compare an old password with; counted as an attempt.
    Compare { session: String, address: String },
    /// A new password for the user of a session. All their sessions end, and a new one begins.
    Change { session: String, nonce: String, address: String, stored: String, hash: String },
    /// Whether there is an administrator.
    LookForAdmin { username: String },
    /// The first administrator.
    CreateAdmin { username: String, email: String, hash: String },
    /// Nothing: whatever is asked first brings the store to its newest schema.
    Migrate,
}

/// What is answered. It has secrets, so it is never shown.
#[derive(Serialize, Deserialize)]
pub(crate) enum Told {
    /// What to compare a password with.
    Begun { stored: String, nonce: String },
    /// Too many attempts; the next may be made after so many seconds.
    TooMany { seconds: u64 },
    /// A session, and how long it lasts, in seconds.
    LoggedIn { session: String, seconds: i64 },
    /// Nobody comes in.
    Refused,
    /// What there is to compare an old password with, and whose it is.
    Compare { stored: String, nonce: String, username: String, email: String },
    /// It is done.
    Done,
    /// The store has its newest schema.
    Migrated,
    /// The reply of [`create_admin`].
    Admin { status: u16, json: String },
    /// There is no administrator yet.
    NoAdmin,
    /// What was given does not hold.
    Invalid(Vec<(String, String)>),
}

impl Told {
    /// What it is, without what it holds.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Begun { .. } => "begun",
            Self::TooMany { .. } => "too many attempts",
            Self::LoggedIn { .. } => "logged in",
            Self::Refused => "refused",
            Self::Compare { .. } => "compare",
            Self::Done => "done",
            Self::Migrated => "migrated",
            Self::Admin { .. } => "an administrator",
            Self::NoAdmin => "no administrator",
            Self::Invalid(_) => "invalid",
        }
    }

    /// Whether it is worth a store that is not there yet: whoever guesses the names of tenants makes none by trying to log in.
    pub(crate) fn makes_a_store(&self) -> bool {
        matches!(self, Self::Migrated | Self::Admin { .. })
    }
}

/// What is needed to answer.
#[derive(Clone)]
pub(crate) struct Terms {
    pub(crate) secret: Secret,
    pub(crate) limits: Limits,
    pub(crate) lifetime: Duration,
}

/// Answers what the entry asks.
pub(crate) async fn told(on: &dyn Executor, ask: Ask, terms: &Terms) -> Result<Told> {
    match answer(on, ask, terms).await {
        Err(error) if error.kind() == Kind::Invalid && !error.problems().is_empty() => {
            let problems = error.problems().iter().map(|p| (p.field.clone(), p.message.clone()));
            Ok(Told::Invalid(problems.collect()))
        }
        told => told,
    }
}

async fn answer(on: &dyn Executor, ask: Ask, terms: &Terms) -> Result<Told> {
    Ok(match ask {
        Ask::Begin { name, address } => {
            match begin_login(on, &name, &address, &terms.secret, &terms.limits).await? {
                Begin::Begun(begun) => Told::Begun { stored: begun.stored, nonce: begun.nonce },
                Begin::TooMany { retry_after } => Told::TooMany { seconds: rounded(retry_after) },
            }
        }
        Ask::Finish { nonce, address, stored, verdict, rehashed } => {
            let compared = Compared { stored, verdict, rehashed };
            match finish_login(on, &nonce, &address, compared, terms.lifetime).await? {
                Some(logged_in) => begun(on, logged_in.session),
                None => Told::Refused,
            }
        }
        Ask::Logout { session } => {
            session::end(on, &session).await?;
            Told::Done
        }
        Ask::Compare { session, address } => {
            let Some(account) = session::by_session(on, &session).await? else { return Ok(Told::Refused) };
            let name = account.username;
            match begin_login(on, &name, &address, &terms.secret, &terms.limits).await? {
                Begin::Begun(begun) => Told::Compare {
                    stored: begun.stored,
                    nonce: begun.nonce,
                    username: name,
                    email: account.email,
                },
                Begin::TooMany { retry_after } => Told::TooMany { seconds: rounded(retry_after) },
            }
        }
        Ask::Change { session, nonce, address, stored, hash } => {
            let Some(account) = session::by_session(on, &session).await? else { return Ok(Told::Refused) };
            // The nonce is used up, and the attempts are no longer counted. The session that it begins is the one that goes
            // on: whoever may have a copy of the old one has it no longer.
            let compared = Compared { stored: stored.clone(), verdict: Verdict::Right, rehashed: None };
            let proven = finish_login(on, &nonce, &address, compared, terms.lifetime).await?;
            let Some(proven) = proven.filter(|proven| proven.user == account.id) else {
                return Ok(Told::Refused);
            };
            // On D1 it is a batch of its own, before which an administrator may have bound the account to somebody else.
            match replace_password(on, account.id, &stored, &hash, Some(&proven.session.secret)).await {
                Ok(()) => begun(on, proven.session),
                Err(error) if error.kind() == Kind::Conflict => Told::Refused,
                Err(error) => return Err(error),
            }
        }
        Ask::LookForAdmin { username } => match look_for_admin(on, &username).await? {
            Some(reply) => admin(&reply),
            None => Told::NoAdmin,
        },
        Ask::CreateAdmin { username, email, hash } => {
            let new = NewUser { email, password: hash, ..NewUser::new(username) };
            admin(&create_admin(on, new).await?)
        }
        Ask::Migrate => Told::Migrated,
    })
}

fn begun(on: &dyn Executor, session: NewSession) -> Told {
    let left = session.expires.as_millis() - on.now().as_millis();
    Told::LoggedIn { session: session.secret, seconds: left / 1_000 }
}

fn admin(reply: &AdminReply) -> Told {
    Told::Admin { status: reply.status().as_u16(), json: reply.json() }
}

pub(crate) fn rounded(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// As it travels.
pub(crate) fn encode<T: Serialize>(what: &T) -> Result<Vec<u8>> {
    Ok(postcard::to_stdvec(what)?)
}

/// What has travelled.
pub(crate) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T> {
    Ok(postcard::from_bytes(bytes)?)
}

/// Whether there are accounts among these models.
pub(crate) fn keeps_accounts(models: &[&domicile::model::Schema]) -> bool {
    models.iter().any(|model| model.name == User::SCHEMA.name && model.table == User::SCHEMA.table)
}

/// What is said where there are none.
pub(crate) fn no_accounts(whose: &str) -> Error {
    Error::internal(format!(
        "{whose} keeps no accounts: add `..domicile_identity::MODELS` to its models, and write the step that makes their tables \
         with `makemigrations`"
    ))
}
