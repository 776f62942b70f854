//! What the blog's templates ask of a post.

use jiff::tz::TimeZone;

/// The day in UTC of this moment, as people write it, and as `<time>` wants it.
pub fn day(moment: &i64) -> (String, String) {
    let moment = jiff::Timestamp::from_millisecond(*moment).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let day = moment.to_zoned(TimeZone::UTC).date();
    (day.strftime("%-d %B %Y").to_string(), day.to_string())
}
