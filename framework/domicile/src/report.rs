//! One line in the log per event: what it was, how it ended, and what it cost.

use std::time::Duration;

use http::StatusCode;
use tracing::instrument::{Instrument, Instrumented};
use tracing::{Level, Span, span};

use crate::cx::Cx;
use crate::error::Error;
use crate::platform::SharedPlatform;

/// How an event ended.
pub(crate) enum Outcome<'a> {
    Ok,
    Refused,
    Status(StatusCode),
    Error(&'a Error),
    Panic,
}

/// An event that is being handled: a `tracing` span around it, and one line when it ends.
pub(crate) struct Report {
    span: Span,
    platform: SharedPlatform,
    began: Duration,
}

impl Report {
    pub(crate) fn start(cx: &Cx, name: &str) -> Self {
        let span = span!(
            Level::INFO,
            "event",
            request = %cx.request,
            actor = %cx.this.kind,
            name = %cx.this.name,
            event = name,
        );
        Self { span, began: cx.platform.monotonic(), platform: cx.platform.clone() }
    }

    /// Runs `handler` inside the span, so that what it logs, and its panic, says whose event it was.
    pub(crate) fn within<T>(&self, handler: impl FnOnce() -> T) -> T {
        self.span.in_scope(handler)
    }

    /// As [`Report::within`], for an effect.
    pub(crate) fn around<F: Future>(&self, effect: F) -> Instrumented<F> {
        effect.instrument(self.span.clone())
    }

    pub(crate) fn end(self, cx: &Cx, outcome: Outcome<'_>) {
        let meter = cx.store.meter();
        self.say(&outcome, "handled", Some((meter.read(), meter.written())));
    }

    pub(crate) fn effect(self, outcome: Outcome<'_>) {
        self.say(&outcome, "effect", None);
    }

    fn say(&self, outcome: &Outcome<'_>, what: &'static str, rows: Option<(u64, u64)>) {
        // Whole microseconds: more digits than that mean nothing.
        let ms = (self.platform.monotonic().saturating_sub(self.began).as_secs_f64() * 1e6).round() / 1e3;
        let (rows_read, rows_written) = rows.unzip();
        let _inside = self.span.enter();
        match outcome {
            Outcome::Ok => tracing::info!(outcome = "ok", rows_read, rows_written, ms, "{what}"),
            Outcome::Refused => tracing::info!(outcome = "refused", rows_read, rows_written, ms, "{what}"),
            Outcome::Status(s) => {
                tracing::info!(outcome = "ok", status = s.as_u16(), rows_read, rows_written, ms, "{what}");
            }
            Outcome::Error(error) if error.status().is_client_error() => {
                let status = error.status().as_u16();
                tracing::info!(outcome = "error", status, %error, rows_read, rows_written, ms, "{what}");
            }
            Outcome::Error(error) => {
                let status = error.status().as_u16();
                tracing::error!(outcome = "error", status, %error, rows_read, rows_written, ms, "{what}");
            }
            Outcome::Panic => tracing::error!(outcome = "panic", rows_read, rows_written, ms, "{what}"),
        }
    }
}
