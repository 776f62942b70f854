//! Requests that a page of somebody else's may have made a browser send: what the browser brings along by itself, a cookie or
//! what Cloudflare makes of one, proves who it is and not that its user meant it.

use domicile::http::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use domicile::http::{Method, StatusCode};
use domicile::principal::Credential;
use domicile::web::{Request, Response};
use domicile::{Cx, Env, Outside, Principal, Result};

use super::secret;
use crate::access::has_assertion;
use crate::answer;
use crate::csrf::{self, FIELD, HEADER, NONCE_BYTES};
use crate::secret::token;

/// The types of bodies that a page may send anywhere without being allowed to (Fetch, "CORS-safelisted request-header").
const SIMPLE: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// Why a request may be forged; `None` where it is not.
pub(super) fn suspicion(env: &Env, request: &Request) -> Result<Option<&'static str>> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        return Ok(None);
    }
    // A program sends its token on purpose, which a browser does not do with a header.
    if matches!(request.principal(), Principal::Service(_)) && has_assertion(request.headers()) {
        return Ok(None);
    }
    let site = request.header("sec-fetch-site");
    let origin = request.headers().get(ORIGIN);
    if origin.is_some_and(|origin| origin.as_bytes() != request.origin().as_bytes()) {
        return Ok(Some("it comes from another site, by its Origin"));
    }
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Ok(Some("it comes from another site, by its Sec-Fetch-Site"));
    }
    let ambient = request.headers().contains_key(COOKIE) || !request.principal().is_anonymous();
    if site.is_none() && origin.is_none() && !ambient {
        // No browser sends this, and nothing but the request itself is asked to be believed.
        return Ok(None);
    }
    let kind = request.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let given = given(request);
    if given.is_none() && !essence.is_empty() && !SIMPLE.contains(&essence.as_str()) {
        // Only a page of the site itself may send this.
        return Ok(None);
    }
    let credential = request.credential();
    let Some(binding) = binding(credential) else {
        return Ok(Some("it has no cookie of a form of ours"));
    };
    let secret = secret(env)?;
    // A form that nobody was known to get is whose browser it is, whoever is known to send it.
    let unnamed = credential.browser.as_deref().filter(|_| credential.session.is_none());
    let own = |given: &str| {
        csrf::check(&secret, &binding, given)
            || unnamed.is_some_and(|browser| csrf::check(&secret, browser, given))
    };
    Ok(match given {
        Some(given) if own(&given) => None,
        Some(_) => Some("its token is of another browser or another person, or of a session that is over"),
        None => Some("it has no token: put `csrf_field(cx)` into the form"),
    })
}

/// What the tokens of a request's forms are bound to: a session alone, since it is one person's; else the random cookie.
/// `None` where the browser has neither.
fn binding(credential: &Credential) -> Option<String> {
    let browser = || Some(bound(credential.browser.as_deref()?, credential));
    credential.session.clone().or_else(browser)
}

/// The random cookie, and whoever a token of Access proves to ask: a browser in which somebody else logs in at Access keeps
/// its cookie. On an exempt path the cookie alone, since whether it is known who asks depends there on the keys that are held.
fn bound(cookie: &str, credential: &Credential) -> String {
    match &credential.principal {
        // No claim of a token has a control character.
        Principal::User(claims) if !claims.issuer.is_empty() && !credential.exempt => {
            format!("{cookie}\n{}\n{}", claims.issuer, claims.subject)
        }
        _ => cookie.to_owned(),
    }
}

/// The token of a request: in its form, or in the header that scripts send.
fn given(request: &Request) -> Option<String> {
    if let Some(header) = request.header(HEADER) {
        return Some(header.to_owned());
    }
    let pairs: Vec<(String, String)> = request.form().ok()?;
    pairs.into_iter().find(|(name, _)| name == FIELD).map(|(_, value)| value)
}

/// The answer to a request of the guard's own pages that may be forged.
pub(crate) fn forged(request: &Request, outside: &Outside) -> Result<Option<Response>> {
    let why = suspicion(outside.env(), request)?;
    if let Some(why) = why {
        tracing::warn!(request = %outside.request_id(), path = request.path(), why, "a form is not accepted");
    }
    Ok(why.map(|_| refused(request)))
}

/// The answer to one.
pub(super) fn refused(request: &Request) -> Response {
    let why = "This form is out of date, or was not sent from this site. Go back, load the page again, and send it once more.";
    answer::refused(Some(request), StatusCode::FORBIDDEN, why)
}

/// The token for a form of a page in an actor's route, where [`csrf_field`] does not suit. The browser is given a random
/// cookie with the page if it has neither that nor a session.
///
/// # Errors
/// `DOMICILE_SECRET` is not set, as in an app without [`Identity`](crate::Identity).
pub fn csrf_token(cx: &Cx) -> Result<String> {
    let secret = secret(cx.env())?;
    let credential = cx.credential();
    let make = || token(|bytes| bytes.copy_from_slice(&cx.random::<32>()));
    let binding = binding(credential).unwrap_or_else(|| bound(cx.issue(make), credential));
    Ok(csrf::token(&secret, &binding, cx.random::<NONCE_BYTES>()))
}

/// The hidden field that every form with `method="post"` needs, as HTML.
///
/// # Errors
/// As [`csrf_token`].
pub fn csrf_field(cx: &Cx) -> Result<String> {
    Ok(field(&csrf_token(cx)?))
}

/// [`csrf_field`] for a page of an entry route.
///
/// # Errors
/// As [`csrf_token`].
pub fn csrf_field_at_entry(request: &Request, outside: &Outside) -> Result<String> {
    Ok(field(&token_at_entry(request, outside)?))
}

pub(crate) fn token_at_entry(request: &Request, outside: &Outside) -> Result<String> {
    let secret = secret(outside.env())?;
    let credential = request.credential();
    let make = || token(|bytes| bytes.copy_from_slice(&outside.random::<32>()));
    let binding = binding(credential).unwrap_or_else(|| bound(request.issue(make), credential));
    Ok(csrf::token(&secret, &binding, outside.random::<NONCE_BYTES>()))
}

fn field(token: &str) -> String {
    // A token is letters, digits, `-` and `_`.
    format!("<input type=\"hidden\" name=\"{FIELD}\" value=\"{token}\">")
}
