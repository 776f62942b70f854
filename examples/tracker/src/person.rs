//! People: who there is and what they have to do, a new one, and one who goes, unless they have written something.

use askama::Template;
use domicile::error::Kind;
use domicile::prelude::*;
use domicile::query::count;

use crate::form::{Field, Form, Input};
use crate::model::{Comment, Issue, Person, State};
use crate::page::{self, View, show};

#[derive(Template)]
#[template(path = "people.html")]
struct People<'a> {
    view: &'a View<'a>,
    /// Each with their issues that are not done, and their comments.
    people: Vec<(Person, u64, u64)>,
    form: &'a Form,
    fields: Vec<Field>,
    /// Who cannot be deleted, and why.
    kept: Option<(&'a Person, String)>,
}

pub(crate) fn list(view: &View) -> Result<Response> {
    list_with(view, &Form::default(), None)
}

fn list_with(view: &View, form: &Form, kept: Option<(&Person, String)>) -> Result<Response> {
    let todo = Issue::objects().filter(Issue::assignee.is_not_null()).filter(Issue::state.ne(State::Done));
    let todo = todo.group_by(Issue::assignee).select((Issue::assignee, count())).all(view.cx)?;
    let said =
        Comment::objects().group_by(Comment::author).select((Comment::author, count())).all(view.cx)?;
    let people = Person::objects().all(view.cx)?.into_iter().map(|person| {
        let key = ForeignKey::from(&person);
        let todo = todo.iter().find(|(who, _)| who.as_ref() == Some(&key)).map_or(0, |(_, count)| *count);
        let said = said.iter().find(|(who, _)| *who == key).map_or(0, |(_, count)| *count);
        (person, todo, said)
    });
    let status = if kept.is_some() { StatusCode::CONFLICT } else { form.status() };
    let fields = vec![form.field(Person::name)];
    show(status, &People { view, people: people.collect(), form, fields, kept })
}

pub(crate) fn create(view: &View, request: &Request) -> Result<Response> {
    let mut form = Form::of(request)?;
    let Some(name) = form.read(Person::name) else { return list_with(view, &form, None) };
    match form.stored(Person::create().set(Person::name, name).run(view.cx))? {
        Some(_) => view.go("/people/"),
        None => list_with(view, &form, None),
    }
}

/// Deletes somebody. Their issues become nobody's; what they have written keeps them.
pub(crate) fn delete(view: &View, request: &Request) -> Result<Response> {
    let Ok(id) = request.param::<u32>("id") else { return page::missing(view) };
    let Some(person) = Person::by_key(id).first(view.cx)? else { return page::missing(view) };
    match person.delete(view.cx) {
        Ok(_) => view.go("/people/"),
        Err(error) if error.kind() == Kind::Conflict => {
            list_with(view, &Form::default(), Some((&person, error.public_message())))
        }
        Err(error) => Err(error),
    }
}
