//! In which order rows come, how many of them, and which only once; and what gives one row.

use domicile::Kind;
use domicile::prelude::*;
use domicile::query::Executor;

use super::super::model::{Author, Country, Note, Post};
use super::world::{ids, notes, world};
use super::{refused, same};

async fn of(on: &dyn Executor, query: domicile::query::Objects<Post>) -> Result<Vec<u32>> {
    query.select(Post::id).all(on).await
}

pub(super) async fn rows_come_smallest_first(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().order_by(Post::title)).await?, vec![5, 2, 1, 3, 4])?;
    same(of(on, Post::objects().order_by(Post::title.asc())).await?, vec![5, 2, 1, 3, 4])
}

pub(super) async fn rows_come_largest_first(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().order_by(-Post::title)).await?, vec![4, 3, 1, 2, 5])?;
    same(of(on, Post::objects().order_by(Post::title.desc())).await?, vec![4, 3, 1, 2, 5])
}

pub(super) async fn several_orders_follow_each_other(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().order_by((Post::author, -Post::views))).await?, vec![1, 2, 3, 4, 5])?;
    same(of(on, Post::objects().order_by((-Post::author, Post::views))).await?, vec![5, 4, 3, 2, 1])?;
    same(
        of(on, Post::objects().order_by((Post::draft, -Post::rating, Post::id))).await?,
        vec![1, 3, 4, 5, 2],
    )?;
    same(
        of(on, Post::objects().order_by(vec![Post::draft.desc(), Post::id.desc()])).await?,
        vec![5, 2, 4, 3, 1],
    )
}

pub(super) async fn null_is_the_smallest(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().order_by((Post::rating, Post::id))).await?, vec![2, 4, 5, 3, 1])?;
    same(of(on, Post::objects().order_by((-Post::rating, Post::id))).await?, vec![1, 3, 5, 2, 4])
}

pub(super) async fn null_comes_last_or_first_where_it_is_said(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(
        of(on, Post::objects().order_by((Post::rating.asc().nulls_last(), Post::id))).await?,
        vec![5, 3, 1, 2, 4],
    )?;
    same(
        of(on, Post::objects().order_by((Post::rating.desc().nulls_first(), Post::id))).await?,
        vec![2, 4, 1, 3, 5],
    )
}

pub(super) async fn rows_are_ordered_by_what_they_point_to(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(
        of(on, Post::objects().order_by((-Post::author.to(Author::name), Post::id))).await?,
        vec![5, 3, 4, 1, 2],
    )?;
    let country = Post::author.to(Author::country).to(Country::name);
    same(of(on, Post::objects().order_by((country, Post::id))).await?, vec![5, 3, 4, 1, 2])
}

pub(super) async fn rows_are_ordered_by_an_expression(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let by_last_digit = Post::objects().order_by(((Post::views * 3 - Post::views * 2).desc(), -Post::id));
    same(of(on, by_last_digit).await?, vec![1, 3, 4, 5, 2])?;
    same(of(on, Post::objects().order_by((Post::title.length(), Post::id))).await?, vec![1, 3, 2, 4, 5])
}

pub(super) async fn a_model_has_its_own_order(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects()).await?, vec![5, 4, 3, 2, 1])?;
    same(Author::objects().select(Author::name).first(on).await?, Some("Ada".to_owned()))
}

pub(super) async fn an_order_takes_the_place_of_the_one_before(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().order_by(Post::title).order_by(Post::id)).await?, vec![1, 2, 3, 4, 5])
}

pub(super) async fn limit_and_offset_cut_what_is_ordered(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let by_id = || Post::objects().order_by(Post::id);
    same(of(on, by_id().limit(2)).await?, vec![1, 2])?;
    same(of(on, by_id().limit(2).offset(3)).await?, vec![4, 5])?;
    same(of(on, by_id().limit(2).offset(4)).await?, vec![5])?;
    same(of(on, by_id().limit(2).offset(5)).await?, vec![])
}

pub(super) async fn limit_zero_gives_nothing(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().limit(0)).await?, vec![])?;
    same(Post::objects().limit(0).count(on).await?, 0)?;
    same(Post::objects().limit(0).exists(on).await?, false)?;
    same(Post::objects().limit(0).first(on).await?, None)
}

pub(super) async fn offset_without_limit_gives_the_rest(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(of(on, Post::objects().order_by(Post::id).offset(3)).await?, vec![4, 5])?;
    same(Post::objects().offset(3).count(on).await?, 2)?;
    same(Post::objects().order_by(Post::id).offset(4).select(Post::id).first(on).await?, Some(5))
}

pub(super) async fn limits_without_end_are_no_error(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().limit(u64::MAX).all(on).await?.len(), 5)?;
    same(Post::objects().offset(u64::MAX).all(on).await?.len(), 0)?;
    same(Post::objects().limit(u64::MAX).offset(u64::MAX).count(on).await?, 0)?;
    same(Post::objects().page_after(None, u64::MAX, on).await?.items.len(), 5)?;
    same(Post::objects().page(1, u64::MAX, on).await?.items.len(), 5)
}

pub(super) async fn distinct_gives_what_is_the_same_once(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let drafts = Post::objects().distinct().order_by(Post::draft).select(Post::draft);
    same(drafts.all(on).await?, vec![false, true])?;
    let names = Post::objects()
        .distinct()
        .order_by(Post::author)
        .select((Post::author.to(Author::name), Post::draft));
    same(names.all(on).await?.len(), 4)?;
    same(Post::objects().distinct().all(on).await?.len(), 5)
}

pub(super) async fn distinct_takes_null_for_one_value(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ratings = Post::objects().distinct().order_by(Post::rating).select(Post::rating);
    same(ratings.all(on).await?, vec![None, Some(1.0), Some(3.0), Some(4.5)])
}

pub(super) async fn count_is_of_what_would_come(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().count(on).await?, 5)?;
    same(Post::objects().filter(Post::views.gt(0)).count(on).await?, 3)?;
    same(Post::objects().limit(3).count(on).await?, 3)?;
    same(Post::objects().limit(3).offset(4).count(on).await?, 1)?;
    same(Post::objects().distinct().select(Post::draft).count(on).await?, 2)?;
    same(Post::objects().group_by(Post::author).select(Post::author).count(on).await?, 3)?;
    same(
        Post::objects()
            .filter(Post::views.gt(99))
            .group_by(Post::author)
            .select(Post::author)
            .count(on)
            .await?,
        0,
    )
}

pub(super) async fn exists_asks_whether_any_would_come(on: &dyn Executor) -> Result<()> {
    same(Post::objects().exists(on).await?, false)?;
    world(on).await?;
    same(Post::objects().exists(on).await?, true)?;
    same(Post::objects().filter(Post::views.gt(9)).exists(on).await?, true)?;
    same(Post::objects().filter(Post::views.gt(10)).exists(on).await?, false)?;
    same(Post::objects().offset(4).exists(on).await?, true)?;
    same(Post::objects().offset(5).exists(on).await?, false)?;
    same(Post::author.of(&Author::by_key(3_u32).get(on).await?).exists(on).await?, true)
}

pub(super) async fn nothing_is_in_an_empty_table(on: &dyn Executor) -> Result<()> {
    same(Post::objects().all(on).await?, vec![])?;
    same(Post::objects().count(on).await?, 0)?;
    same(Post::objects().first(on).await?, None)?;
    same(Post::objects().update().set(Post::views, 1).run(on).await?, 0)?;
    same(Post::objects().delete(on).await?.total(), 0)
}

pub(super) async fn first_gives_the_first_or_none(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().order_by(Post::title).first(on).await?.map(|post| post.id), Some(5))?;
    same(Post::objects().first(on).await?.map(|post| post.id), Some(5))?;
    same(Post::by_key(9_u32).first(on).await?, None)?;
    same(Post::objects().order_by(Post::id).limit(9).offset(1).select(Post::id).first(on).await?, Some(2))
}

pub(super) async fn first_without_an_order_is_the_first_by_key(on: &dyn Executor) -> Result<()> {
    notes(on, &["b", "a", "b"]).await?;
    same(Note::objects().first(on).await?.map(|note| note.id), Some(1))?;
    same(Note::objects().filter(Note::text.eq("b")).first(on).await?.map(|note| note.id), Some(1))?;
    // The index on names would give Norway first.
    for (code, name) in [("CH", "Switzerland"), ("NO", "Norway")] {
        Country { code: code.to_owned(), name: name.to_owned() }.insert(on).await?;
    }
    let first = Country::objects().filter(Country::name.gt("")).first(on).await?;
    same(first.map(|country| country.code), Some("CH".to_owned()))
}

pub(super) async fn get_gives_the_only_row(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::by_key(3_u32).get(on).await?.title, "Trees".to_owned())?;
    same(Post::by_key(3_u32).select(Post::title).get(on).await?, "Trees".to_owned())?;
    same(Post::objects().limit(1).get(on).await?.id, 5)
}

pub(super) async fn get_of_none_is_not_found(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    refused(Post::by_key(7_u32).get(on).await, Kind::NotFound, "post not found")?;
    refused(Country::by_key("XX".to_owned()).get(on).await, Kind::NotFound, "country not found")
}

pub(super) async fn get_of_several_is_a_conflict(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    refused(Post::objects().get(on).await, Kind::Conflict, "more than one post")?;
    refused(Post::objects().filter(Post::draft.eq(true)).get(on).await, Kind::Conflict, "")
}

pub(super) async fn a_filter_narrows_a_key(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::by_key(1_u32).filter(Post::draft.eq(true)).exists(on).await?, false)?;
    same(ids(on, Post::by_key(2_u32).filter(Post::draft.eq(true))).await?, vec![2])
}
