//! The report: what is open and for how long, by project, by person, and how it went week by week.

use askama::Template;
use domicile::prelude::*;
use domicile::query::{Bucket, count};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

use crate::model::{Issue, Person, Project, State};
use crate::page::{View, show};

/// How many weeks are shown.
const WEEKS: i32 = 12;

/// More issues at a time than this are too many for one person.
const MANY: u64 = 3;

#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    view: &'a View<'a>,
    today: Date,
    open: u64,
    done: u64,
    overdue: u64,
    age: Option<String>,
    /// The project, its issues that are not done, and all of them.
    projects: Vec<(String, u64, u64)>,
    /// Who, what they have to do, and how much of that is urgent.
    people: Vec<(Option<String>, u64, u64)>,
    busy: Vec<String>,
    weeks: Vec<(Date, u64, u64)>,
    /// The most of a project, of a person and of a week, for the lengths of the bars.
    most: (u64, u64, u64),
}

pub(crate) fn report(view: &View) -> Result<Response> {
    let (cx, today) = (view.cx, view.today());
    let unfinished = || Issue::objects().filter(Issue::state.ne(State::Done));
    let overdue = Issue::due.lt(today) & Issue::state.ne(State::Done);
    let totals = Issue::objects().select((
        count().only(Issue::state.ne(State::Done)),
        count().only(Issue::state.eq(State::Done)),
        count().only(overdue),
    ));
    let (open, done, overdue) = totals.get(cx)?;
    let open_of_group = count().only(Issue::state.ne(State::Done));
    let projects =
        Issue::objects().group_by(Issue::project).order_by((open_of_group.clone().desc(), Issue::project));
    let projects: Vec<(String, u64, u64)> =
        projects.select((Issue::project.to(Project::name), open_of_group, count())).all(cx)?;
    let people = unfinished().group_by(Issue::assignee).order_by((count().desc(), Issue::assignee)).select((
        Issue::assignee.to(Person::name),
        count(),
        count().only(Issue::priority.le(2)),
    ));
    let people: Vec<(Option<String>, u64, u64)> = people.all(cx)?;
    let busy = unfinished().filter(Issue::assignee.is_not_null()).group_by(Issue::assignee);
    let busy = busy.having(count().gt(MANY)).select(Issue::assignee.to(Person::name));
    let busy = busy.order_by(Issue::assignee.to(Person::name)).all(cx)?.into_iter().flatten().collect();
    let weeks = weeks(view)?;
    let most = (
        projects.iter().map(|(_, _, all)| *all).max().unwrap_or(1),
        people.iter().map(|(_, open, _)| *open).max().unwrap_or(1),
        weeks.iter().map(|(_, opened, closed)| Ord::max(*opened, *closed)).max().unwrap_or(1).max(1),
    );
    let age = age(view)?;
    show(
        StatusCode::OK,
        &Report { view, today, open, done, overdue, age, projects, people, busy, weeks, most },
    )
}

/// The mean age of what is not done.
fn age(view: &View) -> Result<Option<String>> {
    let unfinished = Issue::objects().filter(Issue::state.ne(State::Done));
    let opened = unfinished.select(Issue::created).all(view.cx)?;
    let now = view.cx.now().as_millis();
    let Ok(count) = i64::try_from(opened.len()) else { return Ok(None) };
    let sum: i64 = opened.iter().map(|opened| now - opened.as_millis()).sum();
    Ok(sum.checked_div(count).map(|mean| match mean / 3_600_000 {
        hours @ ..48 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    }))
}

/// How many were opened and closed in each of the last weeks, which begin on Monday on the team's clock.
fn weeks(view: &View) -> Result<Vec<(Date, u64, u64)>> {
    let today = view.today();
    let monday = today - i32::from(today.weekday().to_monday_zero_offset()).days();
    let first = monday - (WEEKS - 1).weeks();
    let since =
        first.to_zoned(view.clock.clone()).map_or(jiff::Timestamp::UNIX_EPOCH, |start| start.timestamp());
    let since = Timestamp::from(since);
    let opened = Issue::created.bucket(Bucket::Week, &view.clock);
    let opened = Issue::objects()
        .filter(Issue::created.ge(since))
        .group_by(opened.clone())
        .select((opened, count()))
        .all(view.cx)?;
    let closed = Issue::closed.bucket(Bucket::Week, &view.clock);
    let closed = Issue::objects()
        .filter(Issue::closed.ge(since))
        .group_by(closed.clone())
        .select((closed, count()))
        .all(view.cx)?;
    let in_week = |week: Date| {
        let start: DateTime = week.into();
        let opened = opened.iter().find(|(at, _)| *at == start).map_or(0, |(_, count)| *count);
        let closed = closed.iter().find(|(at, _)| *at == Some(start)).map_or(0, |(_, count)| *count);
        (week, opened, closed)
    };
    Ok((0..WEEKS).map(|week| in_week(first + week.weeks())).collect())
}
