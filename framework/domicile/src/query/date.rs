//! Dates of moments: buckets to group by, from a year to a second, and parts to filter by, in any time zone.
//!
//! SQLite knows no time zones. The offset of a zone is written into the statement as a choice between its changes, of which
//! there are two a year at the most.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::sql::{Rank, Sql};
use super::term::{Expr, Term};
use crate::model::Field;
use crate::timestamp::Timestamp;

/// A span of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// From 1 January.
    Year,
    /// From 1 January, April, July or October.
    Quarter,
    /// From the first of the month.
    Month,
    /// From Monday, as ISO 8601 has it.
    Week,
    /// From midnight.
    Day,
    /// A full hour.
    Hour,
    /// A full minute.
    Minute,
    /// A full second.
    Second,
}

/// A number of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The year, as in 2026.
    Year,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// The week of ISO 8601, 1 to 53.
    Week,
    /// The day of the month, from 1.
    Day,
    /// 1 for Monday to 7 for Sunday.
    Weekday,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59.
    Second,
}

/// What a moment gives that may be NULL.
pub trait Moments: Field {
    /// The start of a bucket.
    type Start: Field;
    /// A number.
    type Number: Field;
}

impl Moments for Timestamp {
    type Start = DateTime;
    type Number = u32;
}

impl Moments for Option<Timestamp> {
    type Start = Option<DateTime>;
    type Number = Option<u32>;
}

/// What the calendar says of a moment.
pub trait Calendar: Term
where
    Self::Type: Moments,
{
    /// The start of the bucket in which the moment is, as the clocks of `zone` show it: to group by.
    fn bucket(self, bucket: Bucket, zone: &TimeZone) -> Expr<Self::Model, <Self::Type as Moments>::Start> {
        Expr::new(self.node().map(|moment| start(bucket, &local(moment, zone))))
    }

    /// A number of the calendar, as the clocks of `zone` show it: to filter by.
    fn part(self, part: Part, zone: &TimeZone) -> Expr<Self::Model, <Self::Type as Moments>::Number> {
        Expr::new(self.node().map(|moment| number(part, &local(moment, zone))))
    }
}

impl<T: Term> Calendar for T where T::Type: Moments {}

/// Seconds since 1970 on the clocks of the zone, with their fraction.
fn local(moment: Sql, zone: &TimeZone) -> Sql {
    let seconds = moment.infix("/", Rank::Factor, Sql::raw("1000.0"));
    match offsets(zone) {
        (0, changes) if changes.is_empty() => seconds,
        (first, changes) if changes.is_empty() => seconds.infix("+", Rank::Sum, Sql::number(first.into())),
        // An aggregate cannot stand in a statement within, so it is written again wherever it is compared.
        (first, changes) if seconds.aggregates() => {
            let seconds = seconds.spelled_out();
            let offset = Sql::piece(&offset(&seconds.text, first, &changes), seconds.repeated(changes.len()));
            seconds.infix("+", Rank::Sum, offset)
        }
        (first, changes) => {
            let offset = offset("m", first, &changes);
            let Sql { text, params, .. } = seconds;
            Sql::nested(&format!("SELECT m + {offset} FROM (SELECT {text} AS m)"), params)
        }
    }
}

/// Before the first change and after each, in seconds east of UTC.
type Changes = Vec<(i64, i32)>;

/// All changes from 1900 to 2100: before there were hardly any, and later ones will have been changed by law anyway. A rule
/// that goes on for ever would be more than a statement may hold.
fn offsets(zone: &TimeZone) -> (i32, Changes) {
    let begin = jiff::Timestamp::constant(-2_208_988_800, 0);
    let first = zone.to_offset(begin).seconds();
    let until = jiff::Timestamp::constant(4_102_444_800, 0);
    let mut changes: Changes = Vec::new();
    for change in zone.following(begin).take_while(|change| change.timestamp() < until) {
        let offset = change.offset().seconds();
        if changes.last().map_or(first, |(_, offset)| *offset) != offset {
            changes.push((change.timestamp().as_second(), offset));
        }
    }
    (first, changes)
}

/// A search tree, so that a row takes about eight comparisons.
fn offset(moment: &str, first: i32, changes: &[(i64, i32)]) -> String {
    let middle = changes.len() / 2;
    let Some((at, offset_after)) = changes.get(middle).copied() else { return first.to_string() };
    let (before, after) = changes.split_at(middle);
    let (before, after) =
        (offset(moment, first, before), offset(moment, offset_after, after.get(1..).unwrap_or_default()));
    format!("iif({moment}<{at},{before},{after})")
}

fn start(bucket: Bucket, local: &Sql) -> Sql {
    match bucket {
        Bucket::Year => strftime("'%Y-01-01T00:00:00'", local, ""),
        Bucket::Month => strftime("'%Y-%m-01T00:00:00'", local, ""),
        Bucket::Day => strftime("'%Y-%m-%dT00:00:00'", local, ""),
        Bucket::Hour => strftime("'%Y-%m-%dT%H:00:00'", local, ""),
        Bucket::Minute => strftime("'%Y-%m-%dT%H:%M:00'", local, ""),
        Bucket::Second => strftime("'%Y-%m-%dT%H:%M:%S'", local, ""),
        // The Sunday that ends the week, and six days back.
        Bucket::Week => strftime("'%Y-%m-%dT00:00:00'", local, ", 'weekday 0', '-6 days'"),
        Bucket::Quarter => quarter(local, "-01T00:00:00", ["-01", "-04", "-07", "-10"], "'%Y-%mT'"),
    }
}

fn number(part: Part, local: &Sql) -> Sql {
    let format = match part {
        Part::Quarter => return quarter(local, "", ["1", "2", "3", "4"], "'-%mT'").cast("INTEGER"),
        Part::Year => "'%Y'",
        Part::Month => "'%m'",
        Part::Week => "'%V'",
        Part::Day => "'%d'",
        Part::Weekday => "'%u'",
        Part::Hour => "'%H'",
        Part::Minute => "'%M'",
        Part::Second => "'%S'",
    };
    strftime(format, local, "").cast("INTEGER")
}

/// A text in which the month, between `-` and `T`, gives way to its quarter. The moment stands in it once, since with the
/// changes of a zone it is long.
fn quarter(local: &Sql, behind: &str, quarters: [&str; 4], format: &'static str) -> Sql {
    let month = strftime(format, local, "");
    (0_u8..12).zip(quarters.iter().flat_map(|quarter| [quarter; 3])).fold(month, |text, (at, quarter)| {
        let Sql { text, params, .. } = text;
        Sql::nested(&format!("replace({text}, '-{:02}T', '{quarter}{behind}')", at + 1), params)
    })
}

/// The format and what stands behind the moment are SQL.
fn strftime(format: &str, local: &Sql, modifiers: &str) -> Sql {
    let Sql { text, params, .. } = local;
    Sql::nested(&format!("strftime({format}, {text}, 'unixepoch'{modifiers})"), params.clone())
}
