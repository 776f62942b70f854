//! The list of cases, and how one runs.

mod filter;
mod write;

use std::fmt::Debug;

use domicile::prelude::*;
use domicile::query::{Executor, LocalFuture};

/// What the data layer does, by name.
pub struct Case {
    /// The function's name.
    pub name: &'static str,
    pub(crate) run: for<'a> fn(&'a dyn Executor) -> LocalFuture<'a, ()>,
}

macro_rules! cases {
    ($($part:ident: $($name:ident)+;)+) => {
        /// All cases.
        pub const CASES: &[Case] = &[$($(Case {
            name: stringify!($name),
            run: |on| Box::pin($part::$name(on)),
        }),+),+];
    };
}

cases! {
    filter:
        equality
        ranges_and_lists
        parts_of_texts
        nothing_and_null
        along_foreign_keys
        pointed_at
        groups
        pages
        searching
        calendar;
    write:
        creating_gives_defaults
        updates_with_expressions
        upserts
        deleting_cascades
        deleting_protects
        changes_whole_or_not
        many_rows
        saving;
}

/// Runs a case on tables that are empty.
pub(crate) fn perform<'a>(case: &Case, on: &'a dyn Executor) -> LocalFuture<'a, ()> {
    (case.run)(on)
}

/// Fails the case unless both are equal.
#[track_caller]
fn same<T: PartialEq + Debug>(got: T, want: T) -> Result<()> {
    if got == want {
        return Ok(());
    }
    let place = std::panic::Location::caller();
    Err(Error::internal(format!("line {}: got {got:?}, want {want:?}", place.line())))
}

/// Fails the case unless it is an error of this kind that says `says`.
#[track_caller]
fn refused<T: Debug>(got: Result<T>, kind: domicile::Kind, says: &str) -> Result<()> {
    let place = std::panic::Location::caller();
    match got {
        Err(error) if error.kind() == kind && error.to_string().contains(says) => Ok(()),
        other => Err(Error::internal(format!("line {}: got {other:?}, want {kind:?}: {says}", place.line()))),
    }
}
