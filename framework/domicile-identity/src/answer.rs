//! What somebody gets who does not come in: JSON for programs, a page for browsers.

use askama::Template;
use domicile::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use domicile::http::{HeaderMap, HeaderValue, StatusCode};
use domicile::web::{Body, Request, Response};

/// What django-cf says to a request without a valid token (F32).
const ACCESS_REQUIRED: &str = r#"{"error": "Cloudflare Access authentication required"}"#;
/// What django-cf says where no keys can be had (F32).
const NO_KEYS: &str = r#"{"error": "Authentication error"}"#;

#[derive(Template)]
#[template(path = "answer.html")]
struct Page<'a> {
    title: &'a str,
    text: &'a str,
}

/// Whether a browser asks for a page.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

/// A page or JSON, which nobody stores.
pub(crate) fn answer(
    request: Option<&Request>,
    status: StatusCode,
    json: String,
    title: &str,
    text: &str,
) -> Response {
    let page = request
        .filter(|request| wants_page(request.headers()))
        .and_then(|_| Page { title, text }.render().ok());
    let (kind, body) = match page {
        Some(page) => ("text/html; charset=utf-8", page),
        None => ("application/json", json),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Cookie, Cf-Access-Jwt-Assertion"));
    response
}

/// 401: there is no valid token.
pub(crate) fn access_required(request: &Request) -> Response {
    let text = "Cloudflare Access has not let you in here. Open the page again from your browser to log in.";
    let mut response =
        answer(Some(request), StatusCode::UNAUTHORIZED, ACCESS_REQUIRED.to_owned(), "Please log in", text);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Cloudflare-Access"));
    response
}

/// 500: no keys can be had, which says nothing of the token.
pub(crate) fn no_keys(request: &Request) -> Response {
    let text = "Who you are cannot be checked right now. Try again in a moment.";
    answer(Some(request), StatusCode::INTERNAL_SERVER_ERROR, NO_KEYS.to_owned(), "Something went wrong", text)
}

/// 401: somebody has to log in first.
pub(crate) fn login_required(request: Option<&Request>) -> Response {
    let json = r#"{"error": "Authentication required"}"#.to_owned();
    let mut response =
        answer(request, StatusCode::UNAUTHORIZED, json, "Please log in", "Log in to see this page.");
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Session"));
    response
}

/// A refusal with this status and sentence.
pub(crate) fn refused(request: Option<&Request>, status: StatusCode, why: &str) -> Response {
    let json = serde_json::json!({ "error": why }).to_string();
    let title = status.canonical_reason().unwrap_or("No");
    answer(request, status, json, title, why)
}

/// 403: it is known who asks, and they may not.
pub(crate) fn forbidden(request: Option<&Request>) -> Response {
    refused(request, StatusCode::FORBIDDEN, "You may not do this.")
}

/// 429, with when to come again.
pub(crate) fn too_many(request: Option<&Request>, seconds: u64) -> Response {
    let why = format!("Too many attempts. Try again in {}.", spoken(seconds));
    let mut response = refused(request, StatusCode::TOO_MANY_REQUESTS, &why);
    if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

fn spoken(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=89 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
