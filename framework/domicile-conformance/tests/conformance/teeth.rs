//! The teeth: the native host broken in one way at a time, which the cases must catch.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use domicile_conformance::program::Group;
use native_harness::tooth::{Tooth, choose};

use super::compare::Subject;
use super::play::{Played, play};
use crate::support::host::Kind;
use crate::support::world::Server;

/// A tooth, and the case that caught it.
#[derive(Debug)]
pub struct Bitten {
    pub tooth: Tooth,
    pub by: Option<String>,
}

/// The case of alarms that catches a tooth. They run in this process, where time is their own.
fn by_alarms(tooth: Tooth) -> Option<String> {
    choose(tooth);
    let outcomes = crate::ringing::outcomes(false, |_| true);
    choose(Tooth::None);
    outcomes.into_iter().find(|(_, wrong)| wrong.is_some()).map(|(name, _)| format!("alarms: {name}"))
}

/// Breaks the host in each of these ways, and compares it with what came of the whole host.
pub fn all(teeth: &[Tooth], subjects: &[Subject], whole: &[Played]) -> Result<Vec<Bitten>> {
    teeth.iter().map(|tooth| Ok(Bitten { tooth: *tooth, by: one(*tooth, subjects, whole)? })).collect()
}

fn one(tooth: Tooth, subjects: &[Subject], whole: &[Played]) -> Result<Option<String>> {
    let began = Instant::now();
    let name = format!("{tooth:?}");
    let server = Server::start(&Kind::Native, &[("DOMICILE_TOOTH", &name)]);
    let groups: Vec<&Group> = subjects.iter().map(|subject| &subject.group).collect();
    let found = AtomicBool::new(false);
    let differs = |at: usize, played: &Played| {
        let differs = !subjects[at].differences(at, &whole[at], played).is_empty();
        found.fetch_or(differs, Ordering::Relaxed);
        differs
    };
    // A host that is broken may fail to answer at all, which is a difference too.
    let played = match play(server.address(), &groups, &differs) {
        Ok(played) => played,
        Err(error) => return Ok(Some(format!("no answer: {error:#}"))),
    };
    let differences = subjects.iter().enumerate().filter_map(|(at, subject)| {
        let played = played.get(at)?.as_ref()?;
        subject.differences(at, &whole[at], played).into_iter().next()
    });
    let by = differences.map(|difference| difference.name).next().or_else(|| by_alarms(tooth));
    let caught = by.as_deref().unwrap_or("NOT CAUGHT");
    println!("tooth {name:<26} {:>5} ms  {caught}", began.elapsed().as_millis());
    Ok(by)
}
