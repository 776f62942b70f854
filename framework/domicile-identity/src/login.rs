//! Logging in with a password, in three steps of which only the middle one hashes, at the entry: [`begin_login`] gives what
//! to compare with, [`finish_login`] is told what came of it. In an actor these two are messages that it takes from the
//! entry alone, since whoever sends the second decides who comes in.

mod attempt;
mod password;

use std::time::Duration;

use domicile::query::{Changes, Executor, Term as _, row, whole};
use domicile::{ForeignKey, Kind, Model as _, Result};

use crate::account::{LoginNonce, User, normal_email};
use crate::password::{Verdict, decoy, is_usable};
use crate::secret::{Secret, digest, stored, token};
use crate::session::{self, NewSession};
use crate::sweep;
pub use attempt::Limits;
pub(crate) use attempt::network;
pub use password::{change_password, replace_password};

/// How long a password may be compared.
const NONCE_LIFETIME: Duration = Duration::from_secs(60);

/// The most bytes of a name that is looked up; a username has at most 150 characters, an e-mail address 254.
const MAX_NAME: usize = 1024;

/// What is said to whoever did not come in, in Django's words. It is the same for each reason.
pub const REFUSED: &str =
    "Please enter a correct username and password. Note that both fields may be case-sensitive.";

/// What [`begin_login`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// Compare the password.
    Begun(Begun),
    /// There were too many attempts by this name or from this address. This one is not counted.
    TooMany {
        /// When the next may be made.
        retry_after: Duration,
    },
}

/// A login whose password is to be compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// What to compare the password with: the account's hash, or one that nobody has the password of.
    pub stored: String,
    /// What [`finish_login`] asks for, once and within a minute.
    pub nonce: String,
}

/// Without either, which belong into no log.
impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

/// Counts an attempt and gives what the password is to be compared with.
///
/// `name` is a username, in which large and small letters differ, or an e-mail address, in which A to Z do not; where it
/// is the username of one account and the address of another, it is the username. For a name that nobody has, for an
/// account that is not active and for one without a password there is a decoy, the same each time, that costs what a new
/// hash costs. A hash that came from Django takes longer: whoever compares answers a wrong password only after
/// [`Limits::answer_after`].
///
/// What it wrote must be committed before the password is compared.
///
/// # Errors
/// The statements'.
pub async fn begin_login(
    on: &dyn Executor,
    name: &str,
    address: &str,
    secret: &Secret,
    limits: &Limits,
) -> Result<Begin> {
    // Whether anybody has the name or not, the same is asked and counted. An account's username and its e-mail address
    // have a count each: one count of both would tell that they are one account's.
    let user = find(on, name).await?.filter(|user| user.active && is_usable(&user.password));
    let who = digest(&format!("name {}", normal_email(name)));
    if let Some(retry_after) = attempt::count(on, &who, address, limits).await? {
        return Ok(Begin::TooMany { retry_after });
    }
    let nonce = token(|bytes| on.random(bytes));
    let mut changes = Changes::new();
    changes.statement(limits.over(on.now())?);
    changes.create(
        LoginNonce::create()
            .set(LoginNonce::hash, stored(&nonce).unwrap_or_default())
            .set(LoginNonce::user, user.as_ref().map(ForeignKey::from))
            .set(LoginNonce::who, who)
            .set(LoginNonce::expires, on.now().after(NONCE_LIFETIME)),
    );
    changes.apply(on).await?;
    let stored = user.map_or_else(|| decoy(secret, name), |user| user.password);
    Ok(Begin::Begun(Begun { stored, nonce }))
}

/// What came of comparing the password of a login.
#[derive(Clone, PartialEq, Eq)]
pub struct Compared {
    /// What [`begin_login`] gave to compare it with: if the account has another by now, nobody comes in.
    pub stored: String,
    /// Whether it was right.
    pub verdict: Verdict,
    /// A newer hash of the same password.
    pub rehashed: Option<String>,
}

/// A login that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The account's key.
    pub user: u32,
    /// Its username.
    pub username: String,
    /// The session.
    pub session: NewSession,
}

/// Ends a login: where the password was right it begins a session, resets the attempts by that name from `address` and notes
/// the time. `None` where nobody comes in, for which [`REFUSED`] is the sentence.
///
/// `rehashed` is stored where the verdict is [`RightAndOld`](Verdict::RightAndOld). A nonce works once, whatever the verdict.
///
/// # Errors
/// The statements'.
pub async fn finish_login(
    on: &dyn Executor,
    nonce: &str,
    address: &str,
    Compared { stored: compared, verdict, rehashed }: Compared,
    lifetime: Duration,
) -> Result<Option<LoggedIn>> {
    let Some(hash) = stored(nonce) else { return Ok(None) };
    let running = LoginNonce::by_key(hash.as_str()).filter(LoginNonce::expires.gt(on.now()));
    let begun = running.clone().select((whole(), row(LoginNonce::user))).first(on).await?;
    let Some((begun, user)) = begun else { return Ok(None) };
    let comes_in = |user: &User| user.active && user.password == compared && verdict != Verdict::Wrong;
    let Some(user) = user.filter(comes_in) else {
        on.apply(vec![sweep::nonces(&hash, on.now())?]).await?;
        return Ok(None);
    };
    let mut changes = Changes::new();
    // On D1 somebody else may have used it, or the password may have been changed.
    changes.require(running, "the login has ended");
    let same = User::active.eq(true) & User::password.eq(&compared);
    changes.require(User::by_key(user.id).filter(same), "the account has changed");
    changes.statement(sweep::nonces(&hash, on.now())?);
    changes.statement(sweep::attempts_of(&begun.who, &attempt::network(address))?);
    let mut update = User::by_key(user.id).update().set(User::last_login, on.now());
    if let Some(rehashed) = rehashed.filter(|new| verdict == Verdict::RightAndOld && is_usable(new)) {
        update = update.set(User::password, rehashed);
    }
    changes.update(update);
    let session = session::add(&mut changes, on, user.id, lifetime)?;
    match changes.apply(on).await {
        Ok(_) => Ok(Some(LoggedIn { user: user.id, username: user.username, session })),
        Err(error) if error.kind() == Kind::Conflict => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who is meant by what was typed.
async fn find(on: &dyn Executor, name: &str) -> Result<Option<User>> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Ok(None);
    }
    // One statement whatever there is: on D1 the time of a second one would tell.
    let either = User::username.eq(name) | User::email_key.eq(normal_email(name));
    let mut found = User::objects().filter(either).limit(2).all(on).await?;
    // What is no e-mail address is nobody's.
    let meant = found.iter().position(|user| user.username == name).or_else(|| found.len().checked_sub(1));
    Ok(meant.map(|at| found.swap_remove(at)))
}
