//! A notebook for each company on Domicile: one actor for each `/t/<domain>/`, for the people whose e-mail addresses are of that
//! domain, whom Cloudflare Access lets in.
//!
//! `notebook.rs` has the actor, its routes and who may use them; `people.rs` what staff do with their colleagues' accounts.

mod migrations;
mod notebook;
mod people;

use domicile::prelude::*;
use domicile::principal::Claims;
use domicile_identity::Identity;
use domicile_identity::access::Settings;
use domicile_identity::account::NewUser;

pub use notebook::Notebook;

/// The notebooks. `/` leads everybody to that of their company.
#[must_use]
pub fn app(env: &Env) -> App {
    App::new()
        .guarded(Identity::access(Settings::new().or_env(env)).on_new_user(welcome))
        .route(Method::GET, "/", async |request: Request, _| {
            Ok::<_, Error>(Redirect::temporary(format!("/t/{}/", company(request.principal())?)))
        })
        .allow(signed_in())
        .route(Method::GET, "/health/", async |_, _| "fine\n")
        .allow(anyone())
        .actor::<Notebook>(
            tenant::path("/t").only(|who, name| company(who).is_ok_and(|company| company == name)),
        )
}

/// The company of who asks, as their verified e-mail address tells it.
fn company(who: &Principal) -> Result<String> {
    let domain = who.user().and_then(Claims::email_domain);
    domain.ok_or_else(|| Error::forbidden("only people have a notebook"))
}

/// Everybody may write into the notebook of their company, and who writes from `admin@` looks after the others.
fn welcome(claims: &Claims, user: &mut NewUser) -> Result<()> {
    user.staff = claims.email.to_ascii_lowercase().starts_with("admin@");
    user.permissions.push("notebook.add_note".to_owned());
    Ok(())
}

#[cfg(test)]
mod tests;
