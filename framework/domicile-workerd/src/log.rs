//! The log on Cloudflare: one JSON object per line, as Workers Logs indexes them.
//!
//! A subscriber of our own, since `tracing-subscriber` brings a registry of spans that weighs more than the framework.

use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::script;

/// Installs the log and the panic hook of this instance.
pub(crate) fn install() {
    // A second subscriber in one instance is refused, and the first one stays.
    let _ = tracing::subscriber::set_global_default(Lines::default());
    std::panic::set_hook(Box::new(|panic| {
        let mut line = Map::new();
        line.insert("level".into(), "ERROR".into());
        line.insert("message".into(), "panic".into());
        line.insert("panic".into(), text(panic.payload()).into());
        if let Some(place) = panic.location() {
            line.insert("at".into(), place.to_string().into());
        }
        script::panicked(&Value::Object(line).to_string());
    }));
}

/// The variable that says what is logged: off, error, warn, info, debug or trace; without it info.
pub(crate) const LOG: &str = "DOMICILE_LOG";

// The log is the instance's, and knows its variables only when it is there already.
static LEVEL: OnceLock<LevelFilter> = OnceLock::new();

/// Sets what is logged.
///
/// # Errors
/// A sentence that names the levels, where this is none.
pub(crate) fn set(level: &str) -> Result<(), String> {
    let Ok(level) = level.parse() else {
        return Err(format!("{LOG} is `{level}`: set it to off, error, warn, info, debug or trace"));
    };
    // An instance is configured once.
    let _ = LEVEL.set(level);
    tracing::callsite::rebuild_interest_cache();
    Ok(())
}

fn text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[derive(Default)]
struct Lines {
    next: AtomicU64,
    // A Wasm instance has one thread; the lock only satisfies `Sync`.
    spans: Mutex<Spans>,
}

#[derive(Default)]
struct Spans {
    open: HashMap<u64, (Map<String, Value>, u64)>,
    entered: Vec<u64>,
}

impl Lines {
    fn with<T: Default>(&self, run: impl FnOnce(&mut Spans) -> T) -> T {
        self.spans.lock().map(|mut spans| run(&mut spans)).unwrap_or_default()
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= *LEVEL.get().unwrap_or(&LevelFilter::INFO)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(*LEVEL.get().unwrap_or(&LevelFilter::INFO))
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.with(|spans| spans.open.insert(id, (fields.0, 1)));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.with(|spans| {
            if let Some((known, _)) = spans.open.get_mut(&span.into_u64()) {
                known.extend(fields.0);
            }
        });
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Map::new();
        line.insert("level".into(), event.metadata().level().as_str().into());
        self.with(|spans| {
            for id in &spans.entered {
                if let Some((fields, _)) = spans.open.get(id) {
                    line.extend(fields.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
            }
        });
        let mut fields = Fields(line);
        event.record(&mut fields);
        let level = match *event.metadata().level() {
            Level::ERROR => 0,
            Level::WARN => 1,
            Level::INFO => 2,
            _ => 3,
        };
        script::log(level, &Value::Object(fields.0).to_string());
    }

    fn enter(&self, span: &Id) {
        self.with(|spans| spans.entered.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        self.with(|spans| {
            if let Some(at) = spans.entered.iter().rposition(|id| *id == span.into_u64()) {
                spans.entered.remove(at);
            }
        });
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.with(|spans| {
            if let Some((_, count)) = spans.open.get_mut(&span.into_u64()) {
                *count += 1;
            }
        });
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        self.with(|spans| {
            let id = span.into_u64();
            let last = spans.open.get_mut(&id).is_some_and(|(_, count)| {
                *count -= 1;
                *count == 0
            });
            if last {
                spans.open.remove(&id);
            }
            last
        })
    }
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write!(text, "{value:?}");
        self.0.insert(field.name().to_owned(), text.into());
    }
}
