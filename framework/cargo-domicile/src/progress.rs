//! The lines that say what a slow step does, on standard error and shaped like cargo's own.

/// Prints one line, with `verb` aligned like cargo's: `    Fetching npm packages`.
pub fn step(verb: &str, what: impl std::fmt::Display) {
    eprintln!("{verb:>12} {what}");
}
