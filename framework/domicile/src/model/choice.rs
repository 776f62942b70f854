//! What `#[derive(Choices)]` emits calls of: an enum's value out of a column, and the error for text that is none.

use std::fmt;
use std::str::FromStr;

use super::schema::{Choice, Literal};
use crate::error::{Error, Kind, Result};
use crate::value::{FromValue, ValueRef};

/// Text that is none of an enum's choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAChoice {
    got: String,
    known: Vec<&'static str>,
}

impl NotAChoice {
    /// `got` is none of `choices`.
    #[must_use]
    pub fn new(got: &str, choices: &'static [Choice]) -> Self {
        let known = choices.iter().filter_map(|choice| match choice.value {
            Literal::Text(text) => Some(text),
            _ => None,
        });
        Self { got: got.to_owned(), known: known.collect() }
    }
}

impl fmt::Display for NotAChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is none of the choices, which are {}", self.got, self.known.join(", "))
    }
}

impl std::error::Error for NotAChoice {}

/// Reads a choice.
///
/// # Errors
/// It is no text, or none of the choices.
pub fn chosen<T: FromStr<Err = NotAChoice>>(value: ValueRef<'_>) -> Result<T> {
    let text = String::from_value(value)?;
    text.parse().map_err(|error: NotAChoice| Error::new(Kind::Decode, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use crate::value::{Param, ToValue};

    #[derive(domicile_macros::Choices, Debug, Clone, Copy, PartialEq)]
    enum Status {
        Draft,
        InReview,
        #[choice(value = "live", label = "On the site")]
        Published,
    }

    #[derive(domicile_macros::Choices, Debug, PartialEq)]
    #[choices(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Level {
        VeryLow = 7,
        High = 3,
    }

    #[test]
    fn a_choice_is_stored_as_text_and_shown_by_its_label() {
        let values: Vec<_> = Status::ALL.iter().map(|status| (status.value(), status.label())).collect();
        let expect = [("draft", "Draft"), ("in_review", "In review"), ("live", "On the site")];
        assert_eq!(values, expect);
        let choices = Status::CHOICES.iter().map(|choice| (choice.value, choice.label));
        assert!(choices.eq(expect.map(|(value, label)| (Literal::Text(value), label))));
        for status in Status::ALL {
            assert_eq!(status.to_value().unwrap(), Param::text(status.value()));
            assert_eq!(Status::from_value(ValueRef::Text(status.value())).unwrap(), *status);
            assert_eq!(status.value().parse::<Status>().unwrap(), *status);
        }
        assert_eq!(format!("{:>11}|", Status::InReview), "  In review|");
        assert_eq!((Level::VeryLow.value(), Level::High.label()), ("VERY_LOW", "High"));
        assert_eq!("HIGH".parse(), Ok(Level::High));
    }

    #[test]
    fn what_is_none_of_them_is_told() {
        let error = Status::from_value(ValueRef::Text("Draft")).unwrap_err().to_string();
        assert_eq!(error, "\"Draft\" is none of the choices, which are draft, in_review, live");
        assert!(Status::from_value(ValueRef::Null).is_err());
    }
}
