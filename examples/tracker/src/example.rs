//! Data to try the tracker with, which a button on an empty board loads.

use domicile::prelude::*;
use domicile::query::create_all;
use jiff::ToSpan as _;

use crate::model::{Colour, Comment, Issue, Label, Person, Project, State, Tag};
use crate::page::View;

/// Title, description, project, state, priority, assignee, days since it was opened, days from then to its close or,
/// where it is open, from today to the day that it is due, and labels. Zero is nobody and no day.
type Example = (&'static str, &'static str, u32, State, u8, u32, u64, i64, &'static [u32]);

const ISSUES: &[Example] = &[
    (
        "Checkout fails for addresses in Iceland",
        "The form asks for a state, and there is none.\n\nSteps:\n1. Choose Iceland.\n2. Press Pay.",
        1,
        State::Doing,
        1,
        1,
        3,
        1,
        &[1],
    ),
    (
        "Show the delivery day before payment",
        "People ask for it by mail every day.",
        1,
        State::Open,
        2,
        2,
        12,
        9,
        &[2],
    ),
    (
        "Search finds nothing for words with accents",
        "“Café” and “cafe” should find the same.",
        1,
        State::Open,
        2,
        0,
        20,
        -2,
        &[1],
    ),
    ("Remember the basket for a month", "", 1, State::Open, 3, 3, 33, 0, &[2]),
    (
        "Photographs load slowly on phones",
        "They are sent as they were taken, several megabytes each.",
        1,
        State::Doing,
        2,
        2,
        8,
        -1,
        &[1, 3],
    ),
    ("Say thank you after an order", "", 1, State::Done, 4, 3, 50, 12, &[2]),
    (
        "Dark colours for the evening",
        "Use what the browser says, without a switch.",
        2,
        State::Doing,
        3,
        4,
        15,
        6,
        &[2, 4],
    ),
    (
        "The app forgets who is signed in",
        "After an update of the phone one has to sign in again.",
        2,
        State::Open,
        1,
        4,
        5,
        2,
        &[1],
    ),
    (
        "Barcode reader for the warehouse",
        "The camera is good enough for that.",
        2,
        State::Open,
        3,
        1,
        41,
        30,
        &[2],
    ),
    ("Crash when the list is empty", "", 2, State::Done, 1, 4, 29, 2, &[1]),
    ("Translate to Norwegian", "The texts are in one file.", 2, State::Open, 4, 0, 60, 0, &[4]),
    ("Ship the beta to ten shops", "", 2, State::Done, 2, 1, 44, 20, &[]),
    ("Write down how a release is made", "So that it does not need Ada.", 3, State::Open, 3, 1, 18, 14, &[3]),
    (
        "Backups are never tried",
        "A backup that nobody has restored is a hope.",
        3,
        State::Open,
        2,
        1,
        26,
        -4,
        &[3],
    ),
    ("Renew the certificates", "", 3, State::Done, 1, 2, 36, 4, &[3]),
    ("Move the logs out of the database", "", 3, State::Done, 3, 2, 72, 33, &[3]),
    ("Alarms wake people for nothing", "Two nights in a row.", 3, State::Done, 2, 1, 16, 6, &[1, 3]),
    ("Count what a page costs", "Statements and rows, for each page.", 3, State::Doing, 3, 3, 9, 0, &[3, 4]),
];

/// Issue, author, days after it was opened, and the text.
const COMMENTS: &[(u32, u32, u64, &str)] = &[
    (1, 2, 1, "It is the same for Liechtenstein."),
    (1, 1, 2, "Found it: the list of states is asked for before the country is known."),
    (3, 4, 3, "The index folds them already, the form did not."),
    (5, 3, 1, "A smaller copy of each would do."),
    (7, 2, 4, "Please keep the contrast of small text."),
    (10, 1, 1, "Fixed in 2.1."),
    (14, 2, 6, "I can give it an afternoon."),
    (17, 3, 2, "The limit was in bytes, not in kilobytes."),
];

/// Loads the example into a tracker that has nothing yet.
pub(crate) fn load(view: &View) -> Result<Response> {
    let cx = view.cx;
    if Project::objects().exists(cx)? || Person::objects().exists(cx)? || Label::objects().exists(cx)? {
        return Err(Error::new(
            domicile::Kind::Conflict,
            "The example is for a tracker that has nothing yet.",
        ));
    }
    let projects = [
        ("Shop", "What customers see."),
        ("Phone app", "For people who are on their way."),
        ("Servers", "What everything else stands on."),
    ];
    let new = |(name, about)| Project::create().set(Project::name, name).set(Project::about, about);
    create_all(projects.map(new).into(), cx)?;
    let people = ["Ada", "Berit", "Cleo", "Dan"];
    create_all(people.map(|name| Person::create().set(Person::name, name)).into(), cx)?;
    let labels = [
        ("bug", Colour::Red),
        ("idea", Colour::Blue),
        ("chore", Colour::Yellow),
        ("good first issue", Colour::Green),
    ];
    let new = |(name, colour)| Label::create().set(Label::name, name).set(Label::colour, colour);
    create_all(labels.map(new).into(), cx)?;
    create_all(ISSUES.iter().map(|example| issue(view, example)).collect(), cx)?;
    let mut tags = Vec::new();
    for (id, (.., labels)) in (1..).zip(ISSUES) {
        let tag = |label: &u32| {
            Tag::create().set(Tag::issue, ForeignKey::new(id)).set(Tag::label, ForeignKey::new(*label))
        };
        tags.extend(labels.iter().map(tag));
    }
    create_all(tags, cx)?;
    let mut comments = Vec::new();
    for (issue, author, days, text) in COMMENTS {
        let Some((.., opened, _, _)) = ISSUES.get(*issue as usize - 1) else { continue };
        comments.push(
            Comment::create()
                .set(Comment::issue, ForeignKey::new(*issue))
                .set(Comment::author, ForeignKey::new(*author))
                .set(Comment::text, *text)
                .set(Comment::created, ago(view, opened.saturating_sub(*days))),
        );
    }
    create_all(comments, cx)?;
    view.go("/")
}

fn issue(view: &View, example: &Example) -> domicile::query::Create<Issue> {
    let (title, description, project, state, priority, assignee, opened, days, labels) = *example;
    let _ = labels;
    let is_done = state == State::Done;
    let closed = is_done.then(|| ago(view, opened.saturating_sub(days.unsigned_abs())));
    let comments =
        COMMENTS.iter().filter(|(id, ..)| ISSUES.get(*id as usize - 1).is_some_and(|e| e.0 == title));
    Issue::create()
        .set(Issue::title, title)
        .set(Issue::description, description)
        .set(Issue::project, ForeignKey::new(project))
        .set(Issue::state, state)
        .set(Issue::priority, priority)
        .set(Issue::assignee, (assignee != 0).then(|| ForeignKey::new(assignee)))
        .set(Issue::due, (!is_done && days != 0).then(|| view.today() + days.days()))
        .set(Issue::comments, u32::try_from(comments.count()).unwrap_or_default())
        .set(Issue::created, ago(view, opened))
        .set(Issue::closed, closed)
}

fn ago(view: &View, days: u64) -> Timestamp {
    let now = view.cx.now().as_millis();
    Timestamp::from_millis(now - i64::try_from(days).unwrap_or_default() * 86_400_000)
}
