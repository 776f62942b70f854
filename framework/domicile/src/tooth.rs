//! Ways in which the part that both hosts share can be broken on purpose, on one of them: the comparison of the hosts
//! must catch each (`cargo domicile conformance`). Without the feature `teeth` there is nothing of it.

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[cfg_attr(not(feature = "teeth"), allow(unreachable_pub))]
pub enum Tooth {
    /// A read may write.
    LetsAReadWrite = 1,
    /// The keywords of transactions reach SQLite.
    AllowsTransactions,
    /// `ROLLBACK` reaches SQLite where it is not a statement's first word.
    LetsRollbackThrough,
    /// `DELETE … LIMIT` reaches SQLite.
    LetsRowLimitsThrough,
    /// Names that begin with `_cf_` reach SQLite.
    LetsHiddenNamesThrough,
    /// `RETURNING` is let through before the last statement of a text.
    LetsReturningThrough,
    /// An actor's value outlives an event that failed.
    KeepsTheActor,
    /// Integers beyond 2^53 − 1 are bound as the nearest number.
    BindsAnyInteger,
    /// Only the first row of two is looked at.
    TakesTheFirstOfManyRows,
}

#[cfg(feature = "teeth")]
static CHOSEN: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Breaks it in this way from now on, or in none.
#[cfg(feature = "teeth")]
pub fn choose(tooth: Option<Tooth>) {
    CHOSEN.store(tooth.map_or(0, |tooth| tooth as u8), std::sync::atomic::Ordering::Relaxed);
}

/// Whether it is broken in this way.
#[cfg(feature = "teeth")]
pub(crate) fn bites(tooth: Tooth) -> bool {
    CHOSEN.load(std::sync::atomic::Ordering::Relaxed) == tooth as u8
}

/// It is not.
#[cfg(not(feature = "teeth"))]
#[inline(always)]
pub(crate) const fn bites(_: Tooth) -> bool {
    false
}
