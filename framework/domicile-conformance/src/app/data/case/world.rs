//! What cases begin with and end with: a small blog, rows of notes, and the keys of what is found.

use domicile::prelude::*;
use domicile::query::{Executor, IntoFilter, Objects, create_all};

use super::super::model::{Author, Comment, Country, Note, Post};

/// 1 January 2026 in milliseconds.
pub(super) const NEW_YEAR: i64 = 1_767_225_600_000;
/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;

/// Three authors, five posts, three comments.
pub(super) async fn world(on: &dyn Executor) -> Result<()> {
    let countries = [("CH", "Switzerland"), ("NO", "Norway")]
        .map(|(code, name)| Country::create().set(Country::code, code).set(Country::name, name));
    create_all(countries.into(), on).await?;
    let authors = [("Ada", Some("CH")), ("Berit", Some("NO")), ("Cleo", None)].map(|(name, country)| {
        let country = country.map(|code| ForeignKey::new(code.to_owned()));
        let new = Author::create().set(Author::name, name).set(Author::email, format!("{name}@example.com"));
        new.set(Author::country, country)
    });
    create_all(authors.into(), on).await?;
    let posts = [
        ("Boats", 1, 10, false, Some(4.5)),
        ("About boats", 1, 0, true, None),
        ("Trees", 2, 7, false, Some(3.0)),
        ("Ünder trees", 2, 3, false, None),
        ("100% _sure_", 3, 0, true, Some(1.0)),
    ];
    let posts = (0_i64..).zip(posts).map(|(at, (title, author, views, draft, rating))| {
        Post::create()
            .set(Post::title, title)
            .set(Post::content, format!("All about {title}."))
            .set(Post::author, ForeignKey::new(author))
            .set(Post::pub_date, Timestamp::from_millis(NEW_YEAR + at * DAY))
            .set(Post::views, views)
            .set(Post::draft, draft)
            .set(Post::rating, rating)
    });
    create_all(posts.collect(), on).await?;
    let comments = [(1, 2, "Nice"), (1, 3, "Indeed"), (3, 1, "Green")].map(|(post, author, text)| {
        let new = Comment::create().set(Comment::post, ForeignKey::new(post));
        new.set(Comment::author, ForeignKey::new(author)).set(Comment::text, text)
    });
    create_all(comments.into(), on).await?;
    Ok(())
}

/// The ids of posts, smallest first.
pub(super) async fn ids(on: &dyn Executor, posts: Objects<Post>) -> Result<Vec<u32>> {
    posts.order_by(Post::id).select(Post::id).all(on).await
}

/// The ids of the posts that a filter finds.
pub(super) async fn posts(on: &dyn Executor, filter: impl IntoFilter<Post>) -> Result<Vec<u32>> {
    ids(on, Post::objects().filter(filter)).await
}

/// The names of the authors that a filter finds, in the model's own order.
pub(super) async fn names(on: &dyn Executor, filter: impl IntoFilter<Author>) -> Result<Vec<String>> {
    Author::objects().filter(filter).select(Author::name).all(on).await
}

/// The keys of the rows that a filter finds, smallest first.
pub(super) async fn keys<M: Model>(on: &dyn Executor, filter: impl IntoFilter<M>) -> Result<Vec<M::Key>>
where
    M::Key: Ord,
{
    let mut keys: Vec<M::Key> = M::objects().filter(filter).all(on).await?.iter().map(Model::key).collect();
    keys.sort();
    Ok(keys)
}

/// Notes of these texts, whose ids are 1, 2 and so on.
pub(super) async fn notes(on: &dyn Executor, texts: &[&str]) -> Result<()> {
    let rows = texts.iter().map(|text| Note::create().set(Note::text, *text)).collect();
    create_all(rows, on).await?;
    Ok(())
}
