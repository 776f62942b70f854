//! Changing one's password, for whoever has logged in with one.

use askama::Template;
use domicile::http::Method;
use domicile::http::header::CACHE_CONTROL;
use domicile::web::{Html, ReplyExt as _, Response};
use domicile::{Error, Result};
use serde::Deserialize;

use super::Of;
use super::login::unexpected;
use crate::answer;
use crate::door::{forged, login, token_at_entry};
use crate::message::{Ask, Told};
use crate::password::{self, Verdict};

#[derive(Template)]
#[template(path = "password.html")]
struct Page<'a> {
    csrf: &'a str,
    errors: &'a [String],
    done: bool,
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    new_password1: String,
    #[serde(default)]
    new_password2: String,
}

pub(super) async fn serve(of: &Of<'_>) -> Result<Response> {
    let Some(session) = of.session() else { return Ok(login(of.identity, of.request, &of.seat.prefix)) };
    if *of.request.method() != Method::POST {
        return page(of, &[], None);
    }
    if let Some(response) = forged(of.request, of.outside)? {
        return Ok(response);
    }
    let form: Form = of.request.form()?;
    // What is wrong with the new one by itself costs no attempt at the old one.
    let mut errors = Vec::new();
    if form.new_password1 != form.new_password2 {
        errors.push("The two password fields didn’t match.".to_owned());
    }
    errors.extend(password::problems(&form.new_password1, &[]));
    if !errors.is_empty() {
        return page(of, &errors, None);
    }
    if let Some(response) = of.attempt() {
        return Ok(response);
    }
    let asked = of.ask(Ask::Compare { session: session.clone(), address: of.address() }).await?;
    let (stored, nonce, username, email) = match asked {
        Told::Compare { stored, nonce, username, email } => (stored, nonce, username, email),
        Told::TooMany { seconds } => return Ok(answer::too_many(Some(of.request), seconds)),
        Told::Refused => return Ok(login(of.identity, of.request, &of.seat.prefix)),
        other => return Err(unexpected(&other)),
    };
    let place = match of.place() {
        Ok(place) => place,
        Err(response) => return Ok(*response),
    };
    let verdict = place.verified(of.outside, &form.old_password, &stored).await;
    if verdict == Verdict::Wrong {
        drop(place);
        let address = of.address();
        of.ask(Ask::Finish { nonce, address, stored, verdict, rehashed: None }).await?;
        let why = "Your old password was entered incorrectly. Please enter it again.";
        return page(of, &[why.to_owned()], None);
    }
    let about = [("username", username.as_str()), ("email address", email.as_str())];
    let errors = password::problems(&form.new_password1, &about);
    if !errors.is_empty() {
        return page(of, &errors, None);
    }
    let hash = place.hashed(of.outside, &form.new_password1).await?;
    drop(place);
    match of.ask(Ask::Change { session, nonce, address: of.address(), stored, hash }).await? {
        Told::LoggedIn { session, seconds } => {
            of.identity.visits.forget_one(&of.address());
            page(of, &[], Some((&session, seconds)))
        }
        Told::Refused => page(of, &["Something has changed meanwhile. Please try again.".to_owned()], None),
        other => Err(unexpected(&other)),
    }
}

/// The page; with a session that has begun, it is done.
fn page(of: &Of<'_>, errors: &[String], begun: Option<(&str, i64)>) -> Result<Response> {
    let csrf = token_at_entry(of.request, of.outside)?;
    let page = Page { csrf: &csrf, errors, done: begun.is_some() };
    let page = Html(page.render().map_err(|e| Error::internal(e.to_string()))?);
    match begun {
        Some(_) => page.with_cookie(of.session_cookie(begun)?)?.with_header(CACHE_CONTROL, "no-store"),
        None => page.with_header(CACHE_CONTROL, "no-store"),
    }
}
