//! [`Blog`]: the actor that keeps one blog, its migrations and its routes.

use domicile::prelude::*;

use crate::draft::Draft;
use crate::{page, post};

/// One blog. All of it is in the store, so there is nothing to keep in memory.
#[derive(Actor, Default)]
#[actor(class = "BlogDO", binding = "DO_STORAGE", routes = routes, migrations = MIGRATIONS)]
pub struct Blog;

// The first post has a date of its own and not that of the migration, which differs from store to store.
const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_post",
    "CREATE TABLE post (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            content TEXT NOT NULL,
            pub_date INTEGER NOT NULL
          ) STRICT;
          CREATE INDEX post_by_date ON post (pub_date);
          INSERT INTO post (title, content, pub_date) VALUES (
            'Example Post',
            'This post was written by the first migration, in the transaction that made its table.',
            1767225600000
          );",
)];

fn routes(r: &mut Routes<Blog>) {
    r.get("/", |_, _, cx| page::home(cx, post::newest(cx.store(), 0, 3)?));
    r.get("/blog/", |_, request, cx| list(request, cx));
    r.get("/blog/post/{id}/", |_, request, cx| detail(request, cx));
    r.get("/blog/new/", |_, _, cx| page::new(cx, &Draft::default(), &[]));
    r.post("/blog/new/", |_, request, cx| create(request, cx));
}

/// The page `?page=N` of all posts, the first without it. A page that does not exist is 404, as in Django's lists; the
/// first one always exists.
fn list(request: &Request, cx: &Cx) -> Result<Response> {
    const PER_PAGE: u32 = 20;
    let number = request.query_value("page").map_or(Ok(1), |number| number.parse::<u32>());
    let Some(before) = number.ok().and_then(|number| number.checked_sub(1)) else { return page::missing(cx) };
    // One post more than is shown tells whether there is an older page, without counting them all.
    let skip = u64::from(before) * u64::from(PER_PAGE);
    let mut posts = post::newest(cx.store(), skip, PER_PAGE + 1)?;
    if posts.is_empty() && before > 0 {
        return page::missing(cx);
    }
    let older = posts.len() > PER_PAGE as usize;
    posts.truncate(PER_PAGE as usize);
    page::list(cx, posts, before + 1, older)
}

fn detail(request: &Request, cx: &Cx) -> Result<Response> {
    // An id that is no number is the address of no post either.
    let Ok(id) = request.param("id") else { return page::missing(cx) };
    match post::find(cx.store(), id)? {
        Some(post) => page::detail(cx, post),
        None => page::missing(cx),
    }
}

fn create(request: &Request, cx: &Cx) -> Result<Response> {
    let draft: Draft = request.form()?;
    let mistakes = draft.mistakes();
    if !mistakes.is_empty() {
        return page::new(cx, &draft, &mistakes);
    }
    let id = post::create(cx.store(), draft, cx.now())?;
    Redirect::to(cx.path(&format!("/blog/post/{id}/"))).response()
}
