//! Logging in with a password. It is hashed here, at the entry: an actor that computed for tens of milliseconds would hold up
//! everybody.

use std::pin::pin;

use askama::Template;
use domicile::Result;
use domicile::http::header::CACHE_CONTROL;
use domicile::http::{Method, StatusCode};
use domicile::web::{Html, Redirect, ReplyExt as _, Response};
use futures_util::future::poll_immediate;
use serde::Deserialize;

use super::Of;
use crate::answer;
use crate::door::{forged, token_at_entry};
use crate::login::REFUSED;
use crate::message::{Ask, Told};
use crate::password::Verdict;

#[derive(Template)]
#[template(path = "login.html")]
struct Page<'a> {
    csrf: &'a str,
    next: &'a str,
    username: &'a str,
    error: &'a str,
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn serve(of: &Of<'_>) -> Result<Response> {
    if *of.request.method() != Method::POST {
        let next = of.request.query_value("next").unwrap_or_default();
        return page(of, StatusCode::OK, &next, "", "");
    }
    if let Some(response) = forged(of.request, of.outside)? {
        return Ok(response);
    }
    let form: Form = of.request.form()?;
    if let Some(response) = of.attempt() {
        return Ok(response);
    }
    // It begins to run before the name is looked up, and is waited for where the answer is no.
    let mut pause = pin!(of.outside.sleep(of.identity.limits.answer_after));
    let over = poll_immediate(&mut pause).await.is_some();
    let mut came = log_in(of, &form).await?;
    if matches!(came, Came::Replaced) {
        // Another login at the same time has stored a newer hash of the same password.
        came = log_in(of, &form).await?;
    }
    match came {
        Came::In { session, seconds } => {
            of.identity.visits.forget_one(&of.address());
            // A session that was there before ends, so that nobody goes on by it.
            if let Some(before) = of.kept_session()? {
                of.ask(Ask::Logout { session: before }).await?;
            }
            Redirect::to(safe(&form.next, &of.path("/")))
                .with_cookie(of.session_cookie(Some((&session, seconds)))?)?
                .with_header(CACHE_CONTROL, "no-store")
        }
        Came::Answered(response) => Ok(*response),
        Came::Replaced | Came::Refused => {
            if !over {
                pause.await;
            }
            page(of, StatusCode::OK, &form.next, &form.username, REFUSED)
        }
    }
}

/// What came of a login.
enum Came {
    In {
        session: String,
        seconds: i64,
    },
    /// The password was right for a hash that the account has no longer.
    Replaced,
    Refused,
    Answered(Box<Response>),
}

async fn log_in(of: &Of<'_>, form: &Form) -> Result<Came> {
    let begun = of.ask(Ask::Begin { name: form.username.clone(), address: of.address() }).await?;
    let (stored, nonce) = match begun {
        Told::Begun { stored, nonce } => (stored, nonce),
        Told::TooMany { seconds } => {
            return Ok(Came::Answered(Box::new(answer::too_many(Some(of.request), seconds))));
        }
        Told::Refused => return Ok(Came::Refused),
        other => return Err(unexpected(&other)),
    };
    let place = match of.place() {
        Ok(place) => place,
        Err(response) => return Ok(Came::Answered(response)),
    };
    let verdict = place.verified(of.outside, &form.password, &stored).await;
    let rehashed = match verdict {
        Verdict::RightAndOld => Some(place.hashed(of.outside, &form.password).await?),
        Verdict::Wrong | Verdict::Right => None,
    };
    drop(place);
    match of.ask(Ask::Finish { nonce, address: of.address(), stored, verdict, rehashed }).await? {
        Told::LoggedIn { session, seconds } => Ok(Came::In { session, seconds }),
        Told::Refused if verdict == Verdict::RightAndOld => Ok(Came::Replaced),
        Told::Refused => Ok(Came::Refused),
        other => Err(unexpected(&other)),
    }
}

fn page(of: &Of<'_>, status: StatusCode, next: &str, username: &str, error: &str) -> Result<Response> {
    let csrf = token_at_entry(of.request, of.outside)?;
    let page = Page { csrf: &csrf, next, username, error }.render();
    let page = page.map_err(|error| domicile::Error::internal(error.to_string()))?;
    (status, Html(page)).with_header(CACHE_CONTROL, "no-store")
}

pub(super) fn unexpected(told: &Told) -> domicile::Error {
    domicile::Error::internal(format!("the accounts answered something else than was asked: {}", told.name()))
}

/// Where to go on: only to a path of this site. A path that begins with two slashes, or has a backslash, which browsers take
/// for one, would be another host's.
fn safe(next: &str, otherwise: &str) -> String {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control);
    if own { next.to_owned() } else { otherwise.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (next, goes) in [
            ("/blog/", "/blog/"),
            ("/a?b=//c", "/a?b=//c"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("\\\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/\n/evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(safe(next, "/"), goes, "{next:?}");
        }
    }
}
