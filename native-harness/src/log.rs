//! The log on stderr: lines for people, and a panic's message and place.

use std::io::{IsTerminal, stderr};
use std::panic::{PanicHookInfo, set_hook};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Writes the log of this process to stderr from now on: what `RUST_LOG` names, or else `level`. A process whose log
/// goes elsewhere already keeps it.
///
/// # Errors
///
/// A sentence, when one of the two is no filter.
pub(crate) fn start(level: &str) -> Result<(), String> {
    let named = std::env::var(EnvFilter::DEFAULT_ENV).ok().filter(|filter| !filter.is_empty());
    let (filter, source) = match &named {
        Some(filter) => (filter.as_str(), EnvFilter::DEFAULT_ENV),
        None => (level, "--log"),
    };
    let refused = |why: String| {
        format!("`{filter}` is no log level{why}: set {source} to error, warn, info, debug or trace")
    };
    // A word alone that is no level is a target to the filter, which would then log nothing but errors.
    let word = filter.chars().all(char::is_alphanumeric);
    if named.is_none() && word && filter.parse::<LevelFilter>().is_err() {
        return Err(refused(String::new()));
    }
    let filter = EnvFilter::builder().parse(filter).map_err(|error| refused(format!(" ({error})")))?;
    // It fails only where there is one already, as in a test that starts several hosts.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_span_events(FmtSpan::NONE)
        .try_init();
    set_hook(Box::new(panicked));
    Ok(())
}

/// Logs a panic. The spans around it say whose event it was.
fn panicked(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("(no message)");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    tracing::error!(place, thread = thread.name().unwrap_or_default(), "panic: {message}");
}
