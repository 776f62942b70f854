//! The table's arithmetic, on times that are made up.

use std::time::Duration;

use super::super::measure::{Busy, Measured, Rounds};
use super::super::workload::WORKLOADS;
use super::{figures, line};

fn rounds(name: &'static str, ms: [u64; 3]) -> Rounds {
    Rounds { name, times: ms.map(Duration::from_millis).to_vec(), busy: Busy::default() }
}

fn measured(contenders: Vec<Rounds>) -> Measured<'static> {
    Measured { workload: &WORKLOADS[1], count: 100, contenders }
}

/// The ratio is the median of the rounds' own ratios, here 2, 0.5 and 0.9, and not that of the medians.
#[test]
fn ratios_are_taken_round_by_round() {
    let figures = figures(&measured(vec![
        rounds("plain", [200, 50, 90]),
        rounds("actors", [100, 100, 260]),
        rounds("domicile", [100, 100, 100]),
    ]));
    let seen: Vec<_> = figures
        .iter()
        .map(|figure| (figure.workload, figure.against, format!("{:.3}", figure.ratio), figure.target))
        .collect();
    let figure = |against, ratio: &str, target| ("actor", against, ratio.to_owned(), Some(target));
    assert_eq!(seen, [figure("plain", "0.900", 0.95), figure("actors", "1.000", 1.3)]);
}

#[test]
fn a_line_marks_what_is_missed() {
    let line = line(&measured(vec![
        rounds("plain", [90, 90, 90]),
        rounds("workers-rs", [200, 200, 200]),
        rounds("domicile", [100, 100, 100]),
    ]));
    let expected = "actor              1000.0  0.90 < 0.95 missed  2.00 ≥ 1.25        –                ";
    assert_eq!(line, expected);
}
