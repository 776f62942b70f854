//! [`assert_budget!`](crate::assert_budget): what calls may cost, as part of a test.

use std::fmt;

pub use domicile::platform::Cost;
use domicile::wire::ActorRef;

/// A statement that walked over a whole table; [`Host::full_scans`](super::Host::full_scans) gives them.
#[derive(Clone, PartialEq, Eq)]
pub struct FullScan {
    /// Whose handler ran it.
    pub actor: ActorRef,
    /// Its text.
    pub sql: String,
    /// The most rows that it stepped over.
    pub rows: u64,
}

impl fmt::Debug for FullScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} walked over {} rows: {}", self.actor, self.rows, self.sql)
    }
}

/// Fails unless a [`Cost`] is within what stands behind it.
///
/// The numbers are upper bounds, each of which may be left out: `statements`, `written` (rows, each index entry counted
/// as the platform bills it), `read` (rows; an estimate on the native host), `scanned` (rows that full scans stepped
/// over), `sorts` (that an index could have spared) and `auto_indexed` (rows put into indexes that SQLite made for one
/// statement). They are of handlers alone: what starting and migrating an actor costs is not in them.
///
/// ```
/// # use native_harness::test::Cost;
/// let cost = Cost { statements: 2, written: 3, ..Cost::default() };
/// native_harness::assert_budget!(cost, statements: 2, written: 3);
/// ```
#[macro_export]
macro_rules! assert_budget {
    ($cost:expr, $($what:ident: $most:expr),+ $(,)?) => {{
        let cost: $crate::test::Cost = $cost;
        let mut over: ::std::vec::Vec<::std::string::String> = ::std::vec::Vec::new();
        $(
            if cost.$what > $most {
                over.push(::std::format!(
                    "{} {}, and {} are allowed", cost.$what, ::std::stringify!($what), $most
                ));
            }
        )+
        ::std::assert!(over.is_empty(), "over budget: {}", over.join("; "));
    }};
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn a_budget_names_all_that_is_over_it() {
        let cost = Cost { statements: 3, written: 5, ..Cost::default() };
        assert_budget!(cost, statements: 3, written: 5, read: 0);
        let told = catch_unwind(|| assert_budget!(cost, statements: 2, written: 4, read: 0)).unwrap_err();
        let told = told.downcast::<String>().unwrap();
        assert_eq!(*told, "over budget: 3 statements, and 2 are allowed; 5 written, and 4 are allowed");
    }
}
