//! Updates of what a query finds, and of rows that were read.

use domicile::prelude::*;
use domicile::query::{Executor, count, create_all, save_columns};
use domicile::{Kind, SqlKind};

use super::super::model::{Author, Category, Country, Everything, Note, Post, Stamp, Wide};
use super::world::{ids, keys, notes, world};
use super::{refused, same, since};

async fn views(on: &dyn Executor) -> Result<Vec<u32>> {
    Post::objects().order_by(Post::id).select(Post::views).all(on).await
}

pub(super) async fn an_update_tells_how_many_rows(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().filter(Post::draft.eq(false)).update().set(Post::views, 1).run(on).await?, 3)?;
    same(views(on).await?, vec![1, 0, 1, 1, 0])
}

pub(super) async fn an_update_of_nothing_is_zero(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().filter(Post::id.gt(9)).update().set(Post::views, 1).run(on).await?, 0)?;
    same(Post::by_key(9_u32).update().set(Post::views, 1).run(on).await?, 0)?;
    same(views(on).await?, vec![10, 0, 7, 3, 0])
}

pub(super) async fn an_update_calculates(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().update().set(Post::views, Post::views + 1).run(on).await?, 5)?;
    same(views(on).await?, vec![11, 1, 8, 4, 1])?;
    Post::objects().update().set(Post::views, (Post::views + Post::id) * 2).run(on).await?;
    same(views(on).await?, vec![24, 6, 22, 16, 12])
}

pub(super) async fn an_update_takes_columns_as_they_were(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let swapped =
        Post::by_key(1_u32).update().set(Post::title, Post::content).set(Post::content, Post::title);
    same(swapped.run(on).await?, 1)?;
    let post = Post::by_key(1_u32).get(on).await?;
    same((post.title.as_str(), post.content.as_str()), ("All about Boats.", "Boats"))
}

pub(super) async fn an_update_sets_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().update().set(Post::rating, None).run(on).await?, 5)?;
    same(Post::objects().filter(Post::rating.is_null()).count(on).await?, 5)?;
    let halves = Post::by_key(1_u32).update().set(Post::rating, Post::rating.or(3.0) / 2.0);
    same(halves.run(on).await?, 1)?;
    same(Post::by_key(1_u32).get(on).await?.rating, Some(1.5))
}

pub(super) async fn the_last_value_of_a_column_counts(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    Post::by_key(1_u32).update().set(Post::views, 1).set(Post::views, 2).run(on).await?;
    same(Post::by_key(1_u32).get(on).await?.views, 2)
}

pub(super) async fn an_update_filters_along_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ada = Post::objects().filter(Post::author.to(Author::name).eq("Ada")).update();
    same(ada.set(Post::views, Post::views * 2).run(on).await?, 2)?;
    same(views(on).await?, vec![20, 0, 7, 3, 0])?;
    let swiss = Post::author.to(Author::country).to(Country::code).eq("CH");
    same(Post::objects().exclude(swiss).update().set(Post::views, 5).run(on).await?, 3)?;
    same(views(on).await?, vec![20, 0, 5, 5, 5])
}

pub(super) async fn an_update_filters_by_what_points_here(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let update = Author::objects().filter(Post::author.any(Post::draft.eq(true))).update();
    same(update.set(Author::name, "D").run(on).await?, 2)
}

pub(super) async fn an_update_within_a_limit(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // The model's own order is the newest first.
    same(Post::objects().limit(1).update().set(Post::views, 77).run(on).await?, 1)?;
    same(views(on).await?, vec![10, 0, 7, 3, 77])?;
    let first = Post::objects().order_by(Post::views).limit(2).offset(1).update().set(Post::views, 50);
    same(first.run(on).await?, 2)?;
    same(views(on).await?, vec![10, 0, 50, 50, 77])
}

pub(super) async fn an_update_sets_nothing_of_other_models(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let update = Post::objects().update().set(Post::title, Post::author.to(Author::name).or("x"));
    refused(update.run(on).await, Kind::Invalid, "from the row's own columns")
}

pub(super) async fn an_update_that_sets_nothing_is_refused(on: &dyn Executor) -> Result<()> {
    refused(Post::objects().update().run(on).await, Kind::Invalid, "an update sets nothing")
}

pub(super) async fn an_update_that_fails_changes_nothing(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let twice = Post::objects().filter(Post::author.eq(ForeignKey::new(1))).update().set(Post::title, "same");
    refused(twice.run(on).await, Kind::Sql(SqlKind::Unique), "post")?;
    same(ids(on, Post::objects().filter(Post::title.eq("same"))).await?, vec![])?;
    let null = Post::objects().update().set(Post::views, Post::views / 0);
    refused(null.run(on).await, Kind::Sql(SqlKind::NotNull), "")?;
    same(views(on).await?, vec![10, 0, 7, 3, 0])
}

pub(super) async fn an_update_stays_within_the_type(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // A row that no longer fits the model could never be read again.
    let less = Post::objects().update().set(Post::views, Post::views - 5);
    refused(less.run(on).await, Kind::Invalid, "views")?;
    same(views(on).await?, vec![10, 0, 7, 3, 0])?;
    Everything::create().set(Everything::small, Some(127)).run(on).await?;
    Everything::create().run(on).await?;
    let more = Everything::objects().update().set(Everything::small, Everything::small + 1);
    refused(more.run(on).await, Kind::Invalid, "small")?;
    let mut changes = Changes::new();
    changes.update(Everything::objects().update().set(Everything::small, Everything::small * 2));
    refused(changes.apply(on).await, Kind::Invalid, "from -128 to 127")?;
    let less = Everything::objects().update().set(Everything::small, Everything::small - 1);
    same(less.run(on).await?, 2)?;
    let small = Everything::objects().order_by(Everything::id).select(Everything::small).all(on).await?;
    same(small, vec![Some(126), None])
}

pub(super) async fn updated_is_set_by_every_update(on: &dyn Executor) -> Result<()> {
    let (old, begin) = (Timestamp::from_millis(1), on.now());
    let changed = || Stamp::objects().select(Stamp::changed).get(on);
    let mut row = Stamp::create().set(Stamp::code, "a").set(Stamp::changed, old).run(on).await?;
    same(row.changed, old)?;
    same(Stamp::objects().update().set(Stamp::level, 2).run(on).await?, 1)?;
    since(changed().await?, begin, on)?;
    same(Stamp::objects().update().set(Stamp::changed, old).run(on).await?, 1)?;
    same(changed().await?, old)?;
    row.code = "b".to_owned();
    same(save_columns(std::slice::from_ref(&row), Stamp::code, on).await?, 1)?;
    since(changed().await?, begin, on)?;
    same(save_columns(std::slice::from_ref(&row), (Stamp::code, Stamp::changed), on).await?, 1)?;
    same(changed().await?, old)?;
    row.save(on).await?;
    since(changed().await?, begin, on)?;
    same(Stamp::objects().select((Stamp::level, Stamp::code)).get(on).await?, (1, "b".to_owned()))
}

pub(super) async fn upsert_sets_what_is_updated(on: &dyn Executor) -> Result<()> {
    let (old, begin) = (Timestamp::from_millis(1), on.now());
    let row = Stamp::create().set(Stamp::code, "a").set(Stamp::changed, old).run(on).await?;
    let new = Stamp::create().set(Stamp::id, row.id).set(Stamp::code, "b");
    let again = new.upsert(Stamp::id, on).await?;
    since(again.changed, begin, on)?;
    same((again.code.as_str(), again.made, again.token), ("b", row.made, row.token))
}

pub(super) async fn a_row_is_saved_whole(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut post = Post::by_key(1_u32).get(on).await?;
    post.title = "Ships".to_owned();
    post.rating = None;
    post.draft = true;
    post.save(on).await?;
    same(Post::by_key(1_u32).get(on).await?, post)?;
    same(Post::by_key(2_u32).get(on).await?.title, "About boats".to_owned())
}

pub(super) async fn a_row_that_is_gone_is_not_saved(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let post = Post::by_key(2_u32).get(on).await?;
    post.delete(on).await?;
    refused(post.save(on).await, Kind::NotFound, "post not found")?;
    same(Post::objects().count(on).await?, 4)
}

pub(super) async fn a_row_is_inserted_with_its_key(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let post = Post::by_key(2_u32).get(on).await?;
    post.delete(on).await?;
    post.insert(on).await?;
    same(Post::by_key(2_u32).get(on).await?, post.clone())?;
    same(post.insert(on).await.is_err_and(|error| error.is_unique_violation()), true)
}

pub(super) async fn a_row_is_deleted(on: &dyn Executor) -> Result<()> {
    notes(on, &["a", "b"]).await?;
    let note = Note::by_key(1_u32).get(on).await?;
    same(note.delete(on).await?.total(), 1)?;
    same(note.delete(on).await?.total(), 0)?;
    same(keys(on, Note::id.gt(0)).await?, vec![2])
}

pub(super) async fn columns_of_many_rows_are_saved(on: &dyn Executor) -> Result<()> {
    let rows = (0..500).map(|n| Category::create().set(Category::name, format!("c{n}"))).collect();
    create_all(rows, on).await?;
    let mut all = Category::objects().order_by(Category::id).all(on).await?;
    for row in &mut all {
        row.name = format!("{}!", row.id);
        row.parent = Some(ForeignKey::new(1));
    }
    same(save_columns(&all, Category::name, on).await?, 500)?;
    same(Category::objects().filter(Category::name.ends_with("!")).count(on).await?, 500)?;
    same(Category::objects().filter(Category::parent.is_not_null()).count(on).await?, 0)?;
    same(save_columns(&all, (Category::name, Category::parent), on).await?, 500)?;
    same(Category::objects().filter(Category::parent.eq(ForeignKey::new(1))).count(on).await?, 500)?;
    same(save_columns(&[] as &[Category], Category::name, on).await?, 0)
}

pub(super) async fn rows_of_99_columns_are_saved(on: &dyn Executor) -> Result<()> {
    create_all(vec![Wide::create(), Wide::create()], on).await?;
    let mut rows = Wide::objects().order_by(Wide::id).all(on).await?;
    for row in &mut rows {
        row.c98 = 98;
        row.save(on).await?;
    }
    same(Wide::objects().filter(Wide::c98.eq(98)).count(on).await?, 2)
}

pub(super) async fn values_of_every_type_are_saved(on: &dyn Executor) -> Result<()> {
    let mut row = Everything::create().run(on).await?;
    row.small = Some(-128);
    row.exact = Some(Exact64::new(i64::MIN));
    row.float = Some(0.1);
    row.yes = Some(false);
    row.text = Some("a\0'".to_owned());
    row.bytes = Some(vec![0, 255]);
    row.moment = Some(Timestamp::from_millis(-1));
    row.save(on).await?;
    same(Everything::objects().get(on).await?, row.clone())?;
    let empty = Everything {
        id: 1,
        small: None,
        exact: None,
        float: None,
        yes: None,
        text: None,
        bytes: None,
        moment: None,
    };
    empty.save(on).await?;
    same(Everything::objects().get(on).await?, empty)
}

pub(super) async fn a_key_may_be_changed(on: &dyn Executor) -> Result<()> {
    notes(on, &["a"]).await?;
    same(Note::by_key(1_u32).update().set(Note::id, 8).run(on).await?, 1)?;
    same(keys(on, Note::text.eq("a")).await?, vec![8])
}

pub(super) async fn groups_are_not_updated(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let says = "groups are no rows that can be updated or deleted";
    let grouped = Post::objects().group_by(Post::author).update().set(Post::views, 99);
    refused(grouped.run(on).await, Kind::Invalid, says)?;
    let having = Post::objects().having(count().gt(99)).update().set(Post::views, 99);
    refused(having.run(on).await, Kind::Invalid, says)?;
    same(views(on).await?, vec![10, 0, 7, 3, 0])
}
