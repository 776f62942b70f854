//! The blog on D1: its models, pages and migrations are those of `blog`, and so is what is checked. Only the routes are its
//! own: they keep nothing, and await what they read and write.

use blog::draft::Draft;
use blog::migrations::MIGRATIONS;
use blog::page::{self, Site};
use blog::post::{self, Post};
use domicile::d1::D1Binding;
use domicile::prelude::*;

/// The database, and what is in it.
const DB: D1Binding = D1Binding::new("DB").with_models(&[Post::SCHEMA]).with_migrations(MIGRATIONS);

/// One blog for everybody, in the D1 database that is bound as `DB`.
#[must_use]
pub fn app(_: &Env) -> App {
    App::new()
        .d1(DB)
        .route(Method::GET, "/", home)
        .route(Method::GET, "/blog/", list)
        .route(Method::GET, "/blog/post/{id}/", detail)
        .route(Method::GET, "/blog/new/", async |_, _| page::new(&site(), &Draft::default(), &[]))
        .route(Method::POST, "/blog/new/", create)
}

fn site() -> Site {
    Site::new("blog", "")
}

async fn home(_: Request, outside: Outside) -> Result<Response> {
    page::home(&site(), &post::listed().limit(3).all(&outside.d1()?).await?)
}

async fn list(request: Request, outside: Outside) -> Result<Response> {
    let Some(number) = post::page_number(&request) else { return page::missing(&site()) };
    page::list(&site(), number, post::page(number).all(&outside.d1()?).await?)
}

async fn detail(request: Request, outside: Outside) -> Result<Response> {
    let Ok(id) = request.param::<u32>("id") else { return page::missing(&site()) };
    page::detail(&site(), Post::by_key(id).first(&outside.d1()?).await?.as_ref())
}

async fn create(request: Request, outside: Outside) -> Result<Response> {
    let draft = request.form::<Draft>()?;
    match draft.post() {
        Ok(post) => page::published(&site(), &post.run(&outside.d1()?).await?),
        Err(mistakes) => page::new(&site(), &draft, &mistakes),
    }
}

#[cfg(test)]
mod tests;
