//! Which rows a query finds, and what it gives of them.

use domicile::prelude::*;
use domicile::query::{Bucket, Executor, Part, count, row, whole};
use jiff::tz::TimeZone;

use super::super::model::{Author, Category, Comment, Country, Post};
use super::{refused, same};

/// Three authors, five posts, three comments.
pub(super) async fn world(on: &dyn Executor) -> Result<()> {
    for (code, name) in [("CH", "Switzerland"), ("NO", "Norway")] {
        Country::create().set(Country::code, code).set(Country::name, name).run(on).await?;
    }
    for (name, country) in [("Ada", Some("CH")), ("Berit", Some("NO")), ("Cleo", None)] {
        let country = country.map(|code| ForeignKey::new(code.to_owned()));
        let new = Author::create().set(Author::name, name).set(Author::email, format!("{name}@example.com"));
        new.set(Author::country, country).run(on).await?;
    }
    let posts = [
        ("Boats", 1, 10, false, Some(4.5)),
        ("About boats", 1, 0, true, None),
        ("Trees", 2, 7, false, Some(3.0)),
        ("Ünder trees", 2, 3, false, None),
        ("100% _sure_", 3, 0, true, Some(1.0)),
    ];
    for (at, (title, author, views, draft, rating)) in (0_i64..).zip(posts) {
        Post::create()
            .set(Post::title, title)
            .set(Post::content, format!("All about {title}."))
            .set(Post::author, ForeignKey::new(author))
            .set(Post::pub_date, Timestamp::from_millis(1_767_225_600_000 + at * 86_400_000))
            .set(Post::views, views)
            .set(Post::draft, draft)
            .set(Post::rating, rating)
            .run(on)
            .await?;
    }
    for (post, author, text) in [(1, 2, "Nice"), (1, 3, "Indeed"), (3, 1, "Green")] {
        let new = Comment::create().set(Comment::post, ForeignKey::new(post));
        new.set(Comment::author, ForeignKey::new(author)).set(Comment::text, text).run(on).await?;
    }
    Ok(())
}

async fn ids(on: &dyn Executor, posts: domicile::query::Objects<Post>) -> Result<Vec<u32>> {
    posts.order_by(Post::id).select(Post::id).all(on).await
}

pub(super) async fn equality(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(ids(on, Post::objects().filter(Post::title.eq("Boats"))).await?, vec![1])?;
    same(ids(on, Post::objects().filter(Post::title.eq("boats"))).await?, vec![])?;
    same(ids(on, Post::objects().filter(Post::title.ieq("boats"))).await?, vec![1])?;
    same(ids(on, Post::objects().filter(Post::views.ne(0))).await?, vec![1, 3, 4])?;
    same(ids(on, Post::objects().filter(Post::rating.ne(3.0))).await?, vec![1, 2, 4, 5])?;
    same(ids(on, Post::objects().exclude(Post::rating.eq(3.0))).await?, vec![1, 2, 4, 5])?;
    same(ids(on, Post::objects().filter(Post::draft.eq(true) & Post::views.eq(0))).await?, vec![2, 5])?;
    same(ids(on, Post::objects().filter(Post::id.eq(4) | Post::id.eq(5))).await?, vec![4, 5])?;
    same(ids(on, Post::objects().filter(!(Post::draft.eq(true)))).await?, vec![1, 3, 4])
}

pub(super) async fn ranges_and_lists(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(ids(on, Post::objects().filter(Post::views.between(3, 7))).await?, vec![3, 4])?;
    same(ids(on, Post::objects().filter(Post::views.gt(3)).filter(Post::views.le(10))).await?, vec![1, 3])?;
    same(ids(on, Post::objects().filter(Post::id.is_in([2, 3, 99]))).await?, vec![2, 3])?;
    same(ids(on, Post::objects().filter(Post::id.is_in(2..5_000))).await?, vec![2, 3, 4, 5])?;
    same(ids(on, Post::objects().filter(Post::id.is_in([0; 0]))).await?, vec![])?;
    let many: Vec<String> = (0..200).map(|n| format!("t{n}")).chain(["Boats".to_owned()]).collect();
    same(ids(on, Post::objects().filter(Post::title.is_in(&many))).await?, vec![1])?;
    let swiss =
        Author::objects().filter(Author::country.to(Country::name).eq("Switzerland")).select(Author::id);
    same(ids(on, Post::objects().filter(Post::author.is_in_query(swiss))).await?, vec![1, 2])
}

pub(super) async fn parts_of_texts(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(ids(on, Post::objects().filter(Post::title.contains("boats"))).await?, vec![2])?;
    same(ids(on, Post::objects().filter(Post::title.icontains("BOATS"))).await?, vec![1, 2])?;
    same(ids(on, Post::objects().filter(Post::title.contains("% _"))).await?, vec![5])?;
    same(ids(on, Post::objects().filter(Post::title.contains("x".repeat(60)))).await?, vec![])?;
    same(ids(on, Post::objects().filter(Post::title.starts_with("Tree"))).await?, vec![3])?;
    same(ids(on, Post::objects().filter(Post::title.istarts_with("abOUT"))).await?, vec![2])?;
    same(ids(on, Post::objects().filter(Post::title.ends_with("trees"))).await?, vec![4])?;
    same(ids(on, Post::objects().filter(Post::title.iends_with("TREES"))).await?, vec![3, 4])?;
    same(ids(on, Post::objects().filter(Post::title.starts_with(""))).await?.len(), 5)?;
    same(ids(on, Post::objects().filter(Post::title.ends_with(""))).await?.len(), 5)?;
    let lengths =
        Post::objects().order_by(Post::id).limit(1).select((Post::title.length(), Post::title.upper()));
    same(lengths.all(on).await?, vec![(5, "BOATS".to_owned())])
}

pub(super) async fn nothing_and_null(on: &dyn Executor) -> Result<()> {
    same(Post::objects().all(on).await?, vec![])?;
    same(Post::objects().count(on).await?, 0)?;
    same(Post::objects().exists(on).await?, false)?;
    same(Post::objects().first(on).await?, None)?;
    refused(Post::by_key(7_u32).get(on).await, domicile::Kind::NotFound, "post not found")?;
    world(on).await?;
    same(ids(on, Post::objects().filter(Post::rating.is_null())).await?, vec![2, 4])?;
    same(ids(on, Post::objects().filter(Post::rating.eq(None))).await?, vec![2, 4])?;
    same(ids(on, Post::objects().filter(Post::rating.is_not_null())).await?, vec![1, 3, 5])?;
    same(Post::objects().filter(Post::views.gt(100)).select(Post::views.sum()).get(on).await?, None)?;
    refused(Post::objects().get(on).await, domicile::Kind::Conflict, "more than one post")
}

pub(super) async fn along_foreign_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let swiss = Post::author.to(Author::country).to(Country::name).eq("Switzerland");
    same(ids(on, Post::objects().filter(swiss)).await?, vec![1, 2])?;
    let nowhere = Post::author.to(Author::country).to(Country::name).is_null();
    same(ids(on, Post::objects().filter(nowhere)).await?, vec![5])?;
    let names = Post::objects()
        .order_by((-Post::author.to(Author::name), Post::id))
        .select((Post::id, Post::author.to(Author::name)));
    let names: Vec<(u32, String)> = names.all(on).await?;
    same(names.first(), Some(&(5, "Cleo".to_owned())))?;
    let rows = Author::objects().select((whole(), row(Author::country))).all(on).await?;
    let rows: Vec<(String, Option<String>)> = rows
        .into_iter()
        .map(|(author, country)| (author.name, country.map(|country| country.name)))
        .collect();
    same(
        rows,
        vec![
            ("Ada".to_owned(), Some("Switzerland".to_owned())),
            ("Berit".to_owned(), Some("Norway".to_owned())),
            ("Cleo".to_owned(), None),
        ],
    )?;
    let ada = Author::by_key(1_u32).get(on).await?;
    same(ids(on, Post::author.of(&ada)).await?, vec![1, 2])
}

pub(super) async fn pointed_at(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let names = |filter| async move { Author::objects().filter(filter).select(Author::name).all(on).await };
    same(names(Post::author.any(Post::draft.eq(true))).await?, vec!["Ada".to_owned(), "Cleo".to_owned()])?;
    same(names(!Post::author.any(Post::draft.eq(true))).await?, vec!["Berit".to_owned()])?;
    let top = Category::create().set(Category::name, "top").run(on).await?;
    let new = Category::create().set(Category::name, "inner");
    new.set(Category::parent, Some(ForeignKey::from(&top))).run(on).await?;
    let parents = Category::objects().filter(Category::parent.any(Category::name.eq("inner")));
    same(parents.select(Category::name).all(on).await?, vec!["top".to_owned()])
}

pub(super) async fn groups(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let by_author = Post::objects().group_by(Post::author).order_by(Post::author).select((
        Post::author.to(Author::name),
        count(),
        Post::views.sum(),
        Post::rating.avg(),
    ));
    same(
        by_author.all(on).await?,
        vec![
            ("Ada".to_owned(), 2, Some(10), Some(4.5)),
            ("Berit".to_owned(), 2, Some(10), Some(3.0)),
            ("Cleo".to_owned(), 1, Some(0), Some(1.0)),
        ],
    )?;
    let several = Post::objects().group_by(Post::author).having(count().gt(1));
    same(several.clone().order_by(Post::author).select(Post::author).all(on).await?.len(), 2)?;
    same(several.select(Post::author).count(on).await?, 2)?;
    let whole = Post::objects().select((
        count(),
        count().only(Post::draft.eq(true)),
        Post::rating.count(),
        Post::author.count_distinct(),
        Post::views.min(),
        Post::title.max(),
        Post::views.sum().or(0_u64),
    ));
    same(whole.get(on).await?, (5, 2, 3, 3, Some(0), Some("Ünder trees".to_owned()), 20))?;
    same(
        Post::objects().distinct().order_by(Post::draft).select(Post::draft).all(on).await?,
        vec![false, true],
    )
}

pub(super) async fn pages(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let page = Post::objects().order_by(Post::id).select(Post::id).page(2, 2, on).await?;
    same((page.items.clone(), page.total, page.pages()), (vec![3, 4], 5, 3))?;
    same((page.previous(), page.next()), (Some(1), Some(3)))?;
    refused(Post::objects().page(4, 2, on).await, domicile::Kind::NotFound, "page not found")?;
    same(Post::objects().filter(Post::id.gt(9)).page(1, 2, on).await?.items, vec![])?;
    for descending in [true, false] {
        let rows = || {
            let rows = Post::objects();
            let rows = match descending {
                true => rows.order_by((-Post::rating, -Post::id)),
                false => rows.order_by((Post::draft, Post::rating, Post::id)),
            };
            rows.select(Post::id)
        };
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let window = rows().page_after(cursor.as_ref(), 2, on).await?;
            seen.extend(window.items);
            match window.next {
                None => break,
                Some(next) => cursor = Some(next.to_string().parse()?),
            }
        }
        same(seen, rows().all(on).await?)?;
    }
    Ok(())
}

pub(super) async fn searching(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let found = |words: &'static str| async move {
        let mut ids = Post::objects().search(words).select(Post::id).all(on).await?;
        ids.sort_unstable();
        Ok::<_, Error>(ids)
    };
    same(found("boats").await?, vec![1, 2])?;
    same(found("boats OR trees").await?, vec![])?;
    same(found("\" ) * -").await?, vec![])?;
    same(found("all trees").await?, vec![3, 4])?;
    same(Post::objects().search_as_typed("about boa").count(on).await?, 2)?;
    Post::by_key(1_u32).update().set(Post::title, "Ships").set(Post::content, "").run(on).await?;
    same(found("boats").await?, vec![2])?;
    refused(Author::objects().search("x").all(on).await, domicile::Kind::Invalid, "no full-text index")
}

pub(super) async fn calendar(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let days = Post::objects()
        .group_by(Post::pub_date.bucket(Bucket::Week, &TimeZone::UTC))
        .order_by(Post::pub_date.bucket(Bucket::Week, &TimeZone::UTC))
        .select((Post::pub_date.bucket(Bucket::Week, &TimeZone::UTC), count()));
    let days: Vec<(String, u64)> =
        days.all(on).await?.into_iter().map(|(day, count)| (day.date().to_string(), count)).collect();
    same(days, vec![("2025-12-29".to_owned(), 4), ("2026-01-05".to_owned(), 1)])?;
    same(
        ids(on, Post::objects().filter(Post::pub_date.part(Part::Day, &TimeZone::UTC).eq(2))).await?,
        vec![2],
    )
}
