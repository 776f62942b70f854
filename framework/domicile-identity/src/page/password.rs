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
        return page(of, &[], false);
    }
    if let Some(response) = forged(of.request, of.outside)? {
        return Ok(response);
    }
    let form: Form = of.request.form()?;
    let place = match of.attempt() {
        Ok(place) => place,
        Err(response) => return Ok(*response),
    };
    let asked = of.ask(Ask::Compare { session: session.clone(), address: of.address() }).await?;
    let (stored, nonce, username, email) = match asked {
        Told::Compare { stored, nonce, username, email } => (stored, nonce, username, email),
        Told::TooMany { seconds } => return Ok(answer::too_many(Some(of.request), seconds)),
        Told::Refused => return Ok(login(of.identity, of.request, &of.seat.prefix)),
        other => return Err(unexpected(&other)),
    };
    let verdict = place.verified(of.outside, &form.old_password, &stored).await;
    let mut errors = Vec::new();
    if verdict == Verdict::Wrong {
        let (nonce, address) = (nonce.clone(), of.address());
        of.ask(Ask::Finish { nonce, address, verdict, rehashed: None }).await?;
        errors.push("Your old password was entered incorrectly. Please enter it again.".to_owned());
    }
    if form.new_password1 != form.new_password2 {
        errors.push("The two password fields didn’t match.".to_owned());
    }
    errors.extend(password::problems(
        &form.new_password1,
        &[("username", username.as_str()), ("email address", email.as_str())],
    ));
    if !errors.is_empty() {
        return page(of, &errors, false);
    }
    let hash = place.hashed(of.outside, &form.new_password1).await?;
    drop(place);
    match of.ask(Ask::Change { session, nonce, address: of.address(), hash }).await? {
        Told::Done => page(of, &[], true),
        Told::Refused => page(of, &["Something has changed meanwhile. Please try again.".to_owned()], false),
        other => Err(unexpected(&other)),
    }
}

fn page(of: &Of<'_>, errors: &[String], done: bool) -> Result<Response> {
    let csrf = token_at_entry(of.request, of.outside)?;
    let page = Page { csrf: &csrf, errors, done }.render().map_err(|e| Error::internal(e.to_string()))?;
    Html(page).with_header(CACHE_CONTROL, "no-store")
}
