//! Pages by number and by key.

use domicile::Kind;
use domicile::prelude::*;
use domicile::query::{Cursor, Executor, Objects, count, create_all};

use super::super::model::{Author, Country, Everything, Exact, Note, Post, Snow};
use super::world::{DAY, NEW_YEAR, notes, world};
use super::{refused, same};

/// All rows, window by window; each cursor goes through its text.
async fn walk<M: Model>(on: &dyn Executor, query: impl Fn() -> Objects<M>, size: u64) -> Result<Vec<M>> {
    let (mut seen, mut cursor): (Vec<M>, Option<Cursor>) = (Vec::new(), None);
    for _ in 0..200 {
        let window = query().page_after(cursor.as_ref(), size, on).await?;
        seen.extend(window.items);
        match window.next {
            None => return Ok(seen),
            Some(next) => cursor = Some(next.to_string().parse()?),
        }
    }
    Err(Error::internal("the windows have no end"))
}

/// That windows of each size give what `all` gives.
async fn walks<M: Model + PartialEq + std::fmt::Debug>(
    on: &dyn Executor,
    query: impl Fn() -> Objects<M>,
) -> Result<()> {
    let all = query().all(on).await?;
    for size in [1, 2, 3, 100] {
        same(walk(on, &query, size).await?, query().all(on).await?)?;
    }
    same(all.is_empty(), false)
}

pub(super) async fn pages_have_numbers(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let page = |n| Post::objects().order_by(Post::id).select(Post::id).page(n, 2, on);
    let second = page(2).await?;
    same((second.items.clone(), second.number, second.size), (vec![3, 4], 2, 2))?;
    same((second.total, second.pages(), second.previous(), second.next()), (5, 3, Some(1), Some(3)))?;
    let (first, last) = (page(1).await?, page(3).await?);
    same((first.items.clone(), first.previous(), first.next()), (vec![1, 2], None, Some(2)))?;
    same((last.items.clone(), last.previous(), last.next()), (vec![5], Some(2), None))
}

pub(super) async fn a_page_that_is_not_there_is_not_found(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    for number in [0, 4, 1_000_000, u64::MAX] {
        refused(Post::objects().page(number, 2, on).await, Kind::NotFound, "page not found")?;
    }
    Ok(())
}

pub(super) async fn the_first_page_may_be_empty(on: &dyn Executor) -> Result<()> {
    let page = Post::objects().page(1, 2, on).await?;
    same((page.items.len(), page.total, page.pages(), page.next()), (0, 0, 1, None))?;
    refused(Post::objects().page(2, 2, on).await, Kind::NotFound, "")
}

pub(super) async fn a_page_of_no_rows_is_one_of_one(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let page = Post::objects().order_by(Post::id).select(Post::id).page(2, 0, on).await?;
    same((page.items.clone(), page.size, page.pages()), (vec![2], 1, 5))?;
    let window = Post::objects().order_by(Post::id).select(Post::id).page_after(None, 0, on).await?;
    same((window.items, window.next.is_some()), (vec![1], true))
}

pub(super) async fn pages_stay_within_a_limit(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let page = |n| Post::objects().order_by(Post::id).offset(1).limit(3).select(Post::id).page(n, 2, on);
    let (first, second) = (page(1).await?, page(2).await?);
    same((first.items.clone(), first.total, first.pages()), (vec![2, 3], 3, 2))?;
    same(second.items, vec![4])?;
    refused(page(3).await, Kind::NotFound, "")
}

pub(super) async fn pages_of_groups(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups =
        Post::objects().group_by(Post::author).order_by(Post::author).select((Post::author, count()));
    let page = groups.page(2, 2, on).await?;
    same((page.items.clone(), page.total), (vec![(ForeignKey::new(3), 1)], 3))
}

pub(super) async fn windows_follow_each_other(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().order_by(Post::id)).await?;
    walks(on, || Post::objects().order_by(-Post::id)).await?;
    walks(on, || Post::objects().order_by(Post::title)).await
}

pub(super) async fn windows_follow_the_models_own_order(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, Post::objects).await?;
    let first = Post::objects().select(Post::id).page_after(None, 2, on).await?;
    same(first.items, vec![5, 4])?;
    walks(on, Author::objects).await?;
    walks(on, Country::objects).await
}

pub(super) async fn windows_over_ties(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().order_by((Post::draft, Post::id))).await?;
    walks(on, || Post::objects().order_by((-Post::draft, -Post::id))).await?;
    notes(on, &["same"; 9]).await?;
    let seen = walk(on, || Note::objects().order_by(Note::text), 2).await?;
    same(seen.iter().map(|note| note.id).collect::<Vec<_>>(), (1..=9).collect())
}

pub(super) async fn windows_in_mixed_directions(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().order_by((Post::author, -Post::views, Post::id))).await?;
    walks(on, || Post::objects().order_by((-Post::draft, Post::title, -Post::id))).await
}

pub(super) async fn windows_over_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().order_by((Post::rating, Post::id))).await?;
    walks(on, || Post::objects().order_by((-Post::rating, Post::id))).await?;
    walks(on, || Post::objects().order_by((-Post::rating, -Post::id))).await?;
    walks(on, || Post::objects().order_by((Post::draft, -Post::rating, Post::id))).await
}

pub(super) async fn windows_by_what_rows_point_to(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().order_by((Post::author.to(Author::name), Post::id))).await?;
    let country = || Post::author.to(Author::country).to(Country::name);
    walks(on, || Post::objects().order_by((country(), Post::id))).await?;
    walks(on, || Post::objects().order_by((country().desc(), Post::id))).await
}

pub(super) async fn windows_by_expressions(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().order_by(((Post::views * 2 - 1).desc(), Post::id))).await?;
    walks(on, || Post::objects().order_by((Post::title.lower(), Post::id))).await?;
    walks(on, || Post::objects().order_by((Post::title.length(), Post::id))).await
}

pub(super) async fn windows_of_what_a_filter_finds(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    walks(on, || Post::objects().filter(Post::views.gt(0)).order_by(Post::id)).await?;
    walks(on, || Post::objects().filter(Post::id.eq(1) | Post::id.gt(3)).order_by(-Post::title)).await
}

pub(super) async fn windows_by_exact64(on: &dyn Executor) -> Result<()> {
    let near: Vec<_> = (0..7).map(|n| Exact::create().set(Exact::n, Exact64::new(i64::MAX - n))).collect();
    create_all(near, on).await?;
    walks(on, || Exact::objects().order_by(Exact::n)).await?;
    walks(on, || Exact::objects().order_by(-Exact::n)).await?;
    for n in 0..5 {
        Snow { id: Exact64::new(i64::MIN + n), name: "x".to_owned(), parent: None }.insert(on).await?;
    }
    walks(on, Snow::objects).await?;
    walks(on, || Snow::objects().order_by(Snow::name)).await
}

pub(super) async fn windows_by_bytes_floats_and_bools(on: &dyn Executor) -> Result<()> {
    let rows = [(0_u8, 0.5, true), (0, 1e300, false), (255, -2.0, true), (7, 9.3e18, false)];
    let rows = rows.map(|(byte, float, yes)| {
        let new = Everything::create().set(Everything::bytes, Some(vec![byte, byte]));
        new.set(Everything::float, float).set(Everything::yes, yes)
    });
    create_all(rows.into(), on).await?;
    create_all(vec![Everything::create(), Everything::create().set(Everything::bytes, Some(vec![]))], on)
        .await?;
    walks(on, || Everything::objects().order_by((Everything::bytes, Everything::id))).await?;
    walks(on, || Everything::objects().order_by((-Everything::bytes, Everything::id))).await?;
    walks(on, || Everything::objects().order_by((-Everything::float, Everything::id))).await?;
    walks(on, || Everything::objects().order_by((Everything::yes, Everything::id))).await
}

pub(super) async fn windows_by_hard_texts(on: &dyn Executor) -> Result<()> {
    notes(on, &["", "a\0b", "a", "'\"", "🙂", "e\u{301}", "\u{e9}", "null", "1"]).await?;
    walks(on, || Note::objects().order_by(Note::text)).await?;
    walks(on, || Note::objects().order_by(-Note::text)).await
}

pub(super) async fn rows_that_come_meanwhile_repeat_and_hide_none(on: &dyn Executor) -> Result<()> {
    notes(on, &["b", "d", "f", "h"]).await?;
    let by_text = || Note::objects().order_by(Note::text).select(Note::text);
    let first = by_text().page_after(None, 2, on).await?;
    same(first.items, vec!["b".to_owned(), "d".to_owned()])?;
    notes(on, &["a", "c", "e"]).await?;
    Note::objects().filter(Note::text.eq("d")).delete(on).await?;
    let second = by_text().page_after(first.next.as_ref(), 9, on).await?;
    same((second.items, second.next), (vec!["e".to_owned(), "f".to_owned(), "h".to_owned()], None))
}

pub(super) async fn the_last_window_has_no_next(on: &dyn Executor) -> Result<()> {
    notes(on, &["a", "b", "c", "d"]).await?;
    let by_id = || Note::objects().order_by(Note::id).select(Note::id);
    let first = by_id().page_after(None, 2, on).await?;
    let second = by_id().page_after(first.next.as_ref(), 2, on).await?;
    same((second.items, second.next), (vec![3, 4], None))?;
    let none = Note::objects().filter(Note::id.gt(9)).page_after(None, 2, on).await?;
    same((none.items.len(), none.next), (0, None))
}

pub(super) async fn a_cursor_of_another_list_is_refused(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let by_title = Post::objects().order_by(Post::title).page_after(None, 2, on).await?.next;
    let by_id = Post::objects().order_by(Post::id).page_after(by_title.as_ref(), 2, on).await;
    refused(by_id, Kind::BadRequest, "the cursor belongs to another list")?;
    let by_views = Post::objects().order_by(Post::views).page_after(by_title.as_ref(), 2, on).await;
    refused(by_views, Kind::BadRequest, "the cursor belongs to another list")
}

pub(super) async fn text_that_is_no_cursor_is_refused(_: &dyn Executor) -> Result<()> {
    for text in ["", "x", "null", "[1]", "é", "W10K!", "' OR 1=1", "ffff", "00", "e30", "bnVsbA"] {
        let cursor = text.parse::<Cursor>();
        refused(cursor, Kind::BadRequest, "the cursor is none that this app has made")?;
    }
    Ok(())
}

pub(super) async fn windows_of_groups_are_refused(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = Post::objects().group_by(Post::author).select(Post::author).page_after(None, 2, on).await;
    refused(groups, Kind::Invalid, "page by number")?;
    let distinct = Post::objects().distinct().select(Post::draft).page_after(None, 2, on).await;
    refused(distinct, Kind::Invalid, "page by number")
}

pub(super) async fn windows_have_no_limit_of_their_own(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    refused(Post::objects().limit(3).page_after(None, 2, on).await, Kind::Invalid, "no limit or offset")?;
    refused(Post::objects().offset(3).page_after(None, 2, on).await, Kind::Invalid, "no limit or offset")
}

pub(super) async fn windows_keep_the_place_of_null(on: &dyn Executor) -> Result<()> {
    let moved = Post::objects().order_by(Post::rating.asc().nulls_last()).page_after(None, 2, on).await;
    refused(moved, Kind::Invalid, "NULL")
}

pub(super) async fn a_window_uses_an_index(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let by_mail = || Author::objects().order_by(Author::email);
    let plan = by_mail().filter(Author::email.gt("a")).limit(3).explain(on).await?;
    same(plan.full_scans(), vec![])
}

pub(super) async fn rows_that_are_equal_stay_on_their_page(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // By the index of `draft` and `pub_date`, which SQLite takes, the last written would come first.
    for id in 1..=5_u32 {
        let back = Timestamp::from_millis(NEW_YEAR - i64::from(id) * DAY);
        Post::by_key(id).update().set(Post::pub_date, back).run(on).await?;
    }
    let page = |n| Post::objects().order_by(Post::draft).select(Post::id).page(n, 2, on);
    let (first, second, third) = (page(1).await?, page(2).await?, page(3).await?);
    same((first.items, second.items, third.items), (vec![1, 3], vec![4, 2], vec![5]))?;
    let down = |n| Post::objects().order_by(-Post::draft).select(Post::id).page(n, 3, on);
    same((down(1).await?.items, down(2).await?.items), (vec![5, 2, 4], vec![3, 1]))
}

pub(super) async fn groups_that_are_equal_stay_on_their_page(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // By the index of `author` and `title`, which SQLite takes, they would come author by author.
    let groups = |n| {
        let groups = Post::objects().group_by((Post::title, Post::author)).order_by(count().desc());
        groups.select(Post::title).page(n, 2, on)
    };
    let titles = [groups(1).await?.items, groups(2).await?.items, groups(3).await?.items].concat();
    same(titles, ["100% _sure_", "About boats", "Boats", "Trees", "Ünder trees"].map(str::to_owned).to_vec())
}
