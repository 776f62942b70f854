//! Projects: the list with what is to do in each, a new one, and what goes with one that is deleted.

use askama::Template;
use domicile::prelude::*;
use domicile::query::{Deleted, count};

use crate::form::{Field, Form, Input};
use crate::model::{Comment, Issue, Project, State};
use crate::page::{self, View, show};

#[derive(Template)]
#[template(path = "projects.html")]
struct Projects<'a> {
    view: &'a View<'a>,
    /// Each with its issues that are not done, and all of them.
    projects: Vec<(Project, u64, u64)>,
    form: &'a Form,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "delete.html")]
struct Delete<'a> {
    view: &'a View<'a>,
    project: Project,
    issues: u64,
    comments: u64,
    gone: Option<Deleted>,
}

pub(crate) fn list(view: &View) -> Result<Response> {
    list_with(view, &Form::default())
}

fn list_with(view: &View, form: &Form) -> Result<Response> {
    let counts = Issue::objects().group_by(Issue::project).select((
        Issue::project,
        count().only(Issue::state.ne(State::Done)),
        count(),
    ));
    let counts = counts.all(view.cx)?;
    let projects = Project::objects().all(view.cx)?.into_iter().map(|project| {
        let of = counts.iter().find(|(key, ..)| **key == project.id);
        let (open, all) = of.map_or((0, 0), |(_, open, all)| (*open, *all));
        (project, open, all)
    });
    let fields = vec![form.field(Project::name), form.field(Project::about)];
    show(form.status(), &Projects { view, projects: projects.collect(), form, fields })
}

pub(crate) fn create(view: &View, request: &Request) -> Result<Response> {
    let mut form = Form::of(request)?;
    let (name, about) = (form.read(Project::name), form.read(Project::about));
    let (Some(name), Some(about)) = (name, about) else { return list_with(view, &form) };
    let new = Project::create().set(Project::name, name).set(Project::about, about);
    match form.stored(new.run(view.cx))? {
        Some(_) => view.go("/projects/"),
        None => list_with(view, &form),
    }
}

/// Asks before a project is deleted, with what would go with it.
pub(crate) fn ask(view: &View, request: &Request) -> Result<Response> {
    let Some(project) = find(view, request)? else { return page::missing(view) };
    let issues = Issue::project.of(&project).count(view.cx)?;
    let comments = Comment::objects().filter(Comment::issue.to(Issue::project).eq(&project));
    let comments = comments.count(view.cx)?;
    show(StatusCode::OK, &Delete { view, project, issues, comments, gone: None })
}

/// Deletes a project, and says what went with it.
pub(crate) fn delete(view: &View, request: &Request) -> Result<Response> {
    let Some(project) = find(view, request)? else { return page::missing(view) };
    let gone = project.delete(view.cx)?;
    let (issues, comments) = (gone.of::<Issue>(), gone.of::<Comment>());
    show(StatusCode::OK, &Delete { view, project, issues, comments, gone: Some(gone) })
}

fn find(view: &View, request: &Request) -> Result<Option<Project>> {
    let Ok(id) = request.param::<u32>("id") else { return Ok(None) };
    Project::by_key(id).first(view.cx)
}
