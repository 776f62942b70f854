//! Whether `crash_everywhere` finds a mistake in a test, or none.

use domicile::AppFn;
use domicile_host::test::{Broken, Explored, Fault, Host, Plan};

pub(crate) fn everywhere(app: AppFn, test: impl Fn(Host)) -> Result<Explored, Box<Broken>> {
    Plan::new("everywhere", app).crash_everywhere().explore(test)
}

/// Finds a mistake, by this fault and with this said of it.
#[track_caller]
pub(crate) fn check_wrong(app: AppFn, test: impl Fn(Host), fault: Fault, says: &str) {
    let broken = everywhere(app, test).expect_err("a mistake");
    assert_eq!(broken.injection.map(|injection| injection.fault), Some(fault), "{broken}");
    assert!(broken.message.contains(says), "{broken}");
}

/// Finds nothing, though things did go wrong.
#[track_caller]
pub(crate) fn check_right(app: AppFn, test: impl Fn(Host)) {
    let explored = everywhere(app, test).unwrap_or_else(|broken| panic!("{broken}"));
    assert!(explored.faults > 2, "{explored:?}");
}
