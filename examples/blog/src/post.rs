//! [`Post`]: what is stored, and the queries that find it. They run on a store and on D1 alike.

use domicile::prelude::*;
use domicile::query::{Objects, Selection};
use jiff::tz::TimeZone;

/// A post.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(-pub_date, -id))]
pub struct Post {
    /// Its number, from 1.
    pub id: u32,
    /// A line of text.
    #[model(max_length = 200)]
    pub title: String,
    /// The whole of the text.
    #[model(blank)]
    pub content: String,
    /// When it was published.
    #[model(index, default = now)]
    pub pub_date: Timestamp,
}

/// What a list shows of a post: its id, its title, the beginning of its content, and when it was published.
pub type Listed = (u32, String, String, Timestamp);

/// The most posts on a page of the list.
pub(crate) const PER_PAGE: u32 = 20;

/// The posts as lists show them, newest first.
#[must_use]
pub fn listed() -> Objects<Post, impl Selection<Post, Row = Listed> + 'static> {
    Post::objects().select((Post::id, Post::title, Post::content.left(240), Post::pub_date))
}

/// The number of the page that `?page=N` asks for, the first without it; `None` where it is no number of a page.
#[must_use]
pub fn page_number(request: &Request) -> Option<u32> {
    let number = request.query_value("page").map_or(Ok(1), |number| number.parse::<u32>());
    number.ok().filter(|number| *number > 0)
}

/// The posts of the page with this number, and one more where there is an older page, which tells so without counting all
/// of them.
#[must_use]
pub fn page(number: u32) -> Objects<Post, impl Selection<Post, Row = Listed> + 'static> {
    listed().limit(u64::from(PER_PAGE) + 1).offset(u64::from(number.saturating_sub(1)) * u64::from(PER_PAGE))
}

/// The day in UTC of this moment, as people write it, and as `<time>` wants it.
pub(crate) fn day(moment: &Timestamp) -> (String, String) {
    let moment = jiff::Timestamp::try_from(*moment).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let day = moment.to_zoned(TimeZone::UTC).date();
    (day.strftime("%-d %B %Y").to_string(), day.to_string())
}
