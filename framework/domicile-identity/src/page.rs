//! The pages that the guard answers itself, below each seat of accounts: logging in and out, changing a password, and what
//! whoever manages the app asks for.

mod login;
mod logout;
mod manage;
mod password;

use domicile::guard::{Guard as _, Seat};
use domicile::http::Method;
use domicile::web::{Request, Response};
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
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
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

    /// The secret of the session here, also where it is Access that says who asks.
    fn kept_session(&self) -> Result<Option<String>> {
        Ok(cookie::session(self.request, &secret(self.outside.env())?, &self.seat.prefix))
    }

    /// Counts an attempt at a password by where it comes from, and takes a place to hash it; or the answer to somebody who has
    /// to wait.
    fn attempt(&self) -> Result<Place<'_>, Box<Response>> {
        let too_many = |seconds| Box::new(answer::too_many(Some(self.request), seconds));
        let place = Place::take(self.identity).map_err(|Busy| too_many(1))?;
        let (identity, now) = (self.identity, self.outside.now());
        match identity.visits.count(&self.address(), &identity.limits, now) {
            Some(wait) => Err(too_many(message::rounded(wait))),
            None => Ok(place),
        }
    }
}
