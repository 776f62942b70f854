//! The lists of issues: the board, with a column for each state, and the list that is filtered, sorted and searched.

use askama::Template;
use domicile::prelude::*;
use domicile::query::{Objects, Order, Selection, row};
use jiff::civil::Date;

use crate::model::{Issue, Label, Person, Project, State, Tag};
use crate::page::{self, View, show};

/// The most issues of a column of the board, and of a page of the list.
const CARDS: u64 = 25;

/// The most issues that a search shows.
const FOUND: u64 = 50;

/// What a list shows of an issue.
pub(crate) struct Card {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) state: State,
    pub(crate) priority: u8,
    pub(crate) due: Option<Date>,
    pub(crate) comments: u32,
    pub(crate) project: String,
    pub(crate) assignee: Option<String>,
    pub(crate) labels: Vec<Label>,
}

type Listed = (u32, String, State, u8, Option<Date>, u32, String, Option<String>);

/// The issues as lists show them.
fn listed() -> Objects<Issue, impl Selection<Issue, Row = Listed> + 'static> {
    Issue::objects().select((
        Issue::id,
        Issue::title,
        Issue::state,
        Issue::priority,
        Issue::due,
        Issue::comments,
        Issue::project.to(Project::name),
        Issue::assignee.to(Person::name),
    ))
}

/// The issues with their labels, which one statement finds for all of them.
fn cards(view: &View, issues: Vec<Listed>) -> Result<Vec<Card>> {
    let mut cards: Vec<Card> = issues
        .into_iter()
        .map(|(id, title, state, priority, due, comments, project, assignee)| Card {
            id,
            title,
            state,
            priority,
            due,
            comments,
            project,
            assignee,
            labels: Vec::new(),
        })
        .collect();
    let ids = cards.iter().map(|card| ForeignKey::new(card.id));
    let tags = Tag::objects().filter(Tag::issue.is_in(ids)).order_by(Tag::label.to(Label::name));
    for (issue, label) in tags.select((Tag::issue, row(Tag::label))).all(view.cx)? {
        if let Some(card) = cards.iter_mut().find(|card| card.id == *issue) {
            card.labels.push(label);
        }
    }
    Ok(cards)
}

#[derive(Template)]
#[template(path = "board.html")]
struct Board<'a> {
    view: &'a View<'a>,
    today: Date,
    columns: Vec<(State, Vec<Card>, bool)>,
    is_new: bool,
}

/// What is open and in progress, the most urgent first, and what was done last.
pub(crate) fn board(view: &View) -> Result<Response> {
    let mut columns = Vec::new();
    for state in [State::Open, State::Doing, State::Done] {
        let issues = listed().filter(Issue::state.eq(state));
        let issues = match state {
            State::Done => issues.order_by(-Issue::created),
            State::Open | State::Doing => issues.order_by((Issue::priority, Issue::id)),
        };
        let window = issues.page_after(None, CARDS, view.cx)?;
        columns.push((state, cards(view, window.items)?, window.next.is_some()));
    }
    let is_new =
        columns.iter().all(|(_, cards, _)| cards.is_empty()) && !Project::objects().exists(view.cx)?;
    show(StatusCode::OK, &Board { view, today: view.today(), columns, is_new })
}

/// What was asked of the list, as it stands in its address.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    state: String,
    project: String,
    assignee: String,
    label: String,
    overdue: String,
    sort: String,
    after: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    view: &'a View<'a>,
    today: Date,
    asked: Asked,
    cards: Vec<Card>,
    next: Option<String>,
    projects: Vec<(u32, String)>,
    people: Vec<(u32, String)>,
    labels: Vec<(u32, String)>,
}

/// The issues that were asked for.
pub(crate) fn list(view: &View, request: &Request) -> Result<Response> {
    let asked: Asked = request.query()?;
    let Ok(issues) = filtered(&asked, view.today()) else { return page::missing(view) };
    let (found, next) = if asked.q.trim().is_empty() {
        let after = match asked.after.as_str() {
            "" => None,
            after => Some(after.parse()?),
        };
        let window = issues.order_by(order(&asked.sort)).page_after(after.as_ref(), CARDS, view.cx)?;
        (window.items, window.next.map(|next| next.to_string()))
    } else {
        (issues.search_as_typed(&asked.q).limit(FOUND).all(view.cx)?, None)
    };
    let page = List {
        view,
        today: view.today(),
        cards: cards(view, found)?,
        next,
        projects: Project::objects().select((Project::id, Project::name)).all(view.cx)?,
        people: Person::objects().select((Person::id, Person::name)).all(view.cx)?,
        labels: Label::objects().select((Label::id, Label::name)).all(view.cx)?,
        asked,
    };
    show(StatusCode::OK, &page)
}

/// The issues that meet all that was asked; what is not asked for is empty.
fn filtered(
    asked: &Asked,
    today: Date,
) -> Result<Objects<Issue, impl Selection<Issue, Row = Listed> + 'static>> {
    let key = |text: &str| text.parse::<u32>().map_err(|_| Error::not_found("page"));
    let mut issues = listed();
    if !asked.state.is_empty() {
        let state: State = asked.state.parse().map_err(|_| Error::not_found("page"))?;
        issues = issues.filter(Issue::state.eq(state));
    }
    if !asked.project.is_empty() {
        issues = issues.filter(Issue::project.eq(ForeignKey::new(key(&asked.project)?)));
    }
    match asked.assignee.as_str() {
        "" => {}
        "nobody" => issues = issues.filter(Issue::assignee.is_null()),
        person => issues = issues.filter(Issue::assignee.eq(ForeignKey::new(key(person)?))),
    }
    if !asked.label.is_empty() {
        issues = issues.filter(Tag::issue.any(Tag::label.eq(ForeignKey::new(key(&asked.label)?))));
    }
    if !asked.overdue.is_empty() {
        issues = issues.filter(Issue::due.lt(today)).filter(Issue::state.ne(State::Done));
    }
    Ok(issues)
}

fn order(sort: &str) -> Vec<Order<Issue>> {
    match sort {
        "oldest" => vec![Issue::created.asc()],
        "priority" => vec![Issue::priority.asc(), Issue::id.asc()],
        // What is due on no day comes last.
        "due" => vec![Issue::due.or(Date::MAX).asc(), Issue::id.asc()],
        _ => vec![Issue::created.desc()],
    }
}

/// The address of the next page of the same list.
pub(crate) fn query(asked: &Asked, next: &str) -> String {
    let Asked { state, project, assignee, label, overdue, sort, .. } = asked;
    let all = [("state", state), ("project", project), ("assignee", assignee), ("label", label)];
    let all = all.into_iter().chain([("overdue", overdue), ("sort", sort)]);
    // What means something is letters and digits.
    let plain = |value: &str| !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric());
    let given: String =
        all.filter(|(_, value)| plain(value)).map(|(name, value)| format!("{name}={value}&")).collect();
    format!("{given}after={next}")
}
