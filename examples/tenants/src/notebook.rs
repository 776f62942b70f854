//! [`Notebook`]: the notes of a company, and who may do what with them.

use askama::Template;
use domicile::prelude::*;
use domicile::query::{row, whole};
use domicile_identity::account::User;
use domicile_identity::csrf_field;

use crate::migrations::MIGRATIONS;
use crate::people;

/// The notes of a company.
#[derive(Actor, Default)]
#[actor(models(Note, ..domicile_identity::MODELS), routes = routes, migrations = MIGRATIONS)]
pub struct Notebook;

/// A note.
#[derive(Debug, Clone, Model)]
#[model(ordering(-written))]
pub(crate) struct Note {
    /// Its number.
    pub id: u32,
    /// Who wrote it.
    #[model(on_delete = protect)]
    pub author: ForeignKey<User>,
    /// What it says.
    #[model(max_length = 1000)]
    pub text: String,
    /// When it was written.
    #[model(default = now)]
    pub written: Timestamp,
}

fn routes(r: &mut Routes<Notebook>) {
    r.get("/", |_, _, cx| page(cx)).allow(signed_in());
    r.post("/notes/", |_, request, cx| add(request, cx)).allow(permission("notebook.add_note"));
    r.post("/notes/{id}/delete/", |_, request, cx| delete(request, cx)).allow(staff());
    r.get("/people/", |_, _, cx| people::page(cx)).allow(staff());
    r.post("/people/{id}/silence/", |_, request, cx| people::silence(request, cx)).allow(staff());
    r.post("/people/{id}/dismiss/", |_, request, cx| people::dismiss(request, cx)).allow(staff());
}

#[derive(Template)]
#[template(path = "notebook.html")]
struct Page<'a> {
    company: String,
    name: String,
    staff: bool,
    writes: bool,
    notes: Vec<(Note, User)>,
    csrf: String,
    cx: &'a Cx,
}

fn page(cx: &Cx) -> Result<Response> {
    let Some(account) = cx.account() else { return Err(Error::forbidden("only people have a notebook")) };
    let page = Page {
        company: cx.name().to_string(),
        name: account.display_name(),
        staff: account.staff,
        writes: account.may("notebook.add_note"),
        notes: Note::objects().limit(50).select((whole(), row(Note::author))).all(cx)?,
        csrf: csrf_field(cx)?,
        cx,
    };
    Html(page.render().map_err(|error| Error::internal(error.to_string()))?).response()
}

#[derive(Deserialize)]
struct Written {
    text: String,
}

fn add(request: &Request, cx: &Cx) -> Result<Redirect> {
    let Some(account) = cx.account() else { return Err(Error::forbidden("only people write")) };
    let written: Written = request.form()?;
    let author = ForeignKey::<User>::new(account.id);
    Note::create().set(Note::author, author).set(Note::text, written.text.trim()).run(cx)?;
    Ok(Redirect::to(cx.path("/")))
}

fn delete(request: &Request, cx: &Cx) -> Result<Redirect> {
    Note::by_key(request.param::<u32>("id")?).get(cx)?.delete(cx)?;
    Ok(Redirect::to(cx.path("/")))
}
