//! The guard at the doors of an app: what the entry tells from a request alone, and what an actor looks up in its store.

mod actor;
mod entry;
mod forgery;

use domicile::cx::Known;
use domicile::env::{DEV, MANAGEMENT_SECRET, SECRET};
use domicile::guard::{Access, Admission, Answer, Asked, Entering, Guard, Seat};
use domicile::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE, VARY};
use domicile::http::{HeaderValue, Method};
use domicile::query::on_store;
use domicile::web::{Request, Response};
use domicile::wire::ActorRef;
use domicile::{Allow, Cx, Env, Outside, Result};
use futures_util::future::LocalBoxFuture;

use crate::access::{self, has_assertion};
use crate::cookie;
use crate::identity::Identity;
use crate::message::{self, Terms};
use crate::page;
use crate::secret::Secret;

pub(crate) use entry::login;
pub use forgery::{csrf_field, csrf_field_at_entry, csrf_token};
pub(crate) use forgery::{forged, token_at_entry};

/// The secret of an app, which was checked when it started.
pub(crate) fn secret(env: &Env) -> Result<Secret> {
    Secret::new(SECRET, env.require(SECRET)?)
}

impl Identity {
    pub(crate) fn terms(&self, env: &Env) -> Result<Terms> {
        Ok(Terms { secret: secret(env)?, limits: self.limits, lifetime: self.lifetime })
    }
}

impl Guard for Identity {
    fn mistakes(&self, env: &Env) -> Vec<String> {
        let mut mistakes = self.told().to_vec();
        match env.get(SECRET) {
            // Natively `--dev` makes one.
            None => mistakes.push(format!(
                "{SECRET} is not set, and an app that knows its users needs one: set it to what `openssl rand -base64 32` \
                 prints, by `wrangler secret put {SECRET}`, in `.dev.vars` or the environment; `--dev` makes one for a try"
            )),
            Some(secret) => mistakes.extend(Secret::new(SECRET, secret).err().map(|error| error.to_string())),
        }
        if self.passwords && self.limits.window.is_zero() {
            mistakes.push(
                "attempts to log in that count for no time have no limit: give `Limits::window` a time"
                    .to_owned(),
            );
        }
        if self.passwords && self.lifetime.as_secs() == 0 {
            mistakes.push("a session that lasts no second is none: give `session_lifetime` more".to_owned());
        }
        if let Some(given) = env.get(MANAGEMENT_SECRET) {
            mistakes.extend(Secret::new(MANAGEMENT_SECRET, given).err().map(|error| error.to_string()));
        }
        mistakes
    }

    fn unclear(&self, said: &[(String, Allow)]) -> Vec<String> {
        let issuers = self.access.as_ref().map(|tokens| tokens.settings.issuers()).unwrap_or_default();
        access::unclear(issuers, said).into_iter().chain(self.policy.unclear(issuers)).collect()
    }

    fn vars(&self) -> Vec<&'static str> {
        let access = [
            crate::access::AUD,
            crate::access::TEAM_NAME,
            crate::access::EXEMPT_PATHS,
            crate::access::CACHE_TIMEOUT,
            crate::access::ALLOWED_TEAMS,
            crate::access::ANY_AUDIENCE,
            crate::access::CERTS_URL,
        ];
        let mut vars = vec![SECRET, MANAGEMENT_SECRET, DEV];
        if self.by_access {
            vars.extend(access);
        }
        vars
    }

    fn enter<'a>(&'a self, request: &'a Request, outside: &'a Outside) -> Entering<'a> {
        entry::enter(self, request, outside)
    }

    fn session(&self, request: &Request, actor: Option<&ActorRef>, env: &Env) -> Option<String> {
        // What the edge or the platform says comes first, and without passwords there are no sessions.
        let told = self.by_access && (has_assertion(request.headers()) || request.by_platform().is_some());
        if told || !self.passwords || !request.headers().contains_key(COOKIE) {
            return None;
        }
        cookie::session(request, &secret(env).ok()?, actor)
    }

    fn turn_away(&self, request: &Request, prefix: &str, allow: Option<&Allow>) -> Option<Response> {
        entry::turn_away(self, request, prefix, allow)
    }

    fn admit_at_entry<'a>(
        &'a self,
        request: &'a Request,
        outside: &'a Outside,
        allow: Option<&'a Allow>,
    ) -> LocalBoxFuture<'a, Result<Known, Response>> {
        Box::pin(entry::admit(self, request, outside, allow))
    }

    fn page(&self, method: &Method, seat: &Seat) -> bool {
        page::is_one(self, method, seat)
    }

    fn serve<'a>(
        &'a self,
        request: Request,
        outside: Outside,
        seat: Seat,
    ) -> LocalBoxFuture<'a, Result<Response>> {
        Box::pin(page::serve(self, request, outside, seat))
    }

    fn admit(&self, cx: &Cx, asked: Asked<'_>) -> Result<Admission> {
        actor::admit(self, cx, asked)
    }

    fn takes(&self, name: &str) -> Option<Access> {
        (name == message::NAME).then_some(Access::Writes)
    }

    fn answer(&self, cx: &Cx, _: &str, payload: &[u8]) -> Result<Answer> {
        let ask: message::Ask = message::decode(payload)?;
        if !matches!(ask, message::Ask::Migrate) && !message::keeps_accounts(cx.store().models()) {
            return Err(message::no_accounts("this actor"));
        }
        // Nobody has an account where there is no store, and no password is hashed for whoever guesses the names of tenants.
        if cx.is_fresh() && matches!(ask, message::Ask::Begin { .. }) {
            return Ok(Answer { payload: message::encode(&message::Told::Refused)?, makes: false });
        }
        let terms = self.terms(cx.env())?;
        let told = on_store(cx, |on| Box::pin(async move { message::told(on, ask, &terms).await }))?;
        let makes = told.makes_a_store();
        Ok(Answer { payload: message::encode(&told)?, makes })
    }

    fn dress(&self, request: &Request, issued: &str, response: &mut Response) {
        let origin = request.origin();
        let cookie = cookie::made(origin, cookie::browser_name(origin), issued.to_owned(), None);
        if let Ok(line) = HeaderValue::from_str(&cookie.encoded().to_string()) {
            response.headers_mut().append(SET_COOKIE, line);
        }
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("Cookie"));
        // A cache between that stored it would give everybody the cookie of one, whatever the route says of its page.
        let kept = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
        if !kept.is_some_and(|value| value.contains("private") || value.contains("no-store")) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
        }
    }
}
