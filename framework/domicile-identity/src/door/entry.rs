//! The entry's door: who asks, by the token of a request alone. It wakes nobody, and never waits for the fetch of another
//! request, which workerd forbids.

use std::time::Duration;

use domicile::cx::Known;
use domicile::guard::Entering;
use domicile::http::{Method, StatusCode};
use domicile::principal::Credential;
use domicile::web::{Redirect, ReplyExt as _, Request, Response};
use domicile::{Allow, Outside, Principal};

use super::actor;
use super::forgery;
use crate::access::{Check, FETCH_TIMEOUT, Fetch, MAX_KEY_SET, has_assertion, token_of};
use crate::answer;
use crate::cookie;
use crate::identity::{Identity, Tokens};
use crate::page;

/// How often a request looks whether others have fetched keys by now, and how long it waits in between.
const LOOKS: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn enter<'a>(identity: &'a Identity, request: &'a Request, outside: &'a Outside) -> Entering<'a> {
    let path = request.path();
    // Whoever manages the app has a secret of their own.
    let exempt = identity.access.as_ref().is_some_and(|tokens| tokens.settings.is_exempt(path))
        || page::is_management(path);
    let known = move |principal| Credential {
        principal,
        browser: cookie::browser(request),
        exempt,
        ..Credential::default()
    };
    let Some(tokens) = &identity.access else { return Entering::Now(Ok(known(Principal::Anonymous))) };
    let by_platform = request.by_platform().and_then(|said| tokens.settings.by_platform(path, said));
    if let Some(principal) = by_platform {
        return Entering::Now(Ok(known(principal)));
    }
    let nobody = || Entering::Now(Ok(known(Principal::Anonymous)));
    // A cookie of Access stays with a browser that comes by a way which Access does not guard.
    let optional = identity.passwords && !has_assertion(request.headers());
    let token = match token_of(request.headers()) {
        Ok(Some(token)) => token,
        Ok(None) if exempt || identity.passwords => return nobody(),
        Ok(None) => return Entering::Now(Err(Box::new(answer::access_required(request)))),
        Err(_) if exempt => return nobody(),
        Err(rejected) => return Entering::Now(Err(turned(request, outside, &rejected.to_string()))),
    };
    if exempt {
        // A path that needs no token waits for no keys, and fails for no reason.
        let held = tokens.settings.check_held(&tokens.keys.borrow(), path, &token, outside.now());
        return Entering::Now(Ok(known(held.unwrap_or_default())));
    }
    match check(tokens, path, &token, outside) {
        Check::Proven(principal) => Entering::Now(Ok(known(principal))),
        Check::Rejected(rejected) if optional => {
            told(request, outside, &rejected.to_string());
            nobody()
        }
        // Who has a session, or comes to log in, needs no keys.
        Check::Unavailable if optional && needs_no_keys(request) => nobody(),
        Check::Rejected(rejected) => Entering::Now(Err(turned(request, outside, &rejected.to_string()))),
        Check::Unavailable => Entering::Now(Err(Box::new(answer::no_keys(request)))),
        waits => {
            // A host that plans drops what has to wait, and asks again where it can: the fetch is taken up there.
            if let Check::Fetch(fetch) = waits {
                give_back(tokens, fetch);
            }
            Entering::Later(Box::pin(async move {
                match settle(tokens, request, outside, &token).await {
                    Err(answer) if optional && answer.status() != StatusCode::INTERNAL_SERVER_ERROR => {
                        Ok(known(Principal::Anonymous))
                    }
                    Err(_) if optional && needs_no_keys(request) => Ok(known(Principal::Anonymous)),
                    settled => settled.map(known),
                }
            }))
        }
    }
}

fn needs_no_keys(request: &Request) -> bool {
    cookie::has_session(request) || page::is_login(request.path())
}

fn told(request: &Request, outside: &Outside, why: &str) {
    tracing::warn!(request = %outside.request_id(), path = request.path(), why, "a token is not accepted");
}

fn turned(request: &Request, outside: &Outside, why: &str) -> Box<Response> {
    told(request, outside, why);
    Box::new(answer::access_required(request))
}

fn check(tokens: &Tokens, path: &str, token: &str, outside: &Outside) -> Check {
    tokens.settings.check(&mut tokens.keys.borrow_mut(), path, token, outside.now())
}

/// What is to be said once keys were fetched, here or by others.
async fn settle(
    tokens: &Tokens,
    request: &Request,
    outside: &Outside,
    token: &str,
) -> Result<Principal, Box<Response>> {
    let mut fetched_once = false;
    for _ in 0..LOOKS {
        match check(tokens, request.path(), token, outside) {
            Check::Proven(principal) => return Ok(principal),
            Check::Rejected(rejected) => {
                return Err(turned(request, outside, &rejected.to_string()));
            }
            Check::Unavailable => break,
            Check::Busy => outside.sleep(PAUSE).await,
            Check::Fetch(fetch) if !fetched_once => {
                fetched_once = true;
                fetched(tokens, fetch, outside).await;
            }
            Check::Fetch(fetch) => {
                give_back(tokens, fetch);
                break;
            }
        }
    }
    Err(Box::new(answer::no_keys(request)))
}

/// Fetches keys, and puts them where all requests of this instance find them.
async fn fetched(tokens: &Tokens, fetch: Fetch, outside: &Outside) {
    let url = fetch.url.clone();
    let answer = match domicile::http::Request::get(&url).body(bytes::Bytes::new()) {
        Ok(request) => get(request, outside).await,
        Err(error) => Err(error.to_string()),
    };
    let answer = answer.as_deref().map_err(Clone::clone);
    let taken = tokens.keys.borrow_mut().complete(fetch.ticket, answer, outside.now());
    match taken {
        Ok(()) => {
            tracing::info!(request = %outside.request_id(), url, "fetched the keys of Cloudflare Access")
        }
        Err(why) => {
            tracing::error!(request = %outside.request_id(), url, %why, "no keys of Cloudflare Access")
        }
    }
}

async fn get(request: domicile::http::Request<bytes::Bytes>, outside: &Outside) -> Result<Vec<u8>, String> {
    use futures_util::future::{Either, select};
    let request = domicile::platform::Bounds { max_bytes: MAX_KEY_SET, follow: false }.of(request);
    let (answer, limit) = (outside.fetch(request), outside.sleep(FETCH_TIMEOUT));
    futures_util::pin_mut!(answer, limit);
    let answer = match select(answer, limit).await {
        Either::Left((answer, _)) => answer.map_err(|error| error.to_string())?,
        Either::Right(_) => return Err(format!("no answer within {} s", FETCH_TIMEOUT.as_secs())),
    };
    match (answer.status(), answer.into_body()) {
        (StatusCode::OK, body) if body.len() <= MAX_KEY_SET => Ok(body.to_vec()),
        (StatusCode::OK, body) => Err(format!("it has {} bytes", body.len())),
        (status, _) => Err(format!("it answered {status}")),
    }
}

/// Does not fetch after all.
fn give_back(tokens: &Tokens, fetch: Fetch) {
    tokens.keys.borrow_mut().give_back(fetch.ticket);
}

/// The answer to somebody whom no account could let in.
pub(super) fn turn_away(
    identity: &Identity,
    request: &Request,
    prefix: &str,
    allow: Option<&Allow>,
) -> Option<Response> {
    let credential = request.credential();
    let Some(allow) = allow else {
        tracing::warn!(
            path = request.path(),
            "nobody may see this: say who may with `.allow(…)` on its route, as in `.allow(anyone())`"
        );
        return Some(answer::forbidden(Some(request)));
    };
    // The paths of whoever manages the app are let pass without a token, and may be somebody else's route.
    let unproven = credential.principal.is_anonymous() && !identity.passwords;
    if let Some(tokens) = identity.access.as_ref().filter(|_| unproven)
        && !tokens.settings.is_exempt(request.path())
    {
        return Some(answer::access_required(request));
    }
    let nothing_more = credential.session.is_none();
    match &credential.principal {
        _ if allow.admits(&credential.principal, None) => None,
        Principal::Anonymous if nothing_more => Some(login(identity, request, prefix)),
        Principal::Service(_) if nothing_more => Some(answer::forbidden(Some(request))),
        _ if !allow.may_admit_people() => Some(answer::forbidden(Some(request))),
        _ => None,
    }
}

/// Where somebody logs in who has not.
pub(crate) fn login(identity: &Identity, request: &Request, prefix: &str) -> Response {
    let page =
        matches!(*request.method(), Method::GET | Method::HEAD) && answer::wants_page(request.headers());
    if identity.passwords && page {
        let to = page::login_for(prefix, request);
        if let Ok(response) = Redirect::to(to).response() {
            return response;
        }
    }
    if identity.access.is_some() && !identity.passwords {
        return answer::access_required(request);
    }
    answer::login_required(Some(request))
}

/// Lets somebody in to an entry route.
pub(super) async fn admit(
    identity: &Identity,
    request: &Request,
    outside: &Outside,
    allow: Option<&Allow>,
) -> Result<Known, Response> {
    if let Some(response) = turn_away(identity, request, "", allow) {
        return Err(response);
    }
    let Some(allow) = allow else { return Err(answer::forbidden(Some(request))) };
    let failed = |error: domicile::Error| {
        tracing::error!(request = %outside.request_id(), %error, "who asks could not be looked up");
        answer::no_keys(request)
    };
    let known = match identity.database {
        Some(binding) => {
            let db = outside.d1_named(binding).map_err(failed)?;
            match actor::known(&db, request.credential(), &identity.policy).await.map_err(failed)? {
                Ok(known) => known,
                Err(refusal) => {
                    refusal.log(outside.request_id());
                    return Err(answer::refused(Some(request), refusal.status(), &refusal.to_string()));
                }
            }
        }
        None => Known { principal: request.principal().clone(), account: None },
    };
    if !allow.admits(&known.principal, known.account.as_ref()) {
        return Err(match known.principal {
            Principal::Anonymous => login(identity, request, ""),
            _ => answer::forbidden(Some(request)),
        });
    }
    if let Some(why) = forgery::suspicion(outside.env(), request).map_err(failed)? {
        tracing::warn!(request = %outside.request_id(), path = request.path(), why, "a form is not accepted");
        return Err(forgery::refused(request));
    }
    Ok(known)
}
