//! The table, and the same as JSON.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use super::measure::{Measured, Rounds};
use super::workload::{AGAINST, Target};

/// One figure of the table.
#[derive(Debug, Serialize, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub workload: &'static str,
    /// What Domicile was compared with.
    pub against: &'static str,
    /// Domicile's throughput divided by the other's: the median of all rounds' ratios.
    pub ratio: f64,
    /// What it is to be at least, where there is such a thing.
    pub target: Option<f64>,
}

/// The figures of a workload, in the order of [`AGAINST`].
#[must_use]
pub fn figures(measured: &Measured<'_>) -> Vec<Figure> {
    let Some(own) = find(measured, "domicile") else { return Vec::new() };
    let mut figures = Vec::new();
    for (against, target) in AGAINST.into_iter().zip(measured.workload.targets) {
        let Some(other) = find(measured, against) else { continue };
        let ratios =
            own.times.iter().zip(&other.times).map(|(own, other)| other.as_secs_f64() / own.as_secs_f64());
        let target = if let Target::Reach(target) = target { Some(target) } else { None };
        figures.push(Figure {
            workload: measured.workload.name,
            against,
            ratio: median(ratios.collect()),
            target,
        });
    }
    figures
}

/// The head of the table.
#[must_use]
pub fn head() -> String {
    let mut line = format!("{:<13}{:>12}", "workload", "domicile/s");
    for against in AGAINST {
        let _ = write!(line, "  {against:<17}");
    }
    line + " client  workerd"
}

/// A line of the table: Domicile's requests per second, its ratio to each of the others with the target, and how much of the
/// time the client and workerd were busy while Domicile was measured.
#[must_use]
pub fn line(measured: &Measured<'_>) -> String {
    let rate = find(measured, "domicile").map_or(0.0, |own| {
        f64::from(measured.count) / median(own.times.iter().map(Duration::as_secs_f64).collect())
    });
    let mut line = format!("{:<13}{rate:>12.1}", measured.workload.name);
    let figures = figures(measured);
    for against in AGAINST {
        let figure = figures.iter().find(|figure| figure.against == against);
        let text = match figure {
            None => "–".to_owned(),
            Some(Figure { ratio, target: None, .. }) => format!("{ratio:.2}"),
            Some(Figure { ratio, target: Some(target), .. }) if ratio >= target => {
                format!("{ratio:.2} ≥ {target:.2}")
            }
            Some(Figure { ratio, target: Some(target), .. }) => format!("{ratio:.2} < {target:.2} missed"),
        };
        let _ = write!(line, "  {text:<17}");
    }
    if let Some(own) = find(measured, "domicile").filter(|own| own.busy.workerd > 0) {
        // A tick is a hundredth of a second on every system that has /proc.
        #[allow(clippy::cast_precision_loss, reason = "some seconds of ticks")]
        let part = |ticks: u64| ticks as f64 / own.times.iter().map(Duration::as_secs_f64).sum::<f64>();
        let _ = write!(line, " {:>5.0}%  {:>6.0}%", part(own.busy.client), part(own.busy.workerd));
    }
    line
}

fn find<'a>(measured: &'a Measured<'_>, name: &str) -> Option<&'a Rounds> {
    measured.contenders.iter().find(|rounds| rounds.name == name)
}

/// The middle one of `values`, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len().is_multiple_of(2)) {
        (None, _) => f64::NAN,
        (Some(one), true) if middle > 0 => {
            f64::midpoint(values.get(middle - 1).copied().unwrap_or(*one), *one)
        }
        (Some(one), _) => *one,
    }
}

#[cfg(test)]
mod tests;
