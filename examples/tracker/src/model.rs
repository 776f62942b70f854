//! The models: projects, issues, people, labels and comments.

use domicile::model::schema::Literal;
use domicile::prelude::*;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What issues are about.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(name))]
pub struct Project {
    /// Its number.
    pub id: u32,
    /// A short name.
    #[model(max_length = 60, unique)]
    pub name: String,
    /// A sentence.
    #[model(max_length = 200, blank)]
    pub about: String,
}

/// Somebody who does or writes something.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(name), verbose_name_plural = "people")]
pub struct Person {
    /// Their number.
    pub id: u32,
    /// Their name.
    #[model(max_length = 60, unique)]
    pub name: String,
}

/// A word that issues are sorted by.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(name))]
pub struct Label {
    /// Its number.
    pub id: u32,
    /// The word.
    #[model(max_length = 30, unique)]
    pub name: String,
    /// How it is shown.
    #[model(default = Colour::Blue)]
    pub colour: Colour,
}

/// The colour of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choices)]
#[allow(missing_docs, reason = "they are colours")]
pub enum Colour {
    Blue,
    Green,
    Red,
    Violet,
    Yellow,
}

/// How far an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choices)]
pub enum State {
    /// Nobody has begun.
    Open,
    /// Somebody is at it.
    #[choice(value = "doing", label = "In progress")]
    Doing,
    /// There is nothing left to do.
    Done,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(
    ordering(-created),
    index(state, created),
    index(state, priority),
    search(title, description),
    tokenizer = "porter unicode61"
)]
pub struct Issue {
    /// Its number.
    pub id: u32,
    /// What it is about. It goes where its project goes.
    #[model(on_delete = cascade)]
    pub project: ForeignKey<Project>,
    /// A line.
    #[model(max_length = 200)]
    pub title: String,
    /// As much text as it needs.
    #[model(max_length = 20_000, blank)]
    pub description: String,
    /// How far it is.
    #[model(default = State::Open)]
    pub state: State,
    /// 1 is first; a number, so that it sorts.
    #[model(choices(1 = "Urgent", 2 = "High", 3 = "Normal", 4 = "Low"), default = 3)]
    pub priority: u8,
    /// Who does it. Without them it is nobody's.
    #[model(on_delete = set_null)]
    pub assignee: Option<ForeignKey<Person>>,
    /// The day by which it should be done.
    #[model(index)]
    pub due: Option<Date>,
    /// How many comments it has, kept by whoever adds one.
    #[model(default = 0)]
    pub comments: u32,
    /// When it was opened.
    #[model(index, default = now)]
    pub created: Timestamp,
    /// When it was last changed.
    #[model(default = now, updated = now)]
    pub updated: Timestamp,
    /// When it was done.
    #[model(index)]
    pub closed: Option<Timestamp>,
}

/// What somebody has to say about an issue. Nobody who has said something can be deleted.
#[derive(Debug, Clone, PartialEq, Model)]
pub struct Comment {
    /// Its number.
    pub id: u32,
    /// What it is about.
    #[model(on_delete = cascade)]
    pub issue: ForeignKey<Issue>,
    /// Who wrote it.
    #[model(on_delete = protect)]
    pub author: ForeignKey<Person>,
    /// What it says.
    #[model(max_length = 10_000, verbose_name = "comment")]
    pub text: String,
    /// When it was written.
    #[model(default = now)]
    pub created: Timestamp,
}

/// That an issue has a label.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(unique(issue, label))]
pub struct Tag {
    /// Its number.
    pub id: u32,
    /// The issue. The index over both serves it.
    #[model(on_delete = cascade, index = false)]
    pub issue: ForeignKey<Issue>,
    /// The label.
    #[model(on_delete = cascade)]
    pub label: ForeignKey<Label>,
}

/// What the team has chosen: one row, whose key is 1.
#[derive(Debug, Clone, PartialEq, Model)]
pub struct Setting {
    /// 1.
    pub id: u32,
    /// Where its days begin.
    #[model(verbose_name = "time zone")]
    pub zone: Zone,
}

/// A time zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Choices)]
#[allow(missing_docs, reason = "they are names of cities")]
pub enum Zone {
    #[default]
    #[choice(value = "utc", label = "UTC")]
    Utc,
    London,
    Zurich,
    #[choice(value = "new_york", label = "New York")]
    NewYork,
    #[choice(value = "los_angeles", label = "Los Angeles")]
    LosAngeles,
    Kolkata,
    Tokyo,
    Sydney,
}

impl Zone {
    /// Its clocks, by the rule that they follow today, which needs no database of zones in the Wasm.
    #[must_use]
    pub fn clock(self) -> TimeZone {
        let rule = match self {
            Zone::Utc => "UTC0",
            Zone::London => "GMT0BST,M3.5.0/1,M10.5.0",
            Zone::Zurich => "CET-1CEST,M3.5.0,M10.5.0/3",
            Zone::NewYork => "EST5EDT,M3.2.0,M11.1.0",
            Zone::LosAngeles => "PST8PDT,M3.2.0,M11.1.0",
            Zone::Kolkata => "IST-5:30",
            Zone::Tokyo => "JST-9",
            Zone::Sydney => "AEST-10AEDT,M10.1.0,M4.1.0/3",
        };
        TimeZone::posix(rule).unwrap_or(TimeZone::UTC)
    }
}

/// What people call a priority.
#[must_use]
pub fn priority(value: &u8) -> &'static str {
    let choices = Issue::priority.schema().choices;
    let found = choices.iter().find(|choice| choice.value == Literal::Integer(i64::from(*value)));
    found.map_or("", |choice| choice.label)
}
