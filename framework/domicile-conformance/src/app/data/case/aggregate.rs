//! Aggregates over all rows and over groups, and what is asked of groups.

use domicile::prelude::*;
use domicile::query::{Executor, count, create_all};
use domicile::{Kind, SqlKind};

use super::super::model::{Author, Bare, Comment, Instant, Note, Post};
use super::world::world;
use super::{refused, same};

async fn instants(on: &dyn Executor, numbers: &[i64]) -> Result<()> {
    let rows = numbers
        .iter()
        .map(|n| Instant::create().set(Instant::at, Timestamp::from_millis(0)).set(Instant::n, *n));
    create_all(rows.collect(), on).await?;
    Ok(())
}

pub(super) async fn aggregates_of_nothing(on: &dyn Executor) -> Result<()> {
    let all = (
        Post::views.sum(),
        Post::views.avg(),
        Post::views.min(),
        Post::title.max(),
        count(),
        Post::views.count(),
    );
    same(Post::objects().select(all).get(on).await?, (None, None, None, None, 0, 0))?;
    same(Post::objects().select(Post::views.sum().or(0_u64)).get(on).await?, 0)?;
    same(Post::objects().group_by(Post::author).select(count()).all(on).await?, vec![])
}

pub(super) async fn aggregates_leave_null_out(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let all = (Post::rating.count(), Post::rating.sum(), Post::rating.min(), Post::rating.max(), count());
    same(Post::objects().select(all).get(on).await?, (3, Some(8.5), Some(1.0), Some(4.5), 5))?;
    let null = Post::objects().filter(Post::rating.is_null()).select((
        Post::rating.sum(),
        Post::rating.count(),
        count(),
    ));
    same(null.get(on).await?, (None, 0, 2))
}

pub(super) async fn the_mean_of_integers_is_no_integer(on: &dyn Executor) -> Result<()> {
    instants(on, &[1, 2]).await?;
    same(Instant::objects().select(Instant::n.avg()).get(on).await?, Some(1.5))
}

pub(super) async fn the_mean_leaves_null_out(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().filter(Post::id.ne(1)).select(Post::rating.avg()).get(on).await?, Some(2.0))
}

pub(super) async fn a_sum_that_is_too_large_is_an_error(on: &dyn Executor) -> Result<()> {
    let most = (1 << 53) - 1;
    instants(on, &[most; 3]).await?;
    // SQLite holds it, and a number of the platform would round it.
    refused(Instant::objects().select(Instant::n.sum()).get(on).await, Kind::Decode, "")?;
    instants(on, &[most; 1100]).await?;
    refused(Instant::objects().select(Instant::n.sum()).get(on).await, Kind::Sql(SqlKind::Other), "overflow")
}

pub(super) async fn the_smallest_and_largest_of_each_type(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ends =
        (Post::title.min(), Post::title.max(), Post::pub_date.min(), Post::draft.max(), Post::author.max());
    let (first, last, date, draft, author) = Post::objects().select(ends).get(on).await?;
    same((first.as_deref(), last.as_deref()), (Some("100% _sure_"), Some("Ünder trees")))?;
    same(date, Some(Timestamp::from_millis(super::world::NEW_YEAR)))?;
    same((draft, author), (Some(true), Some(ForeignKey::new(3))))
}

pub(super) async fn different_values_are_counted(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let all = (Post::author.count_distinct(), Post::views.count_distinct(), Post::rating.count_distinct());
    same(Post::objects().select(all).get(on).await?, (3, 4, 3))
}

pub(super) async fn only_counts_what_a_filter_finds(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let all = (count().only(Post::draft.eq(true)), Post::views.sum().only(Post::draft.eq(false)), count());
    same(Post::objects().select(all).get(on).await?, (2, Some(20), 5))?;
    let by_author = Post::objects().group_by(Post::author).order_by(Post::author);
    let by_author = by_author.select((Post::author, count().only(Post::rating.is_null()))).all(on).await?;
    same(by_author.iter().map(|(_, count)| *count).collect::<Vec<_>>(), vec![1, 1, 0])
}

pub(super) async fn only_may_ask_along_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ada = count().only(Post::author.to(Author::name).eq("Ada"));
    same(Post::objects().select((ada, count())).get(on).await?, (2, 5))
}

pub(super) async fn only_is_said_of_aggregates(on: &dyn Executor) -> Result<()> {
    let wrong = (Post::views + 1).only(Post::draft.eq(true));
    refused(Post::objects().select(wrong).all(on).await, Kind::Invalid, "`only` is said of an aggregate")
}

pub(super) async fn groups_have_aggregates_of_their_own(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = Post::objects().group_by(Post::author).order_by(Post::author);
    let groups =
        groups.select((Post::author.to(Author::name), count(), Post::views.sum(), Post::rating.avg()));
    let ada = ("Ada".to_owned(), 2, Some(10), Some(4.5));
    let berit = ("Berit".to_owned(), 2, Some(10), Some(3.0));
    same(groups.all(on).await?, vec![ada, berit, ("Cleo".to_owned(), 1, Some(0), Some(1.0))])
}

pub(super) async fn groups_are_by_several_terms(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = Post::objects().group_by((Post::author, Post::draft)).order_by((Post::author, Post::draft));
    let groups = groups.select((Post::author, Post::draft, count())).all(on).await?;
    let groups: Vec<_> = groups.into_iter().map(|(author, draft, n)| (author.into_key(), draft, n)).collect();
    same(groups, vec![(1, false, 1), (1, true, 1), (2, false, 2), (3, true, 1)])
}

pub(super) async fn groups_are_by_an_expression(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let length = || Post::title.length();
    let groups = Post::objects().group_by(length()).order_by(length()).select((length(), count()));
    same(groups.all(on).await?, vec![(5, 2), (11, 3)])
}

pub(super) async fn null_is_a_group(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups =
        Post::objects().group_by(Post::rating).order_by(Post::rating).select((Post::rating, count()));
    same(groups.all(on).await?, vec![(None, 2), (Some(1.0), 1), (Some(3.0), 1), (Some(4.5), 1)])
}

pub(super) async fn groups_are_ordered_by_an_aggregate(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = Comment::objects().group_by(Comment::post).order_by((count().desc(), Comment::post));
    let groups = groups.limit(1).select((Comment::post, count())).all(on).await?;
    same(groups.into_iter().map(|(post, n)| (post.into_key(), n)).collect::<Vec<_>>(), vec![(1, 2)])
}

pub(super) async fn having_asks_of_groups(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = || Post::objects().group_by(Post::author).order_by(Post::author);
    same(groups().having(count().gt(1)).select(Post::author).all(on).await?.len(), 2)?;
    same(groups().having(Post::views.sum().eq(0)).select(Post::author).count(on).await?, 1)?;
    let both = groups().having(count().gt(1)).having(Post::rating.avg().lt(4.0)).select(Post::author);
    same(both.get(on).await?, ForeignKey::new(2))
}

pub(super) async fn filters_come_before_groups_and_having_after(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = Post::objects().filter(Post::draft.eq(false)).group_by(Post::author).having(count().gt(1));
    same(groups.select((Post::author, count())).all(on).await?, vec![(ForeignKey::new(2), 2)])
}

pub(super) async fn aggregates_are_calculated_with(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let span = Post::objects().select(Post::views.max().or(0_u32) - Post::views.min().or(0_u32));
    same(span.get(on).await?, 10)?;
    same(Post::objects().select(count::<Post>() * 2_u64 + 1_u64).get(on).await?, 11)
}

pub(super) async fn an_expression_is_added_up(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().select((Post::views * 2 + 1).sum()).get(on).await?, Some(45))?;
    same(Post::objects().select(Post::rating.or(1.0).sum()).get(on).await?, Some(10.5))
}

pub(super) async fn bools_are_added_up(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().select((Post::draft.sum(), Post::draft.avg())).get(on).await?, (Some(2), Some(0.4)))
}

pub(super) async fn an_aggregate_of_limited_rows_is_of_all(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // As in SQL, a limit is of the rows that come, of which there is one.
    same(Post::objects().limit(2).select(count()).all(on).await?, vec![5])?;
    same(Post::objects().limit(2).count(on).await?, 2)
}

pub(super) async fn a_model_with_a_key_only_is_counted(on: &dyn Executor) -> Result<()> {
    create_all(vec![Bare::create(), Bare::create(), Bare::create()], on).await?;
    same(Bare::objects().select((count(), Bare::id.max())).get(on).await?, (3, Some(3)))?;
    same(Note::objects().select(count()).get(on).await?, 0)
}

pub(super) async fn having_without_groups_is_of_all(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let all = |least| Post::objects().having(count().ge(least)).select(count());
    same((all(5).all(on).await?, all(6).all(on).await?), (vec![5], vec![]))?;
    same((all(5).count(on).await?, all(6).count(on).await?), (1, 0))?;
    same((all(5).exists(on).await?, all(6).exists(on).await?), (true, false))
}

pub(super) async fn groups_are_by_five_terms(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let by = (Post::draft, Post::author, Post::views, Post::title, Post::content);
    let order = (Post::draft, Post::author, Post::views, Post::title, Post::id);
    same(Post::objects().group_by(by).order_by(order).select(Post::id).all(on).await?, vec![1, 4, 3, 2, 5])
}
