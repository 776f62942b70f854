//! Paths by whole segments: which of them an entry such as `/health` covers.

use std::borrow::Cow;

use domicile::web::path::normalise;
use domicile::{Error, Result};

/// The start of paths, without the slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prefix(String);

impl Prefix {
    /// # Errors
    /// It is no path, or `/`, which would be every path.
    pub(super) fn new(entry: &str, setting: &str) -> Result<Self> {
        let path = normalise(entry).map(Cow::into_owned).unwrap_or_default();
        let path = path.strip_suffix('/').unwrap_or(&path);
        let plain = path.strip_prefix('/').is_some_and(|rest| {
            !rest.contains(['?', '#', '*', '\\'])
                && rest.split('/').all(|segment| !segment.is_empty() && !is_dots(segment))
        });
        if plain {
            return Ok(Self(path.to_owned()));
        }
        Err(Error::internal(format!(
            "{entry:?} in {setting} is no path: write it as in `/health`, which covers `/health` and all below it. \
             `/` alone would be every path"
        )))
    }

    /// Whether it covers this normalised path: that path itself, and what has more segments.
    pub(super) fn covers(&self, path: &str) -> bool {
        path.strip_prefix(self.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The path as the router sees it; `None` where it answers 400.
pub(super) fn seen(path: &str) -> Option<Cow<'_, str>> {
    normalise(path).ok()
}

/// Whether a segment is `.` or `..`, by which some programs leave the one before it.
pub(super) fn has_dots(path: &str) -> bool {
    path.split('/').any(is_dots)
}

fn is_dots(segment: &str) -> bool {
    segment == "." || segment == ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f31_a12_an_entry_covers_whole_segments() {
        for (entry, path, covered) in [
            ("/health", "/health", true),
            ("/health", "/health/", true),
            ("/health", "/health/x", true),
            ("/health", "/healthadmin", false),
            ("/health", "/health%61", false),
            ("/health", "/health%2Fadmin", false),
            ("/health", "/h%65alth", true),
            ("/health", "/Health", false),
            ("/health", "/", false),
            ("/health", "/x/health", false),
            ("/public/", "/public", true),
            ("/public/", "/public/x", true),
            ("/a%20b", "/a%20b/c", true),
            ("/é", "/%C3%A9", true),
        ] {
            let prefix = Prefix::new(entry, "here").unwrap();
            assert_eq!(prefix.covers(&seen(path).unwrap()), covered, "{entry} {path}");
        }
    }

    #[test]
    fn what_is_no_path_is_a_mistake() {
        for entry in
            ["", "/", "//", "health", "/a//b", "/a/../b", "/.", "/a?b", "/a*", "/%", "/%2e%2e", "/a\\b"]
        {
            let error = Prefix::new(entry, "EXEMPT").unwrap_err().to_string();
            assert!(error.contains("in EXEMPT is no path"), "{entry:?}: {error}");
        }
    }
}
