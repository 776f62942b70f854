//! The cases that stand in `cases/*.jsonl`, one on a line.
//!
//! `{"group": NAME, "source": SOURCE}` begins with a new actor and its empty store. `[SQL, [PARAMETER, …], OUTCOME]` is
//! a statement, `{"do": STEP, "gives": OUTCOME}` any other step (`src/program.rs`). `{"event": "write", "end": "ok"}`
//! begins another event of the same actor, which may be a "read" and may end with "fail" or "panic"; without such a line
//! a group is one event that commits. The outcomes are what workerd gave: `cargo domicile conformance --record`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use domicile_conformance::program::{Bound, End, Event, Group, Step};
use serde_json::{Value, json};

/// A group as it stands in a file.
#[derive(Debug, Clone)]
pub struct Written {
    pub topic: String,
    pub name: String,
    pub source: String,
    pub group: Group,
    /// The outcome of each event and of each of its steps, and where they stand.
    pub recorded: Vec<Recorded>,
}

/// What is recorded of an event.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// The line that begins it, where there is one.
    pub line: Option<usize>,
    /// What came of the whole of it, where its steps do not tell.
    pub gives: Option<Value>,
    /// The lines of its steps, and what came of them.
    pub steps: Vec<(usize, Option<Value>)>,
}

/// Where the files are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// All groups, in the order of the files' names.
pub fn read() -> Result<Vec<Written>> {
    let mut files: Vec<_> =
        fs::read_dir(folder())?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut all = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "jsonl")) {
        let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(path)?;
        for (at, line) in text.lines().enumerate() {
            let value = serde_json::from_str(line).with_context(|| format!("{topic}:{}: no JSON", at + 1))?;
            add(&mut all, &topic, at, value).with_context(|| format!("{topic}:{}: {line}", at + 1))?;
        }
    }
    Ok(all)
}

fn add(all: &mut Vec<Written>, topic: &str, at: usize, line: Value) -> Result<()> {
    let text = |key: &str| line[key].as_str().map(str::to_owned).with_context(|| format!("no `{key}`"));
    if line.get("group").is_some() {
        let name = text("group")?;
        let actor = format!("{topic}-{at}");
        let source = text("source")?;
        let group = Group { actor, events: vec![Event::default()] };
        let recorded = vec![Recorded::default()];
        all.push(Written { topic: topic.to_owned(), name, source, group, recorded });
        return Ok(());
    }
    let written = all.last_mut().filter(|w| w.topic == topic).context("a group comes first")?;
    if let Some(kind) = line.get("event") {
        // The event that a group begins with is dropped where another one is begun at once.
        if written.group.events.last().is_some_and(|event| event.steps.is_empty() && event.end == End::Ok) {
            written.group.events.pop();
            written.recorded.pop();
        }
        let reads = match kind.as_str() {
            Some("read") => true,
            Some("write") => false,
            _ => bail!("an event is a \"read\" or a \"write\""),
        };
        let end = line.get("end").map_or(Ok(End::Ok), |end| serde_json::from_value(end.clone()))?;
        written.group.events.push(Event { reads, end, steps: Vec::new() });
        written.recorded.push(Recorded {
            line: Some(at),
            gives: line.get("gives").cloned(),
            steps: Vec::new(),
        });
        return Ok(());
    }
    let (step, gives) = match line.as_array().map(Vec::as_slice) {
        Some([sql, params, rest @ ..]) => {
            let sql = sql.as_str().context("SQL is text")?.to_owned();
            let params: Vec<Bound> = serde_json::from_value(params.clone())?;
            (Step::Sql(sql, params), rest.first().cloned())
        }
        _ => {
            let step = line.get("do").context("no `do`")?.clone();
            (serde_json::from_value(step)?, line.get("gives").cloned())
        }
    };
    let (Some(event), Some(recorded)) = (written.group.events.last_mut(), written.recorded.last_mut()) else {
        bail!("a group has an event");
    };
    event.steps.push(step);
    recorded.steps.push((at, gives));
    Ok(())
}

/// Puts what came of the groups into their files.
pub fn record(groups: &[Written], played: &[Vec<Value>]) -> Result<()> {
    let mut topics: Vec<&str> = groups.iter().map(|group| group.topic.as_str()).collect();
    topics.dedup();
    for topic in topics {
        let path = folder().join(format!("{topic}.jsonl"));
        let text = fs::read_to_string(&path)?;
        let mut lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        for (written, played) in groups.iter().zip(played).filter(|(group, _)| group.topic == topic) {
            for (recorded, outcome) in written.recorded.iter().zip(played) {
                put(&mut lines, recorded, outcome);
            }
        }
        let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(&path, lines.concat())?;
    }
    Ok(())
}

fn put(lines: &mut [Value], recorded: &Recorded, outcome: &Value) {
    let steps = outcome.get("ok").or_else(|| outcome.get("undone")).and_then(Value::as_array);
    match (steps, recorded.line) {
        (Some(steps), _) => {
            for ((at, before), now) in recorded.steps.iter().zip(steps) {
                let mut now = now.clone();
                // The names of columns are measured elsewhere, and only the rows are seen here.
                if let (Some(columns), Some(object)) =
                    (before.as_ref().and_then(|b| b.get("columns")), now.as_object_mut())
                {
                    object.insert("columns".to_owned(), columns.clone());
                }
                match &mut lines[*at] {
                    Value::Array(parts) => {
                        parts.truncate(2);
                        parts.push(now);
                    }
                    line => line["gives"] = now,
                }
            }
        }
        (None, Some(at)) => lines[at]["gives"] = outcome.clone(),
        (None, None) => {}
    }
}

/// What is recorded of a group, in the form in which it is played; `None` where something is missing.
pub fn expected(written: &Written) -> Option<Vec<Value>> {
    written
        .recorded
        .iter()
        .zip(&written.group.events)
        .map(|(recorded, event)| {
            if let Some(gives) = &recorded.gives {
                return Some(gives.clone());
            }
            let steps: Option<Vec<Value>> =
                recorded.steps.iter().map(|(_, gives)| Some(bare(gives.clone()?))).collect();
            let key = if event.end == End::Ok { "ok" } else { "undone" };
            Some(json!({ key: steps? }))
        })
        .collect()
}

fn bare(mut outcome: Value) -> Value {
    if let Some(object) = outcome.as_object_mut() {
        object.remove("columns");
    }
    outcome
}
