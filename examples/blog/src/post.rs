//! [`Post`]: what is stored, and the statements that store and find it.

use domicile::prelude::*;
use time::{Date, OffsetDateTime};

use crate::draft::Draft;

/// A post, or as much of it as its reader asked for.
#[derive(FromRow)]
pub(crate) struct Post {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) pub_date: Timestamp,
}

impl Post {
    /// The day in UTC on which it was published.
    pub(crate) fn day(&self) -> Date {
        let seconds = self.pub_date.as_millis().div_euclid(1000);
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
    }
}

/// At most `limit` posts, newest first, after the `skip` newest; of the content only the beginning.
pub(crate) fn newest(store: &Store, skip: u64, limit: u32) -> Result<Vec<Post>> {
    store.query_all(
        "SELECT id, title, substr(content, 1, 240) AS content, pub_date FROM post
         ORDER BY pub_date DESC, id DESC LIMIT ? OFFSET ?",
        (limit, skip),
    )
}

/// The post with this id.
pub(crate) fn find(store: &Store, id: u32) -> Result<Option<Post>> {
    store.query_opt("SELECT id, title, content, pub_date FROM post WHERE id = ?", (id,))
}

/// Stores a draft without mistakes and gives the post's id.
pub(crate) fn create(store: &Store, draft: Draft, now: Timestamp) -> Result<u32> {
    // Browsers end the lines of a form with two characters.
    let content = draft.content.replace("\r\n", "\n");
    store.query_one(
        "INSERT INTO post (title, content, pub_date) VALUES (?, ?, ?) RETURNING id",
        (draft.title.trim(), content, now),
    )
}
