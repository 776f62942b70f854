//! Buckets and parts of moments, on the clocks of any zone.

use domicile::prelude::*;
use domicile::query::{Bucket, Executor, Part, count, create_all};
use jiff::tz::{Offset, TimeZone};

use super::super::model::{Everything, Instant, Post};
use super::same;
use super::world::{keys, posts, world};

fn moment(text: &str) -> Result<Timestamp> {
    text.parse()
}

/// New York's clocks: one hour less from the second Sunday of March to the first of November.
fn new_york() -> Result<TimeZone> {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").map_err(|error| Error::internal(error.to_string()))
}

/// Berlin's clocks: one hour more from the last Sunday of March to that of October.
fn berlin() -> Result<TimeZone> {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").map_err(|error| Error::internal(error.to_string()))
}

/// The starts of the buckets of these moments.
async fn starts(on: &dyn Executor, moments: &[&str], bucket: Bucket, zone: &TimeZone) -> Result<Vec<String>> {
    Instant::objects().delete(on).await?;
    for text in moments {
        Instant::create().set(Instant::at, moment(text)?).set(Instant::n, 0).run(on).await?;
    }
    let starts =
        Instant::objects().order_by(Instant::id).select(Instant::at.bucket(bucket, zone)).all(on).await?;
    Ok(starts.iter().map(ToString::to_string).collect())
}

async fn parts(on: &dyn Executor, moments: &[&str], part: Part, zone: &TimeZone) -> Result<Vec<u32>> {
    Instant::objects().delete(on).await?;
    for text in moments {
        Instant::create().set(Instant::at, moment(text)?).set(Instant::n, 0).run(on).await?;
    }
    Instant::objects().order_by(Instant::id).select(Instant::at.part(part, zone)).all(on).await
}

pub(super) async fn buckets_of_every_size(on: &dyn Executor) -> Result<()> {
    let at = ["2026-08-20T13:45:56.789Z"];
    for (bucket, start) in [
        (Bucket::Year, "2026-01-01T00:00:00"),
        (Bucket::Quarter, "2026-07-01T00:00:00"),
        (Bucket::Month, "2026-08-01T00:00:00"),
        (Bucket::Week, "2026-08-17T00:00:00"),
        (Bucket::Day, "2026-08-20T00:00:00"),
        (Bucket::Hour, "2026-08-20T13:00:00"),
        (Bucket::Minute, "2026-08-20T13:45:00"),
        (Bucket::Second, "2026-08-20T13:45:56"),
    ] {
        same(starts(on, &at, bucket, &TimeZone::UTC).await?, vec![start.to_owned()])?;
    }
    Ok(())
}

pub(super) async fn quarters_begin_in_four_months(on: &dyn Executor) -> Result<()> {
    let months: Vec<String> = (1..=12).map(|month| format!("2026-{month:02}-28T23:59:59.999Z")).collect();
    let months: Vec<&str> = months.iter().map(String::as_str).collect();
    let quarters = starts(on, &months, Bucket::Quarter, &TimeZone::UTC).await?;
    let want = [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10].map(|month| format!("2026-{month:02}-01T00:00:00"));
    same(quarters, want.to_vec())?;
    same(parts(on, &months, Part::Quarter, &TimeZone::UTC).await?, vec![1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
}

pub(super) async fn weeks_begin_on_monday_over_the_end_of_a_year(on: &dyn Executor) -> Result<()> {
    let days = [
        "2025-12-28T23:59:59.999Z",
        "2025-12-29T00:00:00Z",
        "2026-01-01T00:00:00Z",
        "2026-01-04T23:59:59Z",
        "2026-01-05T00:00:00Z",
    ];
    let weeks = starts(on, &days, Bucket::Week, &TimeZone::UTC).await?;
    let want = ["2025-12-22", "2025-12-29", "2025-12-29", "2025-12-29", "2026-01-05"];
    same(weeks, want.map(|day| format!("{day}T00:00:00")).to_vec())?;
    same(parts(on, &days, Part::Week, &TimeZone::UTC).await?, vec![52, 1, 1, 1, 2])?;
    same(parts(on, &days, Part::Weekday, &TimeZone::UTC).await?, vec![7, 1, 4, 7, 1])
}

pub(super) async fn parts_of_every_kind(on: &dyn Executor) -> Result<()> {
    let at = ["2026-08-20T13:45:56.789Z"];
    for (part, number) in [
        (Part::Year, 2026),
        (Part::Quarter, 3),
        (Part::Month, 8),
        (Part::Week, 34),
        (Part::Day, 20),
        (Part::Weekday, 4),
        (Part::Hour, 13),
        (Part::Minute, 45),
        (Part::Second, 56),
    ] {
        same(parts(on, &at, part, &TimeZone::UTC).await?, vec![number])?;
    }
    Ok(())
}

pub(super) async fn a_second_is_not_rounded_up(on: &dyn Executor) -> Result<()> {
    let at = ["2026-12-31T23:59:59.999Z", "2026-12-31T23:59:59.500Z"];
    same(starts(on, &at, Bucket::Second, &TimeZone::UTC).await?, vec!["2026-12-31T23:59:59".to_owned(); 2])?;
    same(starts(on, &at, Bucket::Year, &TimeZone::UTC).await?, vec!["2026-01-01T00:00:00".to_owned(); 2])?;
    same(parts(on, &at, Part::Second, &TimeZone::UTC).await?, vec![59, 59])
}

pub(super) async fn buckets_by_the_clocks_of_a_fixed_zone(on: &dyn Executor) -> Result<()> {
    let zone = TimeZone::fixed(Offset::constant(9));
    let at = ["2025-12-31T15:00:00Z", "2025-12-31T14:59:59.999Z"];
    let days = starts(on, &at, Bucket::Day, &zone).await?;
    same(days, vec!["2026-01-01T00:00:00".to_owned(), "2025-12-31T00:00:00".to_owned()])?;
    same(parts(on, &at, Part::Hour, &zone).await?, vec![0, 23])?;
    same(parts(on, &at, Part::Year, &zone).await?, vec![2026, 2025])
}

pub(super) async fn buckets_by_clocks_half_an_hour_off(on: &dyn Executor) -> Result<()> {
    let zone = TimeZone::posix("<+0545>-5:45").map_err(|error| Error::internal(error.to_string()))?;
    let at = ["2026-01-01T18:14:59Z", "2026-01-01T18:15:00Z"];
    let days = starts(on, &at, Bucket::Day, &zone).await?;
    same(days, vec!["2026-01-01T00:00:00".to_owned(), "2026-01-02T00:00:00".to_owned()])?;
    same(starts(on, &at[1..], Bucket::Hour, &zone).await?, vec!["2026-01-02T00:00:00".to_owned()])
}

pub(super) async fn clocks_that_are_put_forward(on: &dyn Executor) -> Result<()> {
    let at = ["2026-03-08T06:59:59.999Z", "2026-03-08T07:00:00Z"];
    let hours = starts(on, &at, Bucket::Hour, &new_york()?).await?;
    same(hours, vec!["2026-03-08T01:00:00".to_owned(), "2026-03-08T03:00:00".to_owned()])
}

pub(super) async fn clocks_that_are_put_back(on: &dyn Executor) -> Result<()> {
    let at = ["2026-11-01T05:59:59Z", "2026-11-01T06:00:00Z", "2026-11-01T06:59:59Z", "2026-11-01T07:00:00Z"];
    let hours = starts(on, &at, Bucket::Hour, &new_york()?).await?;
    same(hours, [1, 1, 1, 2].map(|hour| format!("2026-11-01T{hour:02}:00:00")).to_vec())
}

pub(super) async fn the_day_of_a_change_is_one_day(on: &dyn Executor) -> Result<()> {
    let at = ["2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z"];
    let days = starts(on, &at, Bucket::Day, &new_york()?).await?;
    same(days, [7, 8, 8, 9].map(|day| format!("2026-03-{day:02}T00:00:00")).to_vec())
}

pub(super) async fn zones_of_other_years(on: &dyn Executor) -> Result<()> {
    let at = ["1955-07-01T12:00:00Z", "1999-01-01T12:00:00Z", "2070-07-01T12:00:00Z"];
    let hours = parts(on, &at, Part::Hour, &new_york()?).await?;
    same(hours, vec![8, 7, 8])
}

pub(super) async fn moments_before_1970_have_buckets(on: &dyn Executor) -> Result<()> {
    let at = ["1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "1900-02-28T12:00:00Z"];
    let days = starts(on, &at, Bucket::Day, &TimeZone::UTC).await?;
    same(days, ["1969-12-31", "0001-01-01", "1900-02-28"].map(|day| format!("{day}T00:00:00")).to_vec())?;
    same(parts(on, &at, Part::Second, &TimeZone::UTC).await?, vec![59, 0, 0])
}

pub(super) async fn no_moment_has_no_bucket(on: &dyn Executor) -> Result<()> {
    Everything::create().run(on).await?;
    let moment = Some(moment("2026-05-05T05:05:05Z")?);
    Everything::create().set(Everything::moment, moment).run(on).await?;
    let day = || Everything::moment.bucket(Bucket::Day, &TimeZone::UTC);
    let days = Everything::objects().order_by(Everything::id).select(day()).all(on).await?;
    let days: Vec<_> = days.iter().map(|day| day.map(|day| day.to_string())).collect();
    same(days, vec![None, Some("2026-05-05T00:00:00".to_owned())])?;
    same(keys(on, Everything::moment.part(Part::Month, &TimeZone::UTC).eq(5)).await?, vec![2])
}

pub(super) async fn rows_are_grouped_by_week(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let week = || Post::pub_date.bucket(Bucket::Week, &TimeZone::UTC);
    let weeks = Post::objects().group_by(week()).order_by(week()).select((week(), count())).all(on).await?;
    let weeks: Vec<_> = weeks.into_iter().map(|(start, count)| (start.date().to_string(), count)).collect();
    same(weeks, vec![("2025-12-29".to_owned(), 4), ("2026-01-05".to_owned(), 1)])
}

pub(super) async fn groups_of_quarters_in_a_zone_fit_a_statement(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let zone = new_york()?;
    let quarter = || Post::pub_date.bucket(Bucket::Quarter, &zone);
    let query = Post::objects().group_by(quarter()).order_by(quarter()).select((quarter(), count()));
    let quarters = query.all(on).await?;
    let quarters: Vec<_> = quarters.into_iter().map(|(start, count)| (start.to_string(), count)).collect();
    same(quarters, vec![("2025-10-01T00:00:00".to_owned(), 1), ("2026-01-01T00:00:00".to_owned(), 4)])
}

pub(super) async fn parts_are_filters(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::pub_date.part(Part::Day, &TimeZone::UTC).eq(2)).await?, vec![2])?;
    same(posts(on, Post::pub_date.part(Part::Weekday, &TimeZone::UTC).ge(6)).await?, vec![3, 4])?;
    same(posts(on, Post::pub_date.part(Part::Year, &new_york()?).eq(2025)).await?, vec![1])
}

pub(super) async fn a_thousand_hours_agree_with_jiff(on: &dyn Executor) -> Result<()> {
    let begin = moment("2026-01-01T00:00:00Z")?.as_millis();
    let moments: Vec<i64> = (0..1000).map(|n| begin + n * 9 * 3_600_000 + n * 1_001).collect();
    let rows = moments
        .iter()
        .map(|ms| Instant::create().set(Instant::at, Timestamp::from_millis(*ms)).set(Instant::n, 0));
    create_all(rows.collect(), on).await?;
    let zone = new_york()?;
    let day = || Instant::at.bucket(Bucket::Hour, &zone);
    let got = Instant::objects().order_by(Instant::id).select(day()).all(on).await?;
    for (ms, got) in moments.iter().zip(&got) {
        let local = jiff::Timestamp::try_from(Timestamp::from_millis(*ms))?.to_zoned(zone.clone()).datetime();
        let want = jiff::civil::DateTime::from_parts(local.date(), jiff::civil::time(local.hour(), 0, 0, 0));
        same(*got, want)?;
    }
    same(got.len(), 1000)
}

pub(super) async fn two_buckets_in_a_zone_fit_a_statement(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let (zone, other) = (new_york()?, berlin()?);
    let (day, month) =
        (|| Post::pub_date.bucket(Bucket::Day, &zone), || Post::pub_date.bucket(Bucket::Month, &zone));
    let query = Post::objects().group_by((day(), month())).order_by((month().desc(), day()));
    let two = query.select((day(), month(), Post::pub_date.part(Part::Hour, &other).min(), count()));
    let two = two.all(on).await?;
    let two: Vec<_> = two
        .iter()
        .map(|(day, month, hour, count)| format!("{} {} {hour:?} {count}", day.date(), month.date()))
        .collect();
    let want = [
        "2026-01-01 2026-01-01 Some(1) 1",
        "2026-01-02 2026-01-01 Some(1) 1",
        "2026-01-03 2026-01-01 Some(1) 1",
        "2026-01-04 2026-01-01 Some(1) 1",
        "2025-12-31 2025-12-01 Some(1) 1",
    ];
    same(two, want.map(str::to_owned).to_vec())
}

pub(super) async fn a_moment_that_has_a_parameter_is_in_a_zone(on: &dyn Executor) -> Result<()> {
    Everything::create().run(on).await?;
    let summer = Some(moment("2026-07-01T03:00:00Z")?);
    Everything::create().set(Everything::moment, summer).run(on).await?;
    let zone = new_york()?;
    let hour = || Everything::moment.or(Timestamp::from_millis(0)).part(Part::Hour, &zone);
    same(Everything::objects().order_by(Everything::id).select(hour()).all(on).await?, vec![19, 23])?;
    same(keys(on, hour().eq(23)).await?, vec![2])
}

pub(super) async fn the_last_moment_of_a_group_is_in_a_zone(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let zone = new_york()?;
    let last = Post::objects().group_by(Post::author).order_by(Post::author);
    let last = last.select(Post::pub_date.max().bucket(Bucket::Day, &zone)).all(on).await?;
    let last: Vec<_> = last.iter().map(|day| day.map(|day| day.date().to_string())).collect();
    same(last, ["2026-01-01", "2026-01-03", "2026-01-04"].map(|day| Some(day.to_owned())).to_vec())?;
    // With values in it too.
    let drafts = Post::pub_date.max().only(Post::draft.eq(true)).or(Timestamp::from_millis(0));
    let last = Post::objects().group_by(Post::author).order_by(Post::author);
    let last = last.select(drafts.bucket(Bucket::Day, &zone)).all(on).await?;
    let last: Vec<_> = last.iter().map(|day| day.date().to_string()).collect();
    same(last, ["2026-01-01", "1969-12-31", "2026-01-04"].map(str::to_owned).to_vec())
}
