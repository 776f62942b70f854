//! [`Rig`]: watches the actors of one run of a test, keeps its journal, and makes happen what is to go wrong.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use domicile::Timestamp;
use domicile::platform::Cost;
use domicile::resident::Verdict;
use domicile::wire::{ActorRef, Event, RequestId, What};

use super::cost::FullScan;
use super::fault::{Fault, Injection, Point};
use super::journal::Journal;
use crate::host::{Around, AtCommit, Doing, Ended, Time, Watch};
use crate::vfs::Random;

/// How late the platform may be with an alarm.
const LATE: Duration = Duration::from_secs(60);

/// The most things that actors do at one moment and that come of one call: more come of something that has no end.
const AT_ONCE: u32 = 10_000;

/// The most that they do while the clock moves, for one call.
const AT_ALL: u32 = 100_000;

/// The most turns that others get before what comes next.
const TURNS: usize = 8;

/// What one run of a test is to be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) seed: u64,
    /// What goes wrong.
    pub(crate) injection: Option<Injection>,
    /// Whether the order of what happens at the same time is left to the seed.
    pub(crate) shuffle: bool,
    /// Messages that may be delivered twice.
    pub(crate) idempotent: &'static [&'static str],
}

/// Watches one run.
pub(crate) struct Rig {
    run: Run,
    time: Time,
    random: Random,
    order: RefCell<fastrand::Rng>,
    full: Cell<bool>,
    fired: Cell<bool>,
    cost: Cell<Cost>,
    scans: RefCell<Vec<FullScan>>,
    points: RefCell<Vec<Point>>,
    journal: RefCell<Journal>,
    actors: RefCell<HashMap<ActorRef, Seen>>,
    requests: RefCell<HashMap<RequestId, Progress>>,
    awake: RefCell<HashSet<ActorRef>>,
    pace: Cell<Pace>,
    endless: RefCell<Option<String>>,
}

/// What actors have done since the last call from outside.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    at: Option<Timestamp>,
    at_once: u32,
    at_all: u32,
}

/// What is known of an actor.
#[derive(Default)]
struct Seen {
    /// Events that it has ended.
    ended: u64,
    /// What it does now, until that has ended; nothing where the test only looks at something.
    now: Option<Now>,
    /// Whether what it does now has changed its store, up to the commit.
    wrote: bool,
    request: Option<RequestId>,
    asked: bool,
    idempotent: bool,
}

/// Where something that an actor does is written down.
#[derive(Debug, Clone, Copy)]
struct Now {
    point: usize,
    line: usize,
    open: bool,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Commits that changed something.
    pub(crate) commits: u32,
    /// Whether it has met the fault, and that was one that keeps a reply from its caller.
    pub(crate) met: bool,
    /// Whether it is a look of the test's, which no run depends on: nothing goes wrong in it.
    pub(crate) look: bool,
}

impl Rig {
    pub(crate) fn new(run: Run, time: Time, random: Random) -> Self {
        let journal = RefCell::new(Journal::new(time.now()));
        Self {
            run,
            time,
            random,
            order: RefCell::new(fastrand::Rng::with_seed(run.seed)),
            full: Cell::new(false),
            fired: Cell::new(false),
            cost: Cell::default(),
            scans: RefCell::default(),
            points: RefCell::default(),
            journal,
            actors: RefCell::default(),
            requests: RefCell::default(),
            awake: RefCell::default(),
            pace: Cell::default(),
            endless: RefCell::default(),
        }
    }

    /// Draws from here on as one who has this number, whatever was drawn before.
    pub(crate) fn reseed(&self, who: impl Hash) {
        let mut hasher = DefaultHasher::new();
        self.run.seed.hash(&mut hasher);
        who.hash(&mut hasher);
        let mut seed = [0; 32];
        for (part, bytes) in seed.chunks_mut(8).enumerate() {
            part.hash(&mut hasher);
            bytes.copy_from_slice(&hasher.finish().to_le_bytes());
        }
        self.random.reseed(seed);
    }

    pub(crate) fn fill_disk(&self, full: bool) {
        self.note(if full { "the disk is full" } else { "the disk has room again" });
        self.full.set(full);
    }

    pub(crate) fn note(&self, what: impl Into<String>) {
        self.journal.borrow_mut().note(self.time.now(), what);
    }

    pub(crate) fn journal(&self) -> String {
        self.journal.borrow().show()
    }

    /// The statements that walked over whole tables.
    pub(crate) fn scans(&self) -> Vec<FullScan> {
        self.scans.borrow().clone()
    }

    /// What handlers have cost since the run began.
    pub(crate) fn cost(&self) -> Cost {
        self.cost.get()
    }

    /// A request comes from outside, perhaps once more.
    pub(crate) fn begin_request(&self, request: RequestId, look: bool) {
        self.pace.set(Pace::default());
        self.requests.borrow_mut().insert(request, Progress { look, ..Progress::default() });
        self.reseed(request.0);
    }

    pub(crate) fn progress(&self, request: RequestId) -> Progress {
        self.requests.borrow().get(&request).copied().unwrap_or_default()
    }

    /// Whether a call that has failed may owe that to what has gone wrong.
    pub(crate) fn has_cut_off(&self) -> bool {
        self.fired() && self.run.injection.is_some_and(|injection| injection.fault.cuts_off())
    }

    /// Something begins that is not yet counted.
    pub(crate) fn begin_pace(&self) {
        self.pace.set(Pace::default());
    }

    /// What actors do without an end, as far as can be told.
    pub(crate) fn endless(&self) -> Option<String> {
        self.endless.borrow().clone()
    }

    /// Counts that an actor does something; whether it may.
    fn keeps_pace(&self, actor: &ActorRef, doing: Doing<'_>) -> bool {
        let mut pace = self.pace.get();
        let now = self.time.now();
        if pace.at.replace(now) != Some(now) {
            pace.at_once = 0;
        }
        pace.at_once += 1;
        pace.at_all += 1;
        self.pace.set(pace);
        let how_often = match (pace.at_once > AT_ONCE, pace.at_all > AT_ALL) {
            (true, _) => format!("{AT_ONCE} times at the same moment"),
            (_, true) => format!("{AT_ALL} times"),
            _ => return self.endless.borrow().is_none(),
        };
        self.endless.borrow_mut().get_or_insert_with(|| {
            let what = described(doing);
            format!(
                "actors have worked {how_often} for one call, at last {actor} for `{what}`: does an alarm set itself \
                 again and again, or an effect ask for ever?"
            )
        });
        false
    }

    fn is_look(&self, doing: Doing<'_>) -> bool {
        match doing {
            Doing::Event(event) | Doing::Page(event) => self.progress(event.request).look,
            Doing::Alarm(_) => false,
        }
    }

    /// Whether what is to go wrong has gone wrong.
    pub(crate) fn fired(&self) -> bool {
        self.fired.get()
    }

    pub(crate) fn points(&self) -> Vec<Point> {
        self.points.borrow().clone()
    }

    /// Whether `fault` is to happen at `point`, which has the chance.
    fn chance(&self, point: usize, fault: Fault) -> bool {
        if let Some(point) = self.points.borrow_mut().get_mut(point)
            && !point.faults.contains(&fault)
        {
            point.faults.push(fault);
        }
        self.run.injection == Some(Injection { point, fault })
    }

    /// Counts what is committed.
    fn count(&self, seen: &mut Seen) {
        seen.ended += 1;
        if let Some(request) = seen.request.filter(|_| seen.wrote) {
            self.requests.borrow_mut().entry(request).or_default().commits += 1;
        }
    }

    fn fire(&self, seen: &Seen, fault: Fault) {
        self.fired.set(true);
        self.note(format!("fault: {fault}"));
        if let Some(request) = seen.request.filter(|_| fault.cuts_off()) {
            self.requests.borrow_mut().entry(request).or_default().met = true;
        }
    }
}

impl Watch for Rig {
    fn begin(&self, actor: &ActorRef, doing: Doing<'_>) -> Around {
        let mut around = Around { full: self.full.get(), ..Around::default() };
        if !self.keeps_pace(actor, doing) {
            return Around { stop: true, ..around };
        }
        if self.is_look(doing) {
            self.actors.borrow_mut().entry(actor.clone()).or_default().now = None;
            return around;
        }
        let point = self.points.borrow().len();
        let what = described(doing);
        self.points.borrow_mut().push(Point { what: format!("{actor}: {what}"), faults: Vec::new() });
        let mut actors = self.actors.borrow_mut();
        let seen = actors.entry(actor.clone()).or_default();
        let line = self.journal.borrow_mut().begin(self.time.now(), actor, what);
        seen.now = Some(Now { point, line, open: true });
        (seen.request, seen.asked, seen.idempotent) = match doing {
            Doing::Event(event) => {
                let name = if let What::Message { name, .. } = &event.what { name } else { "" };
                (Some(event.request), !event.chain.is_empty(), self.run.idempotent.contains(&name))
            }
            Doing::Page(_) | Doing::Alarm(_) => (None, false, false),
        };
        self.reseed((actor, seen.ended));
        if !self.awake.borrow_mut().insert(actor.clone()) && self.chance(point, Fault::Eviction) {
            self.fire(seen, Fault::Eviction);
            around.evict = true;
        }
        if let Doing::Alarm(_) = doing {
            if self.chance(point, Fault::LateAlarm) {
                self.fire(seen, Fault::LateAlarm);
                self.time.advance(LATE);
            }
            if self.chance(point, Fault::RepeatedAlarm) {
                self.fire(seen, Fault::RepeatedAlarm);
                around.again = true;
            }
        }
        // Whether the event writes is only known once it has; the first run has told.
        if self.run.injection == Some(Injection { point, fault: Fault::FullDisk }) {
            self.fire(seen, Fault::FullDisk);
            around.full = true;
        }
        if self.run.injection == Some(Injection { point, fault: Fault::Duplicate }) {
            self.fire(seen, Fault::Duplicate);
            around.again = true;
        }
        around
    }

    fn commit(&self, actor: &ActorRef, wrote: bool, verdict: Verdict) -> AtCommit {
        let mut actors = self.actors.borrow_mut();
        let Some(seen) = actors.get_mut(actor).filter(|_| verdict == Verdict::Commit) else {
            return AtCommit::Made;
        };
        let Some(Now { point, .. }) = seen.now else { return AtCommit::Made };
        let mut at = AtCommit::Made;
        if wrote {
            self.chance(point, Fault::FullDisk);
            if seen.idempotent {
                self.chance(point, Fault::Duplicate);
            }
            if self.chance(point, Fault::CrashBeforeCommit) {
                self.fire(seen, Fault::CrashBeforeCommit);
                return AtCommit::CrashBefore;
            }
            if self.chance(point, Fault::CrashAfterCommit) {
                self.fire(seen, Fault::CrashAfterCommit);
                at = AtCommit::CrashAfter;
            }
            if seen.asked && self.chance(point, Fault::CrashOfAsker) {
                self.fire(seen, Fault::CrashOfAsker);
                at = AtCommit::CrashAsker;
            }
        }
        seen.wrote = wrote;
        if at == AtCommit::CrashAfter {
            self.count(seen);
        }
        at
    }

    fn end(&self, actor: &ActorRef, ended: Ended) {
        let mut actors = self.actors.borrow_mut();
        let Some(seen) = actors.get_mut(actor) else { return };
        let Some(now) = seen.now.as_mut() else { return };
        if ended == Ended::Failed && !now.open {
            return;
        }
        now.open = matches!(ended, Ended::With(Verdict::Again, _));
        self.journal.borrow_mut().end(now.line, ended);
        if let Ended::With(verdict, cost) = ended {
            let mut sum = self.cost.get();
            sum += cost;
            self.cost.set(sum);
            match verdict {
                Verdict::Commit => self.count(seen),
                Verdict::Rollback => seen.ended += 1,
                Verdict::Again => {}
            }
        }
    }

    fn waits(&self, actor: &ActorRef, event: &Event) -> bool {
        if self.progress(event.request).look {
            return false;
        }
        let point = self.points.borrow().len();
        let what = format!("{actor}: the effect of {} waits", described(Doing::Event(event)));
        self.points.borrow_mut().push(Point { what, faults: Vec::new() });
        if !self.chance(point, Fault::CrashInEffect) {
            return false;
        }
        self.fired.set(true);
        self.note(format!("fault: {}", Fault::CrashInEffect));
        let mut requests = self.requests.borrow_mut();
        let progress = requests.entry(event.request).or_default();
        progress.met = true;
        // What the effect has done elsewhere cannot be told, so the call is not sent again.
        progress.commits += 1;
        true
    }

    fn migrates(&self, actor: &ActorRef, step: &str, sql: &str) -> bool {
        let mut actors = self.actors.borrow_mut();
        let Some(seen) = actors.get_mut(actor).filter(|seen| seen.now.is_some()) else { return false };
        let point = self.points.borrow().len();
        let statement: Vec<&str> = sql.split_whitespace().take(6).collect();
        let what = format!("{actor}: migration {step}, before `{} …`", statement.join(" "));
        self.points.borrow_mut().push(Point { what, faults: Vec::new() });
        if !self.chance(point, Fault::CrashInMigration) {
            return false;
        }
        self.fire(seen, Fault::CrashInMigration);
        true
    }

    fn scans(&self, actor: &ActorRef, sql: &str, rows: u64) {
        // What a test looks at is its own affair.
        let looks = self.actors.borrow().get(actor).is_none_or(|seen| seen.now.is_none_or(|now| !now.open));
        // An actor asks its schema what it has when it starts.
        if looks || sql.contains("sqlite_master") {
            return;
        }
        let mut scans = self.scans.borrow_mut();
        match scans.iter_mut().find(|scan| scan.actor == *actor && scan.sql == sql) {
            Some(scan) => scan.rows = scan.rows.max(rows),
            None => scans.push(FullScan { actor: actor.clone(), sql: sql.to_owned(), rows }),
        }
    }

    fn turns(&self, doing: Doing<'_>) -> usize {
        if self.run.shuffle && !self.is_look(doing) { self.order.borrow_mut().usize(0..TURNS) } else { 0 }
    }
}

fn described(doing: Doing<'_>) -> String {
    match doing {
        Doing::Event(event) => match &event.what {
            What::Message { name, .. } => name.clone(),
            What::Http(head) => format!("{} {}", head.method, head.target),
            What::Alarm { retry, .. } => format!("alarm, tried {retry} times before"),
        },
        Doing::Page(_) => "the next piece of a body".to_owned(),
        Doing::Alarm(retry) => format!("alarm, tried {retry} times before"),
    }
}
