//! Ways in which this host can be broken on purpose, one at a time: the comparison with workerd must catch each of them
//! (`cargo domicile conformance`), or else it proves nothing.
//!
//! The environment variable `DOMICILE_TOOTH` of the program names one. Without the feature `teeth` there is nothing of
//! it.

#[cfg(feature = "teeth")]
use std::sync::atomic::{AtomicU8, Ordering};

#[cfg(feature = "teeth")]
use domicile::tooth as shared;

macro_rules! teeth {
    ($($(#[doc = $doc:literal])+ $name:ident $(with $shared:ident)?,)+) => {
        /// What is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(dead_code, reason = "those of the part that both hosts share bite there")]
        #[cfg_attr(not(feature = "teeth"), allow(unreachable_pub, reason = "it is public with the feature alone"))]
        pub enum Tooth {
            /// Nothing.
            None,
            $($(#[doc = $doc])+ $name,)+
        }

        #[cfg(feature = "teeth")]
        impl Tooth {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            fn shared(self) -> Option<shared::Tooth> {
                match self {
                    $($(Self::$name => Some(shared::Tooth::$shared),)?)+
                    _ => None,
                }
            }
        }
    };
}

teeth! {
    /// Whole numbers are bound as INTEGER.
    BindsIntegers,
    /// Integers that no double holds are refused and not rounded.
    RefusesLargeIntegers,
    /// 1 and 0 are bound as `'true'` and `'false'`.
    BindsBoolsAsText,
    /// Infinity is bound as NULL.
    LosesInfinity,
    /// Numbers are read with the precision of an `f32`.
    ReadsHalfANumber,
    /// Text is cut at a NUL.
    CutsTextAtNul,
    /// Integers beyond 2^53 − 1 are bound as the nearest number.
    BindsAnyInteger with BindsAnyInteger,
    /// BEGIN, COMMIT and SAVEPOINT run.
    AllowsTransactions with AllowsTransactions,
    /// OR ROLLBACK and RAISE(ROLLBACK) run.
    LetsRollbackThrough with LetsRollbackThrough,
    /// DELETE … LIMIT reaches SQLite.
    LetsRowLimitsThrough with LetsRowLimitsThrough,
    /// Names that begin with `_cf_` are allowed.
    AllowsHiddenNames with LetsHiddenNamesThrough,
    /// RETURNING is allowed before the last statement of a text.
    LetsReturningThrough with LetsReturningThrough,
    /// A read may write.
    LetsAReadWrite with LetsAReadWrite,
    /// The actor's value is kept after an event that failed.
    KeepsTheActor with KeepsTheActor,
    /// Only the first row of two is looked at.
    TakesTheFirstOfManyRows with TakesTheFirstOfManyRows,
    /// Every function of SQLite is allowed.
    AllowsFunctions,
    /// The functions of mathematics are missing.
    LacksMathematics,
    /// Every pragma is allowed.
    AllowsPragmas,
    /// Every module of a virtual table is allowed.
    AllowsModules,
    /// Temporary tables and views are allowed.
    AllowsTemporary,
    /// DROP COLUMN is refused, as the column is taken for a database.
    RefusesDropColumn,
    /// The limit of parameters is forgotten.
    ForgetsParameters,
    /// The limit of columns is forgotten.
    ForgetsColumns,
    /// The limit of a LIKE's pattern is forgotten.
    ForgetsPatterns,
    /// The limit of a value's size is forgotten.
    ForgetsValues,
    /// The limit of a compound's terms is forgotten.
    ForgetsCompounds,
    /// The limit of an expression's depth is forgotten.
    ForgetsDepth,
    /// The limit of a text's length is forgotten.
    ForgetsTexts,
    /// The tables behind a virtual table can be written to.
    ForgetsDefence,
    /// `"text"` is no string.
    RefusesQuotedText,
    /// Foreign keys are off.
    ForgetsForeignKeys,
    /// What a failed event has written is kept.
    KeepsWritesAfterError,
    /// What an event has written that panicked is kept.
    KeepsWritesAfterPanic,
    /// What a nested transaction has written is kept when it fails.
    KeepsNestedWrites,
    /// What an event has written is lost.
    LosesWrites,
    /// A failed nested transaction leaves its alarm.
    KeepsNestedAlarms,
    /// A failed event leaves its alarm.
    LosesAlarms,
    /// An alarm that was handled rings once more.
    RepeatsAlarms,
    /// An alarm that failed is not tried again.
    LosesFailedAlarms,
    /// An alarm that fails is tried for ever.
    TriesAlarmsForEver,
    /// Errors do not tell where they are.
    DropsOffsets,
    /// Errors do not tell the extended code.
    DropsExtendedCodes,
    /// The entries of indexes are not counted.
    CountsNoEntries,
    /// Of several statements only the last runs.
    RunsTheLastOnly,
    /// Earlier statements of a text may have parameters.
    AllowsEarlierParameters,
    /// A statement may have too few parameters.
    AllowsMissingParameters,
    /// Columns of one name are one.
    MergesColumns,
    /// A statement ends after its tenth row.
    EndsEarly,
    /// SQL's clock stands at the year 1970.
    StopsTheClock,
    /// Chance gives the same again.
    RepeatsChance,
}

#[cfg(feature = "teeth")]
static CHOSEN: AtomicU8 = AtomicU8::new(Tooth::None as u8);

/// Breaks this process in one way from now on.
#[cfg(feature = "teeth")]
pub fn choose(tooth: Tooth) {
    CHOSEN.store(tooth as u8, Ordering::Relaxed);
    shared::choose(tooth.shared());
}

/// Breaks this process in the way that the environment names, if it names one.
///
/// # Errors
///
/// It names none that there is.
#[cfg(feature = "teeth")]
pub(crate) fn choose_by_environment() -> Result<(), String> {
    let Ok(name) = std::env::var("DOMICILE_TOOTH") else { return Ok(()) };
    let found = Tooth::ALL.iter().find(|tooth| format!("{tooth:?}") == name);
    choose(*found.ok_or_else(|| format!("DOMICILE_TOOTH names no tooth: {name}"))?);
    Ok(())
}

/// Whether this process is broken in this way.
#[cfg(feature = "teeth")]
pub(crate) fn bites(tooth: Tooth) -> bool {
    CHOSEN.load(Ordering::Relaxed) == tooth as u8 && tooth != Tooth::None
}

/// It is not.
#[cfg(not(feature = "teeth"))]
#[inline(always)]
pub(crate) const fn bites(_: Tooth) -> bool {
    false
}
