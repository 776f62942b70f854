//! Which rows a filter finds: comparisons, lists, ranges, NULL, and how conditions are put together.

use domicile::Kind;
use domicile::prelude::*;
use domicile::query::{Executor, Filter};

use super::super::model::{Author, Country, Everything, Note, Post};
use super::world::{ids, keys, names, notes, posts, world};
use super::{refused, same};

pub(super) async fn eq_finds_the_same_text_only(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::title.eq("Boats")).await?, vec![1])?;
    same(posts(on, Post::title.eq("boats")).await?, vec![])?;
    same(posts(on, Post::title.eq("Boats ")).await?, vec![])
}

pub(super) async fn eq_compares_two_columns(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::views.eq(Post::id + 9)).await?, vec![1])?;
    same(posts(on, Post::id.gt(Post::views + 0)).await?, vec![2, 4, 5])
}

pub(super) async fn ne_finds_what_eq_does_not(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::views.ne(0)).await?, vec![1, 3, 4])
}

pub(super) async fn ne_finds_null_too(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::rating.ne(3.0)).await?, vec![1, 2, 4, 5])
}

pub(super) async fn ne_none_finds_what_is_not_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::rating.ne(None)).await?, vec![1, 3, 5])
}

pub(super) async fn eq_none_finds_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::rating.eq(None)).await?, vec![2, 4])?;
    same(posts(on, Post::rating.is_null()).await?, vec![2, 4])?;
    same(posts(on, Post::rating.is_not_null()).await?, vec![1, 3, 5])
}

pub(super) async fn comparisons_do_not_find_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::rating.lt(100.0)).await?, vec![1, 3, 5])?;
    same(posts(on, Post::rating.ge(-100.0)).await?, vec![1, 3, 5])?;
    same(posts(on, Post::rating.between(-100.0, 100.0)).await?, vec![1, 3, 5])
}

pub(super) async fn exclude_takes_null_as_not_met(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(ids(on, Post::objects().exclude(Post::rating.eq(3.0))).await?, vec![1, 2, 4, 5])?;
    same(ids(on, Post::objects().exclude(Post::rating.gt(2.0))).await?, vec![2, 4, 5])?;
    same(ids(on, Post::objects().exclude(Post::rating.is_null())).await?, vec![1, 3, 5])
}

pub(super) async fn not_of_not_is_the_filter_itself(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, !Post::rating.gt(2.0)).await?, vec![2, 4, 5])?;
    same(posts(on, !!Post::rating.gt(2.0)).await?, vec![1, 3])
}

pub(super) async fn not_binds_all_that_stands_behind_it(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, !(Post::draft.eq(true) | Post::views.gt(5))).await?, vec![4])?;
    same(posts(on, !(Post::draft.eq(true) & Post::views.eq(0))).await?, vec![1, 3, 4])?;
    same(posts(on, !Post::views.between(3, 7)).await?, vec![1, 2, 5])?;
    same(posts(on, !Post::rating.is_null()).await?, vec![1, 3, 5])?;
    same(posts(on, !Post::title.contains("oats")).await?, vec![3, 4, 5])?;
    same(posts(on, !Post::title.starts_with("Tree")).await?, vec![1, 2, 4, 5])
}

pub(super) async fn comparisons_include_or_leave_out_the_bound(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::views.lt(7)).await?, vec![2, 4, 5])?;
    same(posts(on, Post::views.le(7)).await?, vec![2, 3, 4, 5])?;
    same(posts(on, Post::views.gt(7)).await?, vec![1])?;
    same(posts(on, Post::views.ge(7)).await?, vec![1, 3])
}

pub(super) async fn between_includes_both_ends(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::views.between(3, 7)).await?, vec![3, 4])?;
    same(posts(on, Post::views.between(7, 3)).await?, vec![])?;
    same(posts(on, Post::title.between("B", "C")).await?, vec![1])?;
    same(posts(on, Post::views.between(0, 3) & Post::draft.eq(false)).await?, vec![4])
}

pub(super) async fn filters_after_each_other_must_all_hold(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let both = Post::objects().filter(Post::views.gt(3)).filter(Post::views.lt(10));
    same(ids(on, both).await?, vec![3])
}

pub(super) async fn and_binds_as_it_is_written(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let (a, b, c) = (|| Post::id.eq(1), || Post::draft.eq(true), || Post::views.eq(0));
    same(posts(on, a() | b() & c()).await?, vec![1, 2, 5])?;
    same(posts(on, (a() | b()) & c()).await?, vec![2, 5])?;
    same(posts(on, (a() | b()) & Post::views.gt(0)).await?, vec![1])?;
    let either = Post::objects().filter(a() | b()).filter(Post::id.lt(3) | Post::id.gt(9));
    same(ids(on, either).await?, vec![1, 2])
}

pub(super) async fn conditions_nest_deeply(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut filter = Post::id.eq(1);
    for depth in 0..60 {
        filter = if depth % 2 == 0 { filter | Post::id.eq(3) } else { filter & Post::views.gt(1) };
    }
    // Each of the conditions is a parameter.
    same(posts(on, filter).await?, vec![1, 3])
}

pub(super) async fn a_list_of_filters_means_all_of_them(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, vec![Post::draft.eq(true), Post::id.gt(2)]).await?, vec![5])?;
    same(posts(on, Vec::<Filter<Post>>::new()).await?, vec![1, 2, 3, 4, 5])?;
    same(posts(on, None::<Filter<Post>>).await?, vec![1, 2, 3, 4, 5])?;
    same(posts(on, Some(Post::id.eq(2))).await?, vec![2])
}

pub(super) async fn is_in_finds_those_listed(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::id.is_in([2, 3, 99])).await?, vec![2, 3])?;
    same(posts(on, Post::id.is_in([3, 3, 3])).await?, vec![3])?;
    same(posts(on, Post::title.is_in(["Boats", "boats", "Trees"])).await?, vec![1, 3])
}

pub(super) async fn is_in_nothing_finds_nothing(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::id.is_in([0; 0])).await?, vec![])?;
    same(posts(on, !Post::id.is_in([0; 0])).await?, vec![1, 2, 3, 4, 5])?;
    same(posts(on, Post::rating.is_in(Vec::<Option<f64>>::new())).await?, vec![])
}

pub(super) async fn is_in_takes_5000_values(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::id.is_in(2..5_002)).await?, vec![2, 3, 4, 5])?;
    same(posts(on, !Post::id.is_in(2..5_002)).await?, vec![1])?;
    let many: Vec<String> = (0..5_000).map(|n| format!("t\"{n}'")).chain(["Boats".to_owned()]).collect();
    same(posts(on, Post::title.is_in(&many)).await?, vec![1])?;
    let floats = (0..5_000).map(|n| f64::from(n) / 2.0);
    same(posts(on, Post::rating.is_in(floats)).await?, vec![1, 3, 5])
}

pub(super) async fn is_in_is_the_same_around_its_own_bound(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // Sixteen values are parameters of their own, and seventeen are one.
    for count in [15, 16, 17, 18] {
        let list = move || (100..100 + count - 2).chain([1, 4]);
        same(posts(on, Post::id.is_in(list())).await?, vec![1, 4])?;
        same(posts(on, !Post::id.is_in(list())).await?, vec![2, 3, 5])?;
    }
    Ok(())
}

pub(super) async fn null_in_a_list_is_never_found(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::rating.is_in([Some(3.0), None])).await?, vec![3])?;
    same(posts(on, !Post::rating.is_in([Some(3.0), None])).await?, vec![1, 2, 4, 5])?;
    let many = (0..40).map(|n| (n > 2).then_some(f64::from(n)));
    same(posts(on, Post::rating.is_in(many.clone())).await?, vec![3])?;
    same(posts(on, !Post::rating.is_in(many)).await?, vec![1, 2, 4, 5])
}

pub(super) async fn is_in_takes_other_columns(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::views.is_in([Post::id + 4, Post::id + 9])).await?, vec![1, 3])
}

pub(super) async fn is_in_query_asks_another_model(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let swiss = Author::objects().filter(Author::country.to(Country::name).eq("Switzerland"));
    same(posts(on, Post::author.is_in_query(swiss.select(Author::id))).await?, vec![1, 2])
}

pub(super) async fn is_in_query_keeps_order_and_limit(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let last = Author::objects().order_by(-Author::name).limit(2).select(Author::id);
    same(posts(on, Post::author.is_in_query(last.clone())).await?, vec![3, 4, 5])?;
    same(posts(on, !Post::author.is_in_query(last)).await?, vec![1, 2])
}

pub(super) async fn bools_are_asked_as_bools(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::draft.eq(true)).await?, vec![2, 5])?;
    same(posts(on, Post::draft.ne(true)).await?, vec![1, 3, 4])?;
    same(posts(on, Post::draft.is_in([true, false])).await?.len(), 5)?;
    for (id, yes) in [(1, Some(true)), (2, Some(false)), (3, None)] {
        Everything::create().set(Everything::id, id).set(Everything::yes, yes).run(on).await?;
    }
    same(keys(on, Everything::yes.eq(false)).await?, vec![2])?;
    same(keys(on, Everything::yes.ne(true)).await?, vec![2, 3])?;
    same(keys(on, !Everything::yes.eq(false)).await?, vec![1, 3])
}

pub(super) async fn a_default_stands_for_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::rating.or(9.0).gt(4.0)).await?, vec![1, 2, 4])?;
    let ratings = Post::objects().order_by(Post::id).select(Post::rating.or(0.0));
    same(ratings.all(on).await?, vec![4.5, 0.0, 3.0, 0.0, 1.0])
}

pub(super) async fn values_cannot_be_syntax(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let evil = "' OR 1=1; DROP TABLE post; --";
    same(posts(on, Post::title.eq(evil)).await?, vec![])?;
    same(posts(on, Post::title.contains(evil)).await?, vec![])?;
    same(posts(on, Post::title.starts_with(evil)).await?, vec![])?;
    same(posts(on, Post::title.ends_with(evil)).await?, vec![])?;
    same(posts(on, Post::title.ieq(evil)).await?, vec![])?;
    same(posts(on, Post::title.is_in(vec![evil; 20])).await?, vec![])?;
    same(Post::objects().search(evil).count(on).await?, 0)?;
    notes(on, &[evil]).await?;
    same(Note::by_key(1_u32).get(on).await?.text, evil.to_owned())?;
    same(keys(on, Note::text.eq(evil)).await?, vec![1])?;
    same(Post::objects().count(on).await?, 5)
}

pub(super) async fn a_filter_may_be_used_twice(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let drafts = Post::draft.eq(true);
    same(posts(on, drafts.clone()).await?, vec![2, 5])?;
    same(posts(on, drafts.clone() & !drafts).await?, vec![])?;
    let query = Post::objects().filter(Post::views.gt(0));
    same(query.clone().count(on).await?, 3)?;
    same(query.count(on).await?, 3)
}

pub(super) async fn more_than_100_parameters_are_told_in_a_sentence(on: &dyn Executor) -> Result<()> {
    let ten = |from: u32| Post::id.is_in(from..from + 10);
    let hundred = (1..10).fold(ten(100), |filter, n| filter | ten(100 + n * 10));
    same(posts(on, hundred.clone()).await?, vec![])?;
    let more = posts(on, hundred | Post::id.eq(1)).await;
    refused(more, Kind::Invalid, "the query has 101 parameters and a statement may have 100")
}

pub(super) async fn a_value_that_cannot_be_bound_is_refused(on: &dyn Executor) -> Result<()> {
    let asked = Everything::objects().filter(Everything::id.eq(1_i64 << 53)).all(on).await;
    refused(asked, Kind::Invalid, "9007199254740992")?;
    let list = (0..30).map(|n| (1_i64 << 53) + n);
    refused(Everything::objects().filter(Everything::id.is_in(list)).count(on).await, Kind::Invalid, "")
}

pub(super) async fn filters_of_authors_by_nullable_columns(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let norway = || ForeignKey::new("NO".to_owned());
    same(names(on, Author::country.eq(norway())).await?, vec!["Berit".to_owned()])?;
    same(names(on, Author::country.ne(norway())).await?, vec!["Ada".to_owned(), "Cleo".to_owned()])?;
    same(names(on, Author::country.is_null()).await?, vec!["Cleo".to_owned()])
}

pub(super) async fn null_is_neither_equal_to_null_nor_not(on: &dyn Executor) -> Result<()> {
    Everything::create().run(on).await?;
    Everything::create().set(Everything::float, Some(1.0)).run(on).await?;
    let both = Everything::exact.eq(Everything::exact) | Everything::exact.ne(Everything::exact);
    same(keys(on, both).await?, vec![])
}
