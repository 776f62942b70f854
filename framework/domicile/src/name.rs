//! [`Name`]: the validated name of an actor, from which the runtime derives its identity.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name, in bytes: beyond it `ctx.id.name` is absent on workerd (facts of `actor-state`).
pub const MAX_NAME: usize = 1024;

/// The name of an actor among those of its kind: not empty, at most 1,024 bytes, no control characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Box<str>);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is empty.
    #[error("an actor's name must not be empty")]
    Empty,
    /// It is too long.
    #[error("an actor's name has at most {MAX_NAME} bytes, this one has {0}")]
    TooLong(usize),
    /// It has a control character.
    #[error("an actor's name must not have control characters")]
    Control,
}

impl Name {
    /// The name, if it is valid.
    ///
    /// # Errors
    /// It is empty, longer than 1,024 bytes, or has a control character.
    pub fn new(name: impl Into<Box<str>>) -> Result<Self, NameError> {
        let name = name.into();
        match name.len() {
            0 => Err(NameError::Empty),
            len if len > MAX_NAME => Err(NameError::TooLong(len)),
            _ if name.chars().any(char::is_control) => Err(NameError::Control),
            _ => Ok(Self(name)),
        }
    }

    /// One name of several parts, such that other parts never give the same name: `/` and `%` inside a part are
    /// escaped.
    ///
    /// # Errors
    /// As [`Name::new`].
    ///
    /// ```
    /// use domicile::Name;
    /// assert_eq!(Name::from_parts(["a/b", "c"])?.as_str(), "a%2Fb/c");
    /// assert_ne!(Name::from_parts(["a", "b/c"])?, Name::from_parts(["a/b", "c"])?);
    /// # Ok::<(), domicile::NameError>(())
    /// ```
    pub fn from_parts<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> Result<Self, NameError> {
        let mut name = String::new();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                name.push('/');
            }
            for c in part.as_ref().chars() {
                match c {
                    '/' => name.push_str("%2F"),
                    '%' => name.push_str("%25"),
                    other => name.push(other),
                }
            }
        }
        Self::new(name)
    }

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        Self::new(name)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_names_are_refused() {
        assert_eq!(Name::new(""), Err(NameError::Empty));
        assert_eq!(Name::new("x".repeat(1025)), Err(NameError::TooLong(1025)));
        assert!(Name::new("x".repeat(1024)).is_ok());
        for bad in ["\0", "a\nb", "\u{7f}", "\u{85}"] {
            assert_eq!(Name::new(bad), Err(NameError::Control));
        }
    }

    #[test]
    fn parts_are_injective() {
        let of = |parts: &[&str]| Name::from_parts(parts).map(|n| n.to_string());
        let all = [
            of(&["a", "b"]),
            of(&["a/b"]),
            of(&["a", "b", ""]),
            of(&["a%2Fb"]),
            of(&["", "a", "b"]),
            of(&["a%", "b"]),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|other| one != other), "{one:?}");
        }
        assert_eq!(Name::from_parts([""; 1]), Err(NameError::Empty));
    }
}
