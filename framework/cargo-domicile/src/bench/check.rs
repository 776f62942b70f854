//! Compares what the contenders answer, before anything is measured.

use anyhow::{Context, Result, ensure};

use super::load::{Answer, Client};
use super::workload::{AGAINST, Call, Target, Workload, setup};

/// A contender that is served, with its name.
pub type Served = (&'static str, Client);

/// Makes every store what the workloads expect.
///
/// # Errors
/// When a contender answers with an error.
pub async fn fill(contenders: &mut [Served]) -> Result<()> {
    let calls: Vec<Call> = setup().collect();
    for (name, client) in contenders {
        for call in &calls {
            let answer = client.ask(call.clone()).await.with_context(|| (*name).to_owned())?;
            ensure!(
                answer.status.is_success(),
                "{name}: {} {} gave {}: {:?}",
                call.method,
                call.path,
                answer.status,
                answer.body
            );
        }
    }
    Ok(())
}

/// The answer that all contenders give to a workload's first request.
///
/// # Errors
/// When one gives another; the message says where they differ.
pub async fn same(workload: &Workload, contenders: &mut [Served]) -> Result<Option<Answer>> {
    let mut first: Option<(&str, Answer)> = None;
    for (name, client) in contenders {
        if !takes_part(workload, name) {
            continue;
        }
        let answer = client.ask((workload.call)(0)).await.with_context(|| (*name).to_owned())?;
        let Some((other, expected)) = &first else {
            first = Some((*name, answer));
            continue;
        };
        ensure!(
            answer == *expected,
            "{}: {name} answers another thing than {other}: {}",
            workload.name,
            difference(&answer, expected)
        );
    }
    Ok(first.map(|(_, answer)| answer))
}

/// Whether the contender has the workload at all.
#[must_use]
pub fn takes_part(workload: &Workload, name: &str) -> bool {
    AGAINST
        .iter()
        .zip(&workload.targets)
        .all(|(against, target)| *against != name || *target != Target::Absent)
}

fn difference(one: &Answer, other: &Answer) -> String {
    let head = |answer: &Answer| format!("{} {} {:?}", answer.status.as_u16(), answer.media, answer.policy);
    if head(one) != head(other) {
        return format!("{} and not {}", head(one), head(other));
    }
    let at = one.body.iter().zip(&other.body).take_while(|(a, b)| a == b).count();
    let around = |answer: &Answer| {
        let end = answer.body.len().min(at + 40);
        String::from_utf8_lossy(answer.body.get(at.saturating_sub(40).min(end)..end).unwrap_or_default())
            .into_owned()
    };
    format!(
        "from byte {at} of {} and {}, {:?} and not {:?}",
        one.body.len(),
        other.body.len(),
        around(one),
        around(other)
    )
}
