//! The pages that the guard answers itself, below each seat of accounts: logging in and out, changing a password, and what
//! whoever manages the app asks for.

mod login;
mod logout;
mod manage;
mod password;

use std::time::Duration;

use domicile::guard::{Guard as _, Seat};
use domicile::http::Method;
use domicile::web::{Cookie, Request, Response};
use domicile::wire::ActorRef;
use domicile::{Error, Outside, Result};

use crate::answer;
use crate::cookie;
use crate::door::secret;
use crate::hashing::{Busy, Place};
use crate::identity::Identity;
use crate::message::{self, Ask, Told};

const LOGIN: &str = "/accounts/login/";
const LOGOUT: &str = "/accounts/logout/";
const PASSWORD: &str = "/accounts/password_change/";
const RUN_MIGRATIONS: &str = "/__run_migrations__/";
const CREATE_ADMIN: &str = "/__create_admin__/";

/// Whether the path is one of whoever manages the app, for which no token of Access is asked: it has a secret of its own.
pub(crate) fn is_management(path: &str) -> bool {
    path.ends_with(RUN_MIGRATIONS) || path.ends_with(CREATE_ADMIN)
}

/// Whether the path may be that of a login page.
pub(crate) fn is_login(path: &str) -> bool {
    path.ends_with(LOGIN)
}

/// Whether the guard answers this.
pub(crate) fn is_one(identity: &Identity, method: &Method, seat: &Seat) -> bool {
    // At the entry there are accounts only in D1, and an app with actors only has none there.
    let here = seat.actor.is_some() || identity.database.is_some();
    let accounts = seat.actor.is_none() || message::keeps_accounts(seat.models);
    let post = *method == Method::POST;
    let get = matches!(*method, Method::GET | Method::HEAD);
    here && match seat.path.as_str() {
        _ if !seat.admitted && !is_management(&seat.path) => false,
        LOGIN | PASSWORD => accounts && identity.passwords && (get || post),
        LOGOUT => accounts && post,
        CREATE_ADMIN => accounts && (get || post),
        RUN_MIGRATIONS => get || post,
        _ => false,
    }
}

/// Answers it.
pub(crate) async fn serve(
    identity: &Identity,
    request: Request,
    outside: Outside,
    seat: Seat,
) -> Result<Response> {
    let of = Of { identity, request: &request, outside: &outside, seat: &seat };
    let mut response = match seat.path.as_str() {
        LOGIN => login::serve(&of).await?,
        LOGOUT => logout::serve(&of).await?,
        PASSWORD => password::serve(&of).await?,
        RUN_MIGRATIONS => manage::run_migrations(&of).await?,
        CREATE_ADMIN => manage::create_admin(&of).await?,
        _ => return Err(Error::not_found("page")),
    };
    if let Some(issued) = request.issued() {
        identity.dress(&request, issued, &mut response);
    }
    Ok(response)
}

/// The login page that leads back to what `request` asked for.
pub(crate) fn login_for(prefix: &str, request: &Request) -> String {
    // An actor's own request has lost its prefix.
    let rest = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let target = format!("{}{rest}", request.prefix());
    let query: String = serde_urlencoded::to_string([("next", target)]).unwrap_or_default();
    format!("{prefix}{LOGIN}?{query}")
}

/// A request for a page, and where its accounts are.
struct Of<'a> {
    identity: &'a Identity,
    request: &'a Request,
    outside: &'a Outside,
    seat: &'a Seat,
}

impl Of<'_> {
    /// Asks where the accounts are.
    async fn ask(&self, ask: Ask) -> Result<Told> {
        if let Some(actor) = &self.seat.actor {
            let told = self.outside.ask_guard(actor, message::NAME, message::encode(&ask)?).await?;
            return message::decode(&told);
        }
        let Some(binding) = self.identity.database else { return Err(Error::not_found("page")) };
        let db = self.outside.d1_named(binding)?;
        if matches!(ask, Ask::Migrate) {
            db.migrate().await?;
            return Ok(Told::Migrated);
        }
        if !message::keeps_accounts(domicile::query::Executor::models(&db)) {
            return Err(message::no_accounts(&format!("the D1 database `{binding}`")));
        }
        message::told(&db, ask, &self.identity.terms(self.outside.env())?).await
    }

    /// `path` as the outside knows it.
    fn path(&self, path: &str) -> String {
        format!("{}{path}", self.seat.prefix)
    }

    /// The address of who asks, as the host knows it.
    fn address(&self) -> String {
        self.request.header("cf-connecting-ip").unwrap_or_default().to_owned()
    }

    /// The secret of the session here, by which whoever asks is known.
    fn session(&self) -> Option<String> {
        self.request.credential().session.clone()
    }

    fn actor(&self) -> Option<&ActorRef> {
        self.seat.actor.as_ref().map(|target| &target.actor)
    }

    /// The secret of the session here, also where it is Access that says who asks.
    fn kept_session(&self) -> Result<Option<String>> {
        Ok(cookie::session(self.request, &secret(self.outside.env())?, self.actor()))
    }

    /// The cookie of a session that has begun here, or of none.
    fn session_cookie(&self, session: Option<(&str, i64)>) -> Result<Cookie<'static>> {
        let name = cookie::session_name(self.request.origin(), self.actor());
        let (value, seconds) = match session {
            Some((session, seconds)) => {
                (cookie::signed(&secret(self.outside.env())?, self.actor(), session), seconds)
            }
            None => (String::new(), 0),
        };
        Ok(cookie::made(self.request.origin(), name, value, Some(seconds)))
    }

    /// Counts an attempt at a password by where it comes from; or the answer to somebody who has to wait.
    fn attempt(&self) -> Option<Response> {
        let (identity, now) = (self.identity, self.outside.now());
        // Whoever is told to come again has no attempt less.
        let wait = match identity.hashing.is_full(now) {
            true => Some(Duration::from_secs(1)),
            false => identity.visits.count(&self.address(), &identity.limits, now),
        };
        wait.map(|wait| answer::too_many(Some(self.request), message::rounded(wait)))
    }

    fn place(&self) -> Result<Place<'_>, Box<Response>> {
        let busy = |Busy| Box::new(answer::too_many(Some(self.request), 1));
        self.identity.hashing.take(self.outside.now()).map_err(busy)
    }
}
