//! Cases out of what came of groups: which there are, and which are not equal.

use domicile_conformance::program::{Alarm, End, Event, Group, Step};
use serde_json::{Value, json};

use super::play::Played;

/// A group that is played, with the reading of its whole state at the end.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What a report calls it.
    pub name: String,
    /// Where its behaviour is from.
    pub source: String,
    pub group: Group,
    /// Whether the numbers of rows written are compared.
    counts: bool,
}

/// A case that is not equal.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The place of its group.
    pub at: usize,
    pub name: String,
    pub source: String,
    /// What was done.
    pub case: String,
    pub one: Value,
    pub other: Value,
}

impl Subject {
    /// Adds an event that reads all that the group has left behind.
    pub fn new(name: String, source: String, mut group: Group) -> Self {
        let steps = vec![Step::Dump, Step::Alarm(Alarm::Ask)];
        group.events.push(Event { reads: true, end: End::Ok, steps });
        Self { name, source, group, counts: true }
    }

    /// Compares all but the numbers of rows written, which are known to differ for some of its indexes (`KNOWN.md`).
    pub fn without_counts(self) -> Self {
        Self { counts: false, ..self }
    }

    /// How many cases it holds.
    pub fn cases(&self) -> usize {
        self.each().len()
    }

    /// Whether a report would name it, or something of it, by a text like this.
    pub fn is_called(&self, text: &str) -> bool {
        self.name.contains(text) || self.each().iter().any(|(_, case)| case.contains(text))
    }

    /// Its cases: the place of the event, the one of the step, and what is done. The state at the end is none of its own.
    fn each(&self) -> Vec<(Place, String)> {
        let events = &self.group.events[..self.group.events.len() - 1];
        let mut cases = Vec::new();
        for (event, at) in events.iter().zip(0..) {
            if event.end == End::Panic || event.steps.is_empty() {
                cases.push((Place { event: at, step: None }, json!(event).to_string()));
                continue;
            }
            for (step, n) in event.steps.iter().zip(0..) {
                cases.push((Place { event: at, step: Some(n) }, told(step)));
            }
        }
        cases
    }

    /// The cases whose outcomes differ; the state at the end belongs to the last of them.
    pub fn differences(&self, at: usize, one: &Played, other: &Played) -> Vec<Difference> {
        let cases = self.each();
        let mut found: Vec<Difference> = cases
            .iter()
            .filter_map(|(place, case)| {
                let (one, other) = (self.outcome(place, one), self.outcome(place, other));
                (one != other).then(|| self.difference(at, place, case.clone(), one, other))
            })
            .collect();
        let end = self.group.events.len() - 1;
        if found.is_empty() && one.get(end) != other.get(end) {
            let state = |played: &Played| played.get(end).cloned().unwrap_or_default();
            let place = Place { event: end, step: None };
            found.push(self.difference(
                at,
                &place,
                "the state at the end".to_owned(),
                state(one),
                state(other),
            ));
        }
        found
    }

    fn outcome(&self, place: &Place, played: &Played) -> Value {
        let mut outcome = place.of(played, &self.group);
        if !self.counts {
            forget_counts(&mut outcome);
        }
        outcome
    }

    fn difference(&self, at: usize, place: &Place, case: String, one: Value, other: Value) -> Difference {
        let step = place.step.map(|step| format!(", step {}", step + 1)).unwrap_or_default();
        let name = format!("{}, event {}{step}", self.name, place.event + 1);
        Difference { at, name, source: self.source.clone(), case, one, other }
    }
}

/// Where the outcome of a case stands.
struct Place {
    event: usize,
    step: Option<usize>,
}

impl Place {
    fn of(&self, played: &Played, group: &Group) -> Value {
        let Some(outcome) = played.get(self.event) else { return Value::Null };
        let expected = match group.events[self.event].end {
            End::Ok => "ok",
            End::Fail => "undone",
            End::Panic => "failed",
        };
        // An event that did not end as it should is itself what is shown.
        let step = self.step.and_then(|step| outcome.get(expected)?.get(step));
        step.unwrap_or(outcome).clone()
    }
}

/// A step for people: a statement as it is, anything else as it stands in a file.
pub fn told(step: &Step) -> String {
    match step {
        Step::Sql(sql, params) if params.is_empty() => sql.clone(),
        Step::Sql(sql, params) => format!("{sql}  {}", json!(params)),
        other => json!(other).to_string(),
    }
}

/// Takes the numbers of rows written out, those of nested steps too.
fn forget_counts(outcome: &mut Value) {
    match outcome {
        Value::Object(object) => {
            object.remove("written");
            object.values_mut().for_each(forget_counts);
        }
        Value::Array(array) => array.iter_mut().for_each(forget_counts),
        _ => {}
    }
}
