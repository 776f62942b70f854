//! [`Fault`]: what the platform can do to an actor, and [`Point`]: where a run of a test gives it the chance.

use std::fmt;
use std::str::FromStr;

/// What the platform does to actors, and an actor must live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The actor is evicted before the event: what it has only in memory is gone.
    Eviction,
    /// The actor crashes before the commit: nothing of the event is kept, and its caller gets no reply.
    CrashBeforeCommit,
    /// The actor crashes between the commit and the reply: all of the event is kept, its effect never runs, and its
    /// caller gets no reply.
    CrashAfterCommit,
    /// The actor that asked crashes before it has the reply: its effect ends in the middle.
    CrashOfAsker,
    /// The actor crashes while its effect waits: for a time, an answer from elsewhere or another actor's reply.
    CrashInEffect,
    /// The actor crashes in the middle of a migration of a store that has a schema, before one of its statements: the old
    /// schema and all rows must still be there.
    CrashInMigration,
    /// The disk is full during the event.
    FullDisk,
    /// The alarm goes off a minute late, as the platform may have it.
    LateAlarm,
    /// The alarm that was handled goes off once more, as when the platform did not learn of its success.
    RepeatedAlarm,
    /// The message is delivered twice; only where the test declares it idempotent.
    Duplicate,
}

impl Fault {
    const ALL: [Fault; 10] = [
        Fault::Eviction,
        Fault::CrashBeforeCommit,
        Fault::CrashAfterCommit,
        Fault::CrashOfAsker,
        Fault::CrashInEffect,
        Fault::CrashInMigration,
        Fault::FullDisk,
        Fault::LateAlarm,
        Fault::RepeatedAlarm,
        Fault::Duplicate,
    ];

    fn name(self) -> &'static str {
        match self {
            Fault::Eviction => "eviction",
            Fault::CrashBeforeCommit => "crash-before-commit",
            Fault::CrashAfterCommit => "crash-after-commit",
            Fault::CrashOfAsker => "crash-of-asker",
            Fault::CrashInEffect => "crash-in-effect",
            Fault::CrashInMigration => "crash-in-migration",
            Fault::FullDisk => "full-disk",
            Fault::LateAlarm => "late-alarm",
            Fault::RepeatedAlarm => "repeated-alarm",
            Fault::Duplicate => "duplicate",
        }
    }
}

impl Fault {
    /// Whether it keeps the reply from the one who called. The others only make an actor do its work in another way.
    pub(crate) fn cuts_off(self) -> bool {
        match self {
            Fault::CrashBeforeCommit
            | Fault::CrashAfterCommit
            | Fault::CrashOfAsker
            | Fault::CrashInEffect
            | Fault::CrashInMigration
            | Fault::FullDisk => true,
            Fault::Eviction | Fault::LateAlarm | Fault::RepeatedAlarm | Fault::Duplicate => false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fault at one point of a run, as in `DOMICILE_FAULT=12:crash-before-commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Injection {
    /// The number of the point, from 0.
    pub point: usize,
    /// What happens there.
    pub fault: Fault,
}

impl fmt::Display for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.point, self.fault)
    }
}

impl FromStr for Injection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (point, name) = text.split_once(':')?;
            let fault = Fault::ALL.into_iter().find(|fault| fault.name() == name)?;
            Some(Self { point: point.parse().ok()?, fault })
        };
        read().ok_or_else(|| {
            let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
            format!("`{text}` is no fault: write POINT:FAULT, where FAULT is one of {}", names.join(", "))
        })
    }
}

/// Something that an actor did in a run, and which faults could meet it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) what: String,
    pub(crate) faults: Vec<Fault>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_injection_reads_as_it_is_written() {
        for fault in Fault::ALL {
            let injection = Injection { point: 12, fault };
            assert_eq!(injection.to_string().parse(), Ok(injection));
        }
        for wrong in ["", "12", "eviction", "x:eviction", "12:crash"] {
            assert!(wrong.parse::<Injection>().unwrap_err().contains("crash-before-commit"), "{wrong}");
        }
    }
}
