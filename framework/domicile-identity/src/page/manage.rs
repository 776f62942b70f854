//! What whoever manages the app asks for: bringing a store to its newest schema, and making the first administrator.
//!
//! Both are POST with `Authorization: Bearer <DOMICILE_MANAGEMENT_SECRET>`, and are not there where no such secret is set. On a
//! developer's own machine, with `DOMICILE_DEV=1`, GET does as well.

use domicile::env::{DEV, MANAGEMENT_SECRET};
use domicile::http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use domicile::http::{HeaderValue, Method, StatusCode};
use domicile::web::{Body, Response};
use domicile::{Error, Kind, Result};
use serde::Deserialize;

use super::Of;
use super::login::unexpected;
use crate::cookie::is_plain;
use crate::message::{Ask, Told};
use crate::password;
use crate::secret::Secret;

/// Who asks.
enum By {
    /// Whoever has the secret.
    Manager,
    /// A developer, on a loopback host.
    Developer,
}

/// Whether this may be asked at all; an answer where it may not.
fn by(of: &Of<'_>) -> Result<By, Box<Response>> {
    let env = of.outside.env();
    let given = of.request.header(AUTHORIZATION.as_str()).and_then(bearer);
    let secret = env.get(MANAGEMENT_SECRET).and_then(|text| Secret::new(MANAGEMENT_SECRET, text).ok());
    if let (Some(secret), Some(given)) = (&secret, given) {
        if !secret.is(given) {
            return Err(boxed(StatusCode::FORBIDDEN, "error", "The secret is another one."));
        }
        if *of.request.method() != Method::POST {
            let mut response = reply(StatusCode::METHOD_NOT_ALLOWED, "error", "Send this by POST.");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return Err(Box::new(response));
        }
        return Ok(By::Manager);
    }
    if env.get(DEV) == Some("1") && is_plain(of.request.origin()) && is_own(of) {
        return Ok(By::Developer);
    }
    match secret {
        Some(_) => {
            let message = format!("Send `Authorization: Bearer <{MANAGEMENT_SECRET}>`.");
            Err(boxed(StatusCode::UNAUTHORIZED, "error", message))
        }
        None => Err(boxed(StatusCode::NOT_FOUND, "error", "page not found")),
    }
}

/// Whether no page of another site has made a browser on this machine send it.
fn is_own(of: &Of<'_>) -> bool {
    let site = of.request.header("sec-fetch-site");
    let origin = of.request.headers().get(ORIGIN);
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
        && origin.is_none_or(|origin| origin.as_bytes() == of.request.origin().as_bytes())
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(super) async fn run_migrations(of: &Of<'_>) -> Result<Response> {
    if let Err(response) = by(of) {
        return Ok(*response);
    }
    match of.ask(Ask::Migrate).await {
        Ok(_) => Ok(reply(StatusCode::OK, "success", "Migrations applied.")),
        Err(error) => Ok(failed(of, &error)),
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default = "admin")]
    username: String,
    #[serde(default)]
    email: String,
    password: String,
}

fn admin() -> String {
    "admin".to_owned()
}

pub(super) async fn create_admin(of: &Of<'_>) -> Result<Response> {
    let by = match by(of) {
        Ok(by) => by,
        Err(response) => return Ok(*response),
    };
    let wanted = match by {
        By::Developer if of.request.body().is_empty() => {
            tracing::warn!("an administrator `admin` with the password `password` is made, since {DEV}=1");
            Wanted {
                username: admin(),
                email: "admin@example.com".to_owned(),
                password: "password".to_owned(),
            }
        }
        By::Developer | By::Manager => {
            let wanted: Wanted = match read(of) {
                Ok(wanted) => wanted,
                Err(error) => return Ok(failed(of, &error)),
            };
            let about = [("username", wanted.username.as_str()), ("email address", wanted.email.as_str())];
            let weak = password::problems(&wanted.password, &about);
            if !weak.is_empty() {
                return Ok(invalid(&weak.iter().map(|why| ("password", why.as_str())).collect::<Vec<_>>()));
            }
            wanted
        }
    };
    match made(of, wanted).await {
        Ok(response) => Ok(response),
        Err(error) => Ok(failed(of, &error)),
    }
}

fn read(of: &Of<'_>) -> Result<Wanted> {
    match of.request.header(CONTENT_TYPE.as_str()) {
        Some(kind) if kind.starts_with("application/x-www-form-urlencoded") => of.request.form(),
        _ => of.request.json(),
    }
}

async fn made(of: &Of<'_>, wanted: Wanted) -> Result<Response> {
    // Whoever asks again costs no hash.
    match of.ask(Ask::LookForAdmin { username: wanted.username.clone() }).await? {
        Told::NoAdmin => {}
        Told::Admin { status, json } => return Ok(text(status, json)),
        other => return Err(unexpected(&other)),
    }
    let place = match of.place() {
        Ok(place) => place,
        Err(response) => return Ok(*response),
    };
    let hash = place.hashed(of.outside, &wanted.password).await?;
    drop(place);
    match of.ask(Ask::CreateAdmin { username: wanted.username, email: wanted.email, hash }).await? {
        Told::Admin { status, json } => Ok(text(status, json)),
        Told::Invalid(problems) => Ok(invalid(
            &problems.iter().map(|(field, why)| (field.as_str(), why.as_str())).collect::<Vec<_>>(),
        )),
        other => Err(unexpected(&other)),
    }
}

/// What went wrong is in the log; the client is told no more than it must know.
fn failed(of: &Of<'_>, error: &Error) -> Response {
    tracing::error!(request = %of.outside.request_id(), %error, "managing failed");
    let message = match error.kind() {
        Kind::Migration => "The migrations failed; the log says why.".to_owned(),
        _ if error.status().is_server_error() => "It failed; the log says why.".to_owned(),
        _ => error.public_message(),
    };
    reply(error.status(), "error", message)
}

fn invalid(problems: &[(&str, &str)]) -> Response {
    let all: Vec<String> = problems.iter().map(|(field, why)| format!("{field}: {why}")).collect();
    reply(StatusCode::UNPROCESSABLE_ENTITY, "error", all.join(" "))
}

/// A reply in the order of django-cf's.
fn reply(status: StatusCode, said: &str, message: impl Into<String>) -> Response {
    let message = serde_json::Value::from(message.into());
    text(status.as_u16(), format!(r#"{{"status":"{said}","message":{message}}}"#))
}

fn boxed(status: StatusCode, said: &str, message: impl Into<String>) -> Box<Response> {
    Box::new(reply(status, said, message))
}

fn text(status: u16, json: String) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
