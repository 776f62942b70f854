//! What is known to differ: the table in `KNOWN.md`, and the groups of `cases/known.jsonl` that show each of its rows.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::corpus::Written;

/// The topic of the groups that differ.
pub const TOPIC: &str = "known";

/// The names in the first column of the table.
pub fn listed() -> Result<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("KNOWN.md");
    let text = fs::read_to_string(path).context("KNOWN.md cannot be read")?;
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let names: Vec<String> =
        cells.skip(1).filter(|cell| !cell.starts_with("--")).map(|cell| cell.trim().to_owned()).collect();
    Ok(names)
}

/// That each row of the table has its group, and each such group its row.
pub fn check(groups: &[Written]) -> Result<()> {
    let listed = listed()?;
    let shown: Vec<String> = groups.iter().filter(|g| g.topic == TOPIC).map(|g| g.name.clone()).collect();
    for name in &listed {
        ensure!(shown.contains(name), "KNOWN.md lists `{name}`, which no group of cases/known.jsonl shows");
    }
    for name in &shown {
        ensure!(
            listed.contains(name),
            "cases/known.jsonl shows `{name}`, which is not in the table of KNOWN.md"
        );
    }
    Ok(())
}
