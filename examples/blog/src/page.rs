//! The pages: one template each, compiled into the app, which escapes whatever is put into it.

use askama::Template;
use domicile::http::header::CONTENT_SECURITY_POLICY;
use domicile::prelude::*;

use crate::draft::{Draft, Mistake};
use crate::post::{Listed, PER_PAGE, Post};

/// Nothing is loaded and no script runs, so that text which were not escaped could do little.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The blog that a page belongs to: its name, and what its addresses begin with.
#[derive(Debug, Clone)]
pub struct Site {
    name: String,
    prefix: String,
}

impl Site {
    /// A blog with this name, whose pages are below `prefix`, which may be empty.
    #[must_use]
    pub fn new(name: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { name: name.into(), prefix: prefix.into() }
    }

    /// The blog that an actor keeps.
    #[must_use]
    pub fn of(cx: &Cx) -> Self {
        Self::new(cx.name().to_string(), cx.path(""))
    }

    /// The address of a page of this blog.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    site: &'a Site,
    posts: &'a [Listed],
}

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    site: &'a Site,
    posts: &'a [Listed],
    number: u32,
    older: bool,
}

#[derive(Template)]
#[template(path = "detail.html")]
struct Detail<'a> {
    site: &'a Site,
    post: &'a Post,
}

#[derive(Template)]
#[template(path = "new.html")]
struct New<'a> {
    site: &'a Site,
    draft: &'a Draft,
    mistakes: &'a [Mistake],
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    site: &'a Site,
}

impl New<'_> {
    /// What is wrong with a field.
    fn mistake(&self, field: &str) -> Option<&str> {
        self.mistakes.iter().find(|(at, _)| *at == field).map(|(_, why)| why.as_str())
    }
}

/// The landing page, with the newest posts.
///
/// # Errors
/// Here and below: a page that was not rendered.
pub fn home(site: &Site, posts: &[Listed]) -> Result<Response> {
    show(StatusCode::OK, &Home { site, posts })
}

/// The page of the list that has this number, of what [`post::page`](crate::post::page) finds. One that does not exist is
/// 404, as in Django's lists; the first one always exists.
///
/// # Errors
/// As [`home`].
pub fn list(site: &Site, number: u32, mut posts: Vec<Listed>) -> Result<Response> {
    if posts.is_empty() && number > 1 {
        return missing(site);
    }
    let older = posts.len() > PER_PAGE as usize;
    posts.truncate(PER_PAGE as usize);
    show(StatusCode::OK, &List { site, posts: &posts, number, older })
}

/// A post; 404 where there is none.
///
/// # Errors
/// As [`home`].
pub fn detail(site: &Site, post: Option<&Post>) -> Result<Response> {
    match post {
        Some(post) => show(StatusCode::OK, &Detail { site, post }),
        None => missing(site),
    }
}

/// The form, with what was typed; 422 where there are mistakes in it.
///
/// # Errors
/// As [`home`].
pub fn new(site: &Site, draft: &Draft, mistakes: &[Mistake]) -> Result<Response> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show(status, &New { site, draft, mistakes })
}

/// Leads from the form to the new post.
///
/// # Errors
/// An address that cannot stand in a header.
pub fn published(site: &Site, post: &Post) -> Result<Response> {
    Redirect::to(site.path(&format!("/blog/post/{}/", post.id))).response()
}

/// 404 in the blog's own style.
///
/// # Errors
/// As [`home`].
pub fn missing(site: &Site) -> Result<Response> {
    show(StatusCode::NOT_FOUND, &Missing { site })
}

fn show(status: StatusCode, page: &impl Template) -> Result<Response> {
    let html = page.render().map_err(|error| Error::internal("a page was not rendered").caused_by(error))?;
    (status, Html(html)).with_header(CONTENT_SECURITY_POLICY, POLICY)
}
