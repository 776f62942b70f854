//! `+`, `-`, `*` and `/` of columns and values.

use domicile::Kind;
use domicile::prelude::*;
use domicile::query::{Executor, Expr};

use super::super::model::{Everything, Instant, Post};
use super::world::{keys, posts, world};
use super::{refused, same};

/// What an expression is for a row whose number is `n`.
async fn of(on: &dyn Executor, n: i64, expression: Expr<Instant, i64>) -> Result<i64> {
    Instant::objects().delete(on).await?;
    Instant::create().set(Instant::at, Timestamp::from_millis(0)).set(Instant::n, n).run(on).await?;
    Instant::objects().select(expression).get(on).await
}

pub(super) async fn integers_are_added_and_subtracted(on: &dyn Executor) -> Result<()> {
    same(of(on, 7, Instant::n + 5).await?, 12)?;
    same(of(on, 7, Instant::n - 9).await?, -2)?;
    same(of(on, -7, Instant::n + Instant::n).await?, -14)
}

pub(super) async fn integers_divide_to_integers(on: &dyn Executor) -> Result<()> {
    same(of(on, 7, Instant::n / 2).await?, 3)?;
    same(of(on, -7, Instant::n / 2).await?, -3)?;
    same(of(on, 7, (Instant::n + 2) / 2).await?, 4)?;
    same(of(on, 7, Instant::n / 2 * 2).await?, 6)
}

pub(super) async fn floats_divide_to_floats(on: &dyn Executor) -> Result<()> {
    Everything::create().set(Everything::float, Some(7.0)).run(on).await?;
    same(Everything::objects().select(Everything::float / 2.0).get(on).await?, Some(3.5))
}

pub(super) async fn operators_bind_as_in_rust(on: &dyn Executor) -> Result<()> {
    same(of(on, 5, Instant::n + Instant::n * 2).await?, 15)?;
    same(of(on, 5, (Instant::n + 1) * 2).await?, 12)?;
    same(of(on, 5, Instant::n * 2 - 1).await?, 9)?;
    same(of(on, 5, Instant::n * (Instant::n + 1)).await?, 30)
}

pub(super) async fn parentheses_on_the_right_are_kept(on: &dyn Executor) -> Result<()> {
    same(of(on, 10, Instant::n - (Instant::n - 3)).await?, 3)?;
    same(of(on, 10, Instant::n - (Instant::n + 3)).await?, -3)?;
    same(of(on, 12, Instant::n / (Instant::n / 3)).await?, 3)?;
    same(of(on, 12, Instant::n / (Instant::n * 2)).await?, 0)?;
    same(of(on, 12, Instant::n * (Instant::n / 5)).await?, 24)
}

pub(super) async fn expressions_are_compared(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, (Post::views + 1).gt(7)).await?, vec![1, 3])?;
    same(posts(on, (Post::views * 2).between(6, 14)).await?, vec![3, 4])?;
    same(posts(on, (Post::views + 1).is_in([1, 4])).await?, vec![2, 4, 5])?;
    same(posts(on, (Post::views + 1).is_in(0..40)).await?, vec![1, 2, 3, 4, 5])?;
    same(posts(on, Post::views.lt(Post::id * 2)).await?, vec![2, 4, 5])
}

pub(super) async fn null_makes_null_of_all(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let halves = Post::objects().order_by(Post::id).select(Post::rating * 2.0).all(on).await?;
    same(halves, vec![Some(9.0), None, Some(6.0), None, Some(2.0)])
}

pub(super) async fn a_default_stays_an_integer(on: &dyn Executor) -> Result<()> {
    Everything::create().run(on).await?;
    let half = (Everything::small.or(3) + 0) / 2;
    same(Everything::objects().select(half).get(on).await?, 1)
}

pub(super) async fn division_by_zero_is_null(on: &dyn Executor) -> Result<()> {
    Everything::create().set(Everything::small, Some(7)).run(on).await?;
    same(Everything::objects().select(Everything::small / 0).get(on).await?, None)?;
    refused(of(on, 7, Instant::n / 0).await, Kind::Decode, "NULL")
}

pub(super) async fn what_leaves_the_type_is_an_error(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    refused(Post::objects().select(Post::views - 1).all(on).await, Kind::Decode, "")?;
    refused(of(on, (1 << 53) - 1, Instant::n + 1).await, Kind::Decode, "")
}

pub(super) async fn a_negative_parameter_is_no_comment(on: &dyn Executor) -> Result<()> {
    same(of(on, 5, Instant::n - -3).await?, 8)?;
    same(of(on, 5, Instant::n + -3).await?, 2)?;
    same(keys(on, (Instant::n - -3).eq(8)).await?.len(), 1)
}
