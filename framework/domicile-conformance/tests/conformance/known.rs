//! What is known to differ: the tables in `KNOWN.md`, and the groups of `cases/known.jsonl` that show each row of the
//! first.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::corpus::Written;

/// The topic of the groups that differ.
pub const TOPIC: &str = "known";

/// What stands before the table of what is no statement, and is shown by no group.
const BESIDES: &str = "## Besides statements";

/// The names in the first column of the table.
pub fn listed() -> Result<Vec<String>> {
    Ok(names(tables()?.0.as_str()))
}

/// How many differences have no group to show them.
pub fn besides() -> Result<usize> {
    Ok(names(tables()?.1.as_str()).len())
}

/// The table whose rows are shown by groups, and the other one.
fn tables() -> Result<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("KNOWN.md");
    let text = fs::read_to_string(path).context("KNOWN.md cannot be read")?;
    let (first, second) = text.split_once(BESIDES).context("KNOWN.md has no second table")?;
    Ok((first.to_owned(), second.to_owned()))
}

fn names(table: &str) -> Vec<String> {
    let cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.skip(1).filter(|cell| !cell.starts_with("--")).map(|cell| cell.trim().to_owned()).collect()
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
