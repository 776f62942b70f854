//! [`Blog`]: the actor that keeps one blog, and its routes.

use domicile::prelude::*;

use crate::draft::Draft;
use crate::migrations::MIGRATIONS;
use crate::page::{self, Site};
use crate::post::{self, Post};

/// One blog. All of it is in the store, so there is nothing to keep in memory.
#[derive(Actor, Default)]
#[actor(class = "BlogDO", binding = "DO_STORAGE", models(Post), routes = routes, migrations = MIGRATIONS)]
pub struct Blog;

fn routes(r: &mut Routes<Blog>) {
    r.get("/", |_, _, cx| page::home(&Site::of(cx), &post::listed().limit(3).all(cx)?)).allow(anyone());
    r.get("/blog/", |_, request, cx| list(request, cx)).allow(anyone());
    r.get("/blog/post/{id}/", |_, request, cx| detail(request, cx)).allow(anyone());
    r.get("/blog/new/", |_, _, cx| page::new(&Site::of(cx), &Draft::default(), &[])).allow(anyone());
    r.post("/blog/new/", |_, request, cx| create(request, cx)).allow(anyone());
}

fn list(request: &Request, cx: &Cx) -> Result<Response> {
    let Some(number) = post::page_number(request) else { return page::missing(&Site::of(cx)) };
    page::list(&Site::of(cx), number, post::page(number).all(cx)?)
}

fn detail(request: &Request, cx: &Cx) -> Result<Response> {
    // An id that is no number is the address of no post either.
    let Ok(id) = request.param::<u32>("id") else { return page::missing(&Site::of(cx)) };
    page::detail(&Site::of(cx), Post::by_key(id).first(cx)?.as_ref())
}

fn create(request: &Request, cx: &Cx) -> Result<Response> {
    let (site, draft) = (Site::of(cx), request.form::<Draft>()?);
    match draft.post() {
        Ok(post) => page::published(&site, &post.run(cx)?),
        Err(mistakes) => page::new(&site, &draft, &mistakes),
    }
}
