//! One issue: its page, the form that makes or changes it, its state and its comments.

use askama::Template;
use domicile::prelude::*;
use domicile::query::{create_all, row, whole};
use jiff::civil::Date;

use crate::form::{Field, Form, Input};
use crate::model::{Comment, Issue, Label, Person, Project, State, Tag};
use crate::page::{self, View, show};

#[derive(Template)]
#[template(path = "issue.html")]
struct Page<'a> {
    view: &'a View<'a>,
    today: Date,
    issue: Issue,
    project: String,
    assignee: Option<String>,
    labels: Vec<Label>,
    comments: Vec<(Comment, String)>,
    form: &'a Form,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "edit.html")]
struct Edit<'a> {
    view: &'a View<'a>,
    form: &'a Form,
    fields: Vec<Field>,
    labels: Vec<(u32, String)>,
    issue: Option<&'a Issue>,
}

/// The issue whose number stands in the address.
fn find(view: &View, request: &Request) -> Result<Option<Issue>> {
    let Ok(id) = request.param::<u32>("id") else { return Ok(None) };
    Issue::by_key(id).first(view.cx)
}

fn go(view: &View, id: u32) -> Result<Response> {
    view.go(&format!("/issue/{id}/"))
}

fn show_with(view: &View, request: &Request, form: &Form) -> Result<Response> {
    let Ok(id) = request.param::<u32>("id") else { return page::missing(view) };
    let found = Issue::by_key(id).select((
        whole(),
        Issue::project.to(Project::name),
        Issue::assignee.to(Person::name),
    ));
    let Some((issue, project, assignee)) = found.first(view.cx)? else { return page::missing(view) };
    let labels = Tag::issue.of(&issue).order_by(Tag::label.to(Label::name)).select(row(Tag::label));
    let comments = Comment::issue.of(&issue).order_by(Comment::id);
    let people: Vec<(u32, String)> = Person::objects().select((Person::id, Person::name)).all(view.cx)?;
    let page = Page {
        view,
        today: view.today(),
        labels: labels.all(view.cx)?,
        comments: comments.select((whole(), Comment::author.to(Person::name))).all(view.cx)?,
        issue,
        project,
        assignee,
        form,
        fields: vec![
            form.field(Comment::text),
            form.field(Comment::author).options(people).label("Written by"),
        ],
    };
    show(form.status(), &page)
}

pub(crate) fn detail(view: &View, request: &Request) -> Result<Response> {
    show_with(view, request, &Form::default())
}

/// The empty form, for the project in `?project=`.
pub(crate) fn new(view: &View, request: &Request) -> Result<Response> {
    let mut form = Form::default();
    form.add("project", request.query_value("project").unwrap_or_default());
    form_page(view, &form, None)
}

pub(crate) fn create(view: &View, request: &Request) -> Result<Response> {
    let mut form = Form::of(request)?;
    let Some(typed) = Typed::read(&mut form) else { return form_page(view, &form, None) };
    // The labels need the key of the issue, and where one of them is gone there is no issue either.
    let stored = view.cx.store().transaction(|store| {
        let issue = Issue::create()
            .set(Issue::project, typed.project)
            .set(Issue::title, typed.title)
            .set(Issue::description, typed.description)
            .set(Issue::priority, typed.priority)
            .set(Issue::assignee, typed.assignee)
            .set(Issue::due, typed.due)
            .run(store)?;
        create_all(tags(issue.id, &typed.labels), store)?;
        Ok(issue)
    });
    match form.stored(stored)? {
        Some(issue) => go(view, issue.id),
        None => form_page(view, &form, None),
    }
}

pub(crate) fn edit(view: &View, request: &Request) -> Result<Response> {
    let Some(issue) = find(view, request)? else { return page::missing(view) };
    let mut form = Form::filled(&issue)?;
    for label in Tag::issue.of(&issue).select(Tag::label).all(view.cx)? {
        form.add("label", label);
    }
    form.add("seen", issue.updated.as_millis());
    form_page(view, &form, Some(&issue))
}

/// Changes the issue, unless somebody else has changed it since the form was shown.
pub(crate) fn change(view: &View, request: &Request) -> Result<Response> {
    let Some(issue) = find(view, request)? else { return page::missing(view) };
    let mut form = Form::of(request)?;
    let Some(typed) = Typed::read(&mut form) else { return form_page(view, &form, Some(&issue)) };
    let seen = Timestamp::from_millis(form.value("seen").parse().unwrap_or_default());
    let this = || Issue::by_key(issue.id);
    let mut changes = Changes::new();
    changes.require(
        this().filter(Issue::updated.eq(seen)),
        "Somebody has changed this issue since you began. Look at it in another tab, then save again.",
    );
    changes.update(
        this()
            .update()
            .set(Issue::project, typed.project)
            .set(Issue::title, typed.title)
            .set(Issue::description, typed.description)
            .set(Issue::priority, typed.priority)
            .set(Issue::assignee, typed.assignee)
            .set(Issue::due, typed.due),
    );
    changes.delete(Tag::issue.of(&issue));
    for tag in tags(issue.id, &typed.labels) {
        changes.create(tag);
    }
    match form.stored(changes.apply(view.cx))? {
        Some(_) => go(view, issue.id),
        None => form_page(view, &form, Some(&issue)),
    }
}

/// Opens, begins or closes the issue.
pub(crate) fn turn(view: &View, request: &Request) -> Result<Response> {
    let Some(issue) = find(view, request)? else { return page::missing(view) };
    let form = Form::of(request)?;
    let state = form.value("state").parse().map_err(|error| Error::bad_request(format!("state: {error}")))?;
    turned(view, &issue, state).run(view.cx)?;
    go(view, issue.id)
}

fn turned(view: &View, issue: &Issue, state: State) -> domicile::query::Update<Issue> {
    let closed = match state {
        State::Done => issue.closed.or(Some(view.cx.now())),
        State::Open | State::Doing => None,
    };
    Issue::by_key(issue.id).update().set(Issue::state, state).set(Issue::closed, closed)
}

/// Adds a comment, counts it, and closes the issue where that was asked, all in one.
pub(crate) fn comment(view: &View, request: &Request) -> Result<Response> {
    let Some(issue) = find(view, request)? else { return page::missing(view) };
    let mut form = Form::of(request)?;
    let (Some(text), Some(author)) = (form.read(Comment::text), form.read(Comment::author)) else {
        return show_with(view, request, &form);
    };
    let new = Comment::create().set(Comment::issue, &issue);
    let mut changes = Changes::new();
    changes.create(new.set(Comment::author, author).set(Comment::text, text));
    changes.update(Issue::by_key(issue.id).update().set(Issue::comments, Issue::comments + 1));
    if form.value("then") == "close" {
        changes.update(turned(view, &issue, State::Done));
    }
    match form.stored(changes.apply(view.cx))? {
        Some(_) => go(view, issue.id),
        None => show_with(view, request, &form),
    }
}

/// What the form says of an issue, where all of it holds.
struct Typed {
    project: ForeignKey<Project>,
    title: String,
    description: String,
    priority: u8,
    assignee: Option<ForeignKey<Person>>,
    due: Option<Date>,
    labels: Vec<u32>,
}

impl Typed {
    /// All fields are read before any is missed, so that every problem is shown.
    fn read(form: &mut Form) -> Option<Self> {
        let (project, title) = (form.read(Issue::project), form.read(Issue::title));
        let (description, priority) = (form.read(Issue::description), form.read(Issue::priority));
        let (assignee, due) = (form.read(Issue::assignee), form.read(Issue::due));
        let mut labels: Vec<u32> = form.all("label").filter_map(|label| label.parse().ok()).collect();
        labels.sort_unstable();
        labels.dedup();
        Some(Self {
            project: project?,
            title: title?,
            description: description?,
            priority: priority?,
            assignee: assignee?,
            due: due?,
            labels,
        })
    }
}

fn tags(issue: u32, labels: &[u32]) -> Vec<domicile::query::Create<Tag>> {
    let tag = |label: &u32| {
        Tag::create().set(Tag::issue, ForeignKey::new(issue)).set(Tag::label, ForeignKey::new(*label))
    };
    labels.iter().map(tag).collect()
}

fn form_page(view: &View, form: &Form, issue: Option<&Issue>) -> Result<Response> {
    let projects: Vec<(u32, String)> =
        Project::objects().select((Project::id, Project::name)).all(view.cx)?;
    let people: Vec<(u32, String)> = Person::objects().select((Person::id, Person::name)).all(view.cx)?;
    let nobody = (String::new(), "Nobody".to_owned());
    let people = people.into_iter().map(|(id, name)| (id.to_string(), name));
    let fields = vec![
        form.field(Issue::title),
        form.field(Issue::description),
        form.field(Issue::project).options(projects),
        form.field(Issue::priority).or(3),
        form.field(Issue::assignee).options(std::iter::once(nobody).chain(people)),
        form.field(Issue::due),
    ];
    let labels = Label::objects().select((Label::id, Label::name)).all(view.cx)?;
    show(form.status(), &Edit { view, form, fields, labels, issue })
}
