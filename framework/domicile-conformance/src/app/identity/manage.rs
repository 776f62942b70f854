//! What staff do with accounts.

use domicile::prelude::*;
use domicile::query::on_store;
use domicile_identity::account::{self, NewUser, User};

use super::member::Member;

pub(super) fn routes(r: &mut Routes<Member>) {
    r.post("/manage/active/", |_, request, cx| active(request, cx)).allow(staff());
    r.post("/manage/link/", |_, request, cx| link(request, cx)).allow(staff());
    r.post("/manage/local/", |_, request, cx| local(request, cx)).allow(staff());
}

/// What is asked for; each takes what it needs.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    username: String,
    email: String,
    active: bool,
    issuer: String,
    subject: String,
}

/// Lets somebody in, or no longer.
fn active(request: &Request, cx: &Cx) -> Result<StatusCode> {
    let asked: Asked = request.json()?;
    let user = User::objects().filter(User::username.eq(&asked.username)).get(cx)?;
    User::by_key(user.id).update().set(User::active, asked.active).run(cx)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Binds an account anew.
fn link(request: &Request, cx: &Cx) -> Result<StatusCode> {
    let asked: Asked = request.json()?;
    let user = User::objects().filter(User::username.eq(&asked.username)).get(cx)?;
    on_store(cx, |on| {
        Box::pin(async move { account::relink(on, user.id, &asked.issuer, &asked.subject).await })
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes an account that no token made.
fn local(request: &Request, cx: &Cx) -> Result<StatusCode> {
    let asked: Asked = request.json()?;
    let new = NewUser { email: asked.email, ..NewUser::new(asked.username) };
    on_store(cx, |on| Box::pin(async move { account::create_user(on, new).await }))?;
    Ok(StatusCode::CREATED)
}
