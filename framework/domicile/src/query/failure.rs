//! What statements of the data layer fail with on purpose, and how that is told: SQL has no other way to end a batch than an
//! error, so the words come back in its message.

use crate::error::{Error, Kind, Problem};

/// A value that would leave its column's whole numbers; then the column and the bounds.
pub(super) const WHOLE: &str = "domicile whole number ";

/// A value that would have more digits than its column's decimals; then the column and the bounds in the smallest unit.
pub(super) const DECIMAL: &str = "domicile decimal ";

/// Rows that are no longer as they were read.
pub(super) const MEANWHILE: &str = "domicile meanwhile";

/// Rows that an earlier change has pointed elsewhere.
pub(super) const MOVED: &str = "domicile moved";

/// A key that points to nothing; then from where to where.
pub(super) const DANGLING: &str = "domicile dangling ";

/// The error as what it means to the one who asked, where a statement of ours failed on purpose.
pub(super) fn told(error: Error) -> Error {
    meant(&error).unwrap_or(error)
}

fn meant(error: &Error) -> Option<Error> {
    let message = error.sql()?.message();
    let words = |mark: &str| message.split_once(mark).and_then(|(_, rest)| Some(rest.split_once(':')?.0));
    if words(MEANWHILE).is_some() {
        let why = "somebody has changed rows meanwhile that were to be deleted: try again";
        return Some(Error::new(Kind::Conflict, why));
    }
    if words(MOVED).is_some() {
        let why = "a row that was to be deleted with another is pointed elsewhere by an earlier change: apply that first";
        return Some(Error::new(Kind::Conflict, why));
    }
    if let Some(place) = words(DANGLING) {
        return Some(Error::new(Kind::Invalid, format!("a key points to nothing, from {place}")));
    }
    let problem = match (words(WHOLE), words(DECIMAL)) {
        (Some(bounds), _) => {
            let (name, min, max) = three(bounds)?;
            Problem::new(name, format!("The result is no whole number from {min} to {max}."))
        }
        (None, Some(bounds)) => {
            let (name, _, max) = three(bounds)?;
            Problem::new(name, format!("The result has more than {} digits.", max.len()))
        }
        (None, None) => return None,
    };
    Some(Error::invalid(vec![problem]))
}

fn three(words: &str) -> Option<(&str, &str, &str)> {
    let mut parts = words.rsplitn(3, ' ');
    let (last, middle) = (parts.next()?, parts.next()?);
    Some((parts.next()?, middle, last))
}
