//! The pages: one template each, compiled into the app, which escapes whatever is put into it.

use askama::Template;
use domicile::http::header::CONTENT_SECURITY_POLICY;
use domicile::prelude::*;

use crate::draft::{Draft, Mistake};
use crate::post::Post;

/// Nothing is loaded and no script runs, so that text which were not escaped could do little.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    cx: &'a Cx,
    posts: Vec<Post>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    cx: &'a Cx,
    posts: Vec<Post>,
    number: u32,
    older: bool,
}

#[derive(Template)]
#[template(path = "detail.html")]
struct Detail<'a> {
    cx: &'a Cx,
    post: Post,
}

#[derive(Template)]
#[template(path = "new.html")]
struct New<'a> {
    cx: &'a Cx,
    draft: &'a Draft,
    mistakes: &'a [Mistake],
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    cx: &'a Cx,
}

impl New<'_> {
    /// What is wrong with a field.
    fn mistake(&self, field: &str) -> Option<&str> {
        self.mistakes.iter().find(|(at, _)| *at == field).map(|(_, why)| why.as_str())
    }
}

/// The landing page, with the newest posts.
pub(crate) fn home(cx: &Cx, posts: Vec<Post>) -> Result<Response> {
    show(StatusCode::OK, &Home { cx, posts })
}

/// The page of the list that has this number.
pub(crate) fn list(cx: &Cx, posts: Vec<Post>, number: u32, older: bool) -> Result<Response> {
    show(StatusCode::OK, &List { cx, posts, number, older })
}

/// A post.
pub(crate) fn detail(cx: &Cx, post: Post) -> Result<Response> {
    show(StatusCode::OK, &Detail { cx, post })
}

/// The form, with what was typed; 422 where there are mistakes in it.
pub(crate) fn new(cx: &Cx, draft: &Draft, mistakes: &[Mistake]) -> Result<Response> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show(status, &New { cx, draft, mistakes })
}

/// 404 in the blog's own style.
pub(crate) fn missing(cx: &Cx) -> Result<Response> {
    show(StatusCode::NOT_FOUND, &Missing { cx })
}

fn show(status: StatusCode, page: &impl Template) -> Result<Response> {
    let html = page.render().map_err(|error| Error::internal("a page was not rendered").caused_by(error))?;
    (status, Html(html)).with_header(CONTENT_SECURITY_POLICY, POLICY)
}
