//! [`Member`]: an actor with accounts, and a route for everybody that `allow` can name.

use domicile::platform::Target;
use domicile::prelude::*;
use domicile::wire::ActorRef;
use domicile_identity::csrf_field;
use serde_json::{Value as Plain, json};

use super::message::{Closed, Everything, Mine, Note, Open};
use super::{MIGRATIONS, ROBOT, TEAM, cache, manage, told};

/// An actor with accounts.
#[derive(Actor, Default)]
#[actor(
    models(..domicile_identity::MODELS),
    handles(Note),
    reads(Closed, Mine, Everything, Open),
    routes = routes,
    migrations = MIGRATIONS
)]
pub(super) struct Member {}

fn routes(r: &mut Routes<Member>) {
    r.get("/", |_, _, cx| who(cx)).allow(signed_in());
    r.get("/public/", |_, _, cx| who(cx)).allow(anyone());
    r.get("/staff/", |_, _, cx| who(cx)).allow(staff());
    r.get("/superuser/", |_, _, cx| who(cx)).allow(superuser());
    r.get("/permission/", |_, _, cx| who(cx)).allow(permission("member.read"));
    r.get("/group/", |_, _, cx| who(cx)).allow(group("editors"));
    r.get("/service/", |_, _, cx| who(cx)).allow(service_of(TEAM, ROBOT));
    r.get("/either/", |_, _, cx| who(cx)).allow(service_of(TEAM, ROBOT) | staff());
    r.get("/nobody/", |_, _, cx| who(cx));
    r.post("/nobody/", |_, request, cx| write(request.text()?, cx));
    r.get("/form/", |_, _, cx| form(cx)).allow(anyone());
    r.post("/notes/", |_, request, cx| write(request.text()?, cx)).allow(signed_in());
    r.post("/guestbook/", |_, request, cx| write(request.text()?, cx)).allow(anyone());
    r.post("/service/", |_, request, cx| write(request.text()?, cx)).allow(service_of(TEAM, ROBOT));
    r.get("/cache/{how}", |_, request, _| cache::answer(request)).allow(anyone());
    r.get("/rows/", |_, _, cx| rows(cx)).allow(anyone());
    r.get("/ask/{other}", |_, request, cx| {
        let other: String = request.param("other")?;
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            let other = outside.address::<Member>(&other);
            let (closed, mine) = (other.ask(Closed).await, other.ask(Mine).await);
            Ok(Json(json!({ "closed": format!("{closed:?}"), "mine": format!("{mine:?}") })).response()?)
        }))
    })
    .allow(anyone());
    r.get("/later/form/", |_, _, cx| {
        let page = form(cx)?;
        Ok::<_, Error>(cx.effect(async move |_: Outside| Ok(page.response()?)))
    })
    .allow(anyone());
    r.get("/forge/{other}", |_, request, cx| {
        let other: String = request.param("other")?;
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            let name = Name::new(other.as_str()).map_err(|error| Error::internal(error.to_string()))?;
            let actor = ActorRef { kind: Member::KIND.to_owned(), name };
            let target = Target { actor, binding: Member::BINDING, location: None, jurisdiction: None };
            let told = outside.ask_guard(&target, "domicile.identity/2", vec![MIGRATE]).await;
            Ok(Json(told.map_err(|error| error.to_string())).response()?)
        }))
    })
    .allow(anyone());
    manage::routes(r);
}

/// The question of the doors that has nothing but its number.
const MIGRATE: u8 = 7;

/// Who asks, as the actor knows them.
pub(super) fn who(cx: &Cx) -> Json<Plain> {
    Json(told(cx.principal(), cx.account()))
}

fn form(cx: &Cx) -> Result<Html<String>> {
    Ok(Html(format!("<form method=\"post\">{}<button>Send</button></form>", csrf_field(cx)?)))
}

/// Writes a note.
pub(super) fn write(text: &str, cx: &Cx) -> Result<StatusCode> {
    cx.store().execute("INSERT INTO note (text) VALUES (?)", (text,))?;
    Ok(StatusCode::CREATED)
}

/// How many rows there are of each kind.
pub(super) fn rows(cx: &Cx) -> Result<Json<Plain>> {
    let count =
        |table: &str| -> Result<i64> { cx.store().query_one(&format!("SELECT count(*) FROM {table}"), ()) };
    Ok(Json(json!({
        "users": count("auth_user")?, "identities": count("auth_access_identity")?,
        "sessions": count("auth_session")?, "attempts": count("auth_login_attempt")?,
        "notes": count("note")?,
    })))
}
