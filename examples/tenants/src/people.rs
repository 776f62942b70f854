//! What staff do with the accounts of their colleagues.

use askama::Template;
use domicile::prelude::*;
use domicile::query::on_store;
use domicile_identity::account::{User, revoke};
use domicile_identity::csrf_field;

#[derive(Template)]
#[template(path = "people.html")]
struct Page<'a> {
    company: String,
    people: Vec<User>,
    csrf: String,
    cx: &'a Cx,
}

pub(crate) fn page(cx: &Cx) -> Result<Response> {
    let people = User::objects().order_by(User::username).all(cx)?;
    let page = Page { company: cx.name().to_string(), people, csrf: csrf_field(cx)?, cx };
    Html(page.render().map_err(|error| Error::internal(error.to_string()))?).response()
}

/// Somebody may no longer write.
pub(crate) fn silence(request: &Request, cx: &Cx) -> Result<Redirect> {
    let id = User::by_key(request.param::<u32>("id")?).get(cx)?.id;
    on_store(cx, |on| Box::pin(async move { revoke(on, id, "notebook.add_note").await }))?;
    Ok(Redirect::to(cx.path("/people/")))
}

/// Somebody may no longer come in, whatever Access says of them.
pub(crate) fn dismiss(request: &Request, cx: &Cx) -> Result<Redirect> {
    let user = User::by_key(request.param::<u32>("id")?).get(cx)?;
    if cx.account().is_some_and(|account| account.id == user.id) {
        return Err(Error::conflict("nobody dismisses themselves"));
    }
    User::by_key(user.id).update().set(User::active, false).run(cx)?;
    Ok(Redirect::to(cx.path("/people/")))
}
