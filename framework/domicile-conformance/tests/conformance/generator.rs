//! Groups made by chance: a schema, values that are at edges, and statements of every sort, the wrong ones among them.
//!
//! Nothing is made whose result the language leaves open: rows come in a total order, and neither time nor chance is
//! asked for. Group `n` of a seed is always the same, however many are made.

mod define;
mod dice;
mod expression;
mod refused;
mod schema;
mod select;
mod statement;
mod value;
mod write;

use domicile_conformance::program::{Alarm, End, Event, Group, Step};

use super::compare::Subject;
use dice::Dice;
use schema::Schema;

/// Groups of a seed, in which there are at least `cases` cases.
pub fn subjects(seed: u64, cases: usize) -> Vec<Subject> {
    let mut made = Vec::new();
    let mut count = 0;
    while count < cases {
        let subject = subject(seed, made.len());
        count += subject.cases();
        made.push(subject);
    }
    made
}

/// One group.
fn subject(seed: u64, n: usize) -> Subject {
    let mut dice = Dice::new(seed ^ (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut schema = Schema::default();
    let mut events = vec![Event { steps: define::start(&mut dice, &mut schema), ..Event::default() }];
    let mut left = 8 + dice.below(6);
    while left > 0 {
        let mut event = Event::default();
        match dice.below(12) {
            0 => event.reads = true,
            1 => event.end = End::Fail,
            _ => {}
        }
        // What is undone must not be believed in afterwards.
        let before = schema.clone();
        for _ in 0..(2 + dice.below(8)).min(left) {
            event.steps.push(step(&mut dice, &mut schema, event.reads));
            left -= 1;
        }
        if event.end == End::Fail {
            schema = Schema { computed: schema.computed, ..before };
        }
        events.push(event);
    }
    let name = format!("generated-{n}");
    let actor = format!("{seed}-{n}");
    let subject = Subject::new(name, format!("the generator, seed {seed}"), Group { actor, events });
    if schema.computed { subject.without_counts() } else { subject }
}

fn step(dice: &mut Dice, schema: &mut Schema, reads: bool) -> Step {
    match dice.below(60) {
        0 => Step::Alarm(dice.pick(&[Alarm::Set, Alarm::Clear, Alarm::Ask])),
        1 => {
            let end = if dice.one_in(2) { End::Ok } else { End::Fail };
            let before = schema.clone();
            let steps = (0..1 + dice.below(3)).map(|_| statement::step(dice, schema, reads)).collect();
            if end == End::Fail {
                *schema = Schema { computed: schema.computed, ..before };
            }
            Step::Nested(end, steps)
        }
        _ => statement::step(dice, schema, reads),
    }
}

#[cfg(test)]
pub fn same_twice() {
    let texts = |seed| subjects(seed, 300).iter().map(|s| format!("{:?}", s.group)).collect::<Vec<_>>();
    assert_eq!(texts(7), texts(7), "a seed gives the same groups each time");
    assert_ne!(texts(7), texts(8), "another seed gives others");
}
