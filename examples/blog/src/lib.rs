//! A blog on Domicile: one for everybody, or one per tenant, each in a SQLite database of its own.
//!
//! `actor.rs` has the actor and its routes, `post.rs` what is stored, `draft.rs` what is typed, `page.rs` what is
//! shown. All but the actor is as good for a blog on D1, which reads and writes with `await`.
//!
//! ```
//! use blog::draft::Draft;
//! use blog::page::{self, Site};
//! use blog::post;
//! use domicile::prelude::*;
//!
//! async fn list(request: Request, outside: Outside) -> Result<Response> {
//!     let site = Site::new("Blog", "");
//!     let Some(number) = post::page_number(&request) else { return page::missing(&site) };
//!     page::list(&site, number, post::page(number).all(&outside.d1()?).await?)
//! }
//!
//! async fn create(request: Request, outside: Outside) -> Result<Response> {
//!     let (site, draft) = (Site::new("Blog", ""), request.form::<Draft>()?);
//!     match draft.post() {
//!         Ok(post) => page::published(&site, &post.run(&outside.d1()?).await?),
//!         Err(mistakes) => page::new(&site, &draft, &mistakes),
//!     }
//! }
//!
//! App::new().d1("DB").route(Method::GET, "/blog/", list).route(Method::POST, "/blog/new/", create);
//! ```

mod actor;
pub mod draft;
pub mod migrations;
pub mod page;
pub mod post;

use domicile::prelude::*;

pub use actor::Blog;

/// The blog as the variable `TENANTS` wants it: one for everybody without it, with `path` a blog for each `/t/<tenant>/`,
/// with `subdomain` one for each first label of a host below `BASE_DOMAIN` (`localhost` without it).
#[must_use]
pub fn app(env: &Env) -> App {
    let app = App::new().takes("TENANTS").takes("BASE_DOMAIN");
    match env.get("TENANTS") {
        None | Some("") => app.actor::<Blog>(singleton("blog")),
        Some("path") => app.actor::<Blog>(tenant::path("/t")),
        Some("subdomain") => {
            app.actor::<Blog>(tenant::subdomain(env.get("BASE_DOMAIN").unwrap_or("localhost")))
        }
        Some(other) => {
            app.mistake(format!("TENANTS is `{other}`: leave it out, or set it to `path` or `subdomain`"))
        }
    }
}

/// The code in the repository's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(test)]
mod tests;
