//! What the user reads: differences in full, and the numbers.

use std::time::Duration;

use serde_json::Value;

use super::compare::{self, Difference, Subject};

/// Differences that are shown; more of them would hide the first.
const SHOWN: usize = 20;

/// The longest outcome that is shown whole, in characters.
const LONGEST: usize = 1500;

/// How many there are of each sort.
#[derive(Debug, Default)]
pub struct Numbers {
    pub hand_written: usize,
    pub scenarios: usize,
    pub alarms: usize,
    pub generated: usize,
    pub unequal: usize,
    pub teeth: usize,
    pub caught: usize,
    pub known: usize,
}

impl Numbers {
    pub fn cases(&self) -> usize {
        self.hand_written + self.scenarios + self.alarms + self.generated
    }

    pub fn is_good(&self) -> bool {
        self.unequal == 0 && self.caught == self.teeth && self.known <= 10
    }

    /// The end of a run.
    pub fn print(&self, seed: u64, took: Duration) {
        println!();
        println!("hand-written and ported  {:>6}", self.hand_written);
        println!("scenarios                {:>6}", self.scenarios);
        println!("alarms                   {:>6}", self.alarms);
        println!("generated                {:>6}  (seed {seed})", self.generated);
        println!("seconds                  {:>6}", took.as_secs());
        println!();
        let (cases, equal) = (self.cases(), self.cases().saturating_sub(self.unequal));
        println!("{cases} cases, {equal} equal, {} teeth, {} caught", self.teeth, self.caught);
        println!("{} known differences", self.known);
    }
}

/// Prints all steps of the groups in which something differs, so that one sees what led to it.
pub fn scripts(subjects: &[Subject], found: &[Difference]) {
    for (_, subject) in subjects.iter().enumerate().filter(|(at, _)| found.iter().any(|d| d.at == *at)) {
        println!("\n{}: all its steps", subject.name);
        for (n, event) in subject.group.events.iter().enumerate() {
            println!(
                "  event {}: {}, ends {:?}",
                n + 1,
                if event.reads { "read" } else { "write" },
                event.end
            );
            for step in &event.steps {
                println!("    {}", compare::told(step));
            }
        }
    }
}

/// Prints what differs, each with the command that shows it again.
pub fn differences(found: &[Difference], hosts: (&str, &str), seed: u64) {
    for difference in found.iter().take(SHOWN) {
        println!("\n{}  [{}]", difference.name, difference.source);
        println!("  {}", difference.case);
        println!("  {:>9}: {}", hosts.0, shown(&difference.one, &difference.other));
        println!("  {:>9}: {}", hosts.1, shown(&difference.other, &difference.one));
        let group = difference.name.split(", event").next().unwrap_or_default();
        println!("  again: cargo domicile conformance --seed {seed} --no-teeth --only '{group}'");
    }
    if found.len() > SHOWN {
        println!("\n… and {} more differences", found.len() - SHOWN);
    }
}

/// A long outcome from shortly before where it differs from the other.
fn shown(outcome: &Value, other: &Value) -> String {
    let (text, other) = (outcome.to_string(), other.to_string());
    let from = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start = from.saturating_sub(LONGEST / 3);
    format!("…{}…", text.chars().skip(start).take(LONGEST).collect::<String>())
}
