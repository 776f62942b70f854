//! Cases as data: what an actor of the proving app is told to do, step by step, in one event after the other.
//!
//! What comes of each step is plain JSON, in which a value keeps its class: see `app/cases/value.rs`.

pub mod d1;

use serde::{Deserialize, Serialize};

/// What one actor, whose store is empty at first, goes through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The actor's name, which no other group has.
    pub actor: String,
    /// Its events, in order.
    pub events: Vec<Event>,
}

/// One event: its steps are in one transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Event {
    /// Whether it is a read, which may not write.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reads: bool,
    /// How it ends.
    #[serde(default)]
    pub end: End,
    /// What it does before.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// How an event or a nested transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// It commits.
    #[default]
    Ok,
    /// With an error, which undoes it.
    Fail,
    /// With a panic, which undoes it.
    Panic,
}

/// One thing that an actor does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Runs a statement with its parameters: all rows, and the rows written.
    Sql(String, Vec<Bound>),
    /// Runs it without looking at its rows: the rows written.
    Execute(String, Vec<Bound>),
    /// Asks for exactly one row.
    One(String, Vec<Bound>),
    /// Asks for one row or none.
    Opt(String, Vec<Bound>),
    /// Asks for exactly one row, read as the type of this name.
    As(String, String),
    /// Steps in a transaction inside that of the event.
    Nested(End, Vec<Step>),
    /// Sets or clears the alarm, or asks for it.
    Alarm(Alarm),
    /// How many events the actor's value has seen and not lost.
    Memory,
    /// Whether time stands still inside an event.
    Clock,
    /// Whether chance differs from draw to draw and from event to event.
    Chance,
    /// The schema and all rows of all tables.
    Dump,
}

/// What is done with the alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alarm {
    /// Sets it to a time that no test lives to see.
    Set,
    /// Clears it.
    Clear,
    /// Asks whether it is set.
    Ask,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// NULL.
    Null,
    /// A `bool`.
    Bool(bool),
    /// An `f64`.
    Number(f64),
    /// Text.
    Text(String),
    /// What JSON has no form for.
    Special(Special),
}

/// A parameter that JSON has no form for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Special {
    /// Bytes.
    #[serde(rename = "b")]
    Blob(Vec<u8>),
    /// An `f64` as Rust prints it: `-0.0`, `inf`, `NaN`.
    #[serde(rename = "n")]
    Number(String),
    /// An `i64`.
    #[serde(rename = "i")]
    Integer(i64),
    /// Text of one character, repeated.
    #[serde(rename = "times")]
    Times(char, usize),
}
