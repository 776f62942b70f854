//! Full-text search.

use domicile::Kind;
use domicile::prelude::*;
use domicile::query::{Executor, count};

use super::super::model::{Author, Post};
use super::world::world;
use super::{refused, same};

async fn found(on: &dyn Executor, words: &str) -> Result<Vec<u32>> {
    let mut ids = Post::objects().search(words).select(Post::id).all(on).await?;
    ids.sort_unstable();
    Ok(ids)
}

async fn typed(on: &dyn Executor, words: &str) -> Result<Vec<u32>> {
    let mut ids = Post::objects().search_as_typed(words).select(Post::id).all(on).await?;
    ids.sort_unstable();
    Ok(ids)
}

async fn post(on: &dyn Executor, title: &str, content: &str) -> Result<Post> {
    let new = Post::create().set(Post::title, title).set(Post::content, content);
    new.set(Post::author, ForeignKey::new(1)).run(on).await
}

pub(super) async fn a_word_is_found_in_all_columns(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(found(on, "boats").await?, vec![1, 2])?;
    same(found(on, "about").await?, vec![1, 2, 3, 4, 5])?;
    same(found(on, "BOATS").await?, vec![1, 2])?;
    same(found(on, "boat").await?, vec![])
}

pub(super) async fn all_words_must_be_there(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(found(on, "all trees").await?, vec![3, 4])?;
    same(found(on, "trees all").await?, vec![3, 4])?;
    same(found(on, "trees boats").await?, vec![])
}

pub(super) async fn words_have_no_syntax(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    for words in ["boats OR trees", "boats AND NEAR(trees)", "boats NOT trees"] {
        same(found(on, words).await?, vec![])?;
    }
    for words in
        ["title:boats\"", "\"boats", "boats*", "-boats", "^boats", "{boats}", "(boats", "boats)", "+boats"]
    {
        let expected = if words.starts_with("title") { vec![] } else { vec![1, 2] };
        same(found(on, words).await?, expected)?;
    }
    Ok(())
}

pub(super) async fn no_words_find_nothing(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    for words in ["", " ", "\" ) * -", "\0", "'", "…"] {
        same(found(on, words).await?, vec![])?;
        same(typed(on, words).await?, vec![])?;
    }
    Ok(())
}

pub(super) async fn letters_of_other_languages(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(found(on, "ünder").await?, vec![4])?;
    same(found(on, "under").await?, vec![4])?;
    same(found(on, "u\u{308}nder").await?, vec![4])?;
    let id = post(on, "東京 हिन्दी", "naïve cafe\u{301}").await?.id;
    same(found(on, "東京").await?, vec![id])?;
    same(found(on, "हिन्दी").await?, vec![id])?;
    same(found(on, "café NAIVE").await?, vec![id])
}

pub(super) async fn the_last_word_may_be_begun(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(typed(on, "boa").await?, vec![1, 2])?;
    same(typed(on, "about tre").await?, vec![3, 4])?;
    same(typed(on, "abo tre").await?, vec![])?;
    same(typed(on, "b").await?, vec![1, 2])
}

pub(super) async fn the_best_come_first(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let much = post(on, "Kayaks kayaks", "kayaks kayaks kayaks").await?.id;
    let little =
        post(on, "Water", "There are rivers and lakes, ponds and seas, and now and then kayaks.").await?.id;
    let ids = Post::objects().search("kayaks").select(Post::id).all(on).await?;
    same(ids, vec![much, little])
}

pub(super) async fn an_order_may_say_otherwise(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ids = Post::objects().search("about").order_by(-Post::id).select(Post::id).all(on).await?;
    same(ids, vec![5, 4, 3, 2, 1])
}

pub(super) async fn what_is_changed_is_found_by_its_new_words(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ships = Post::by_key(1_u32).update().set(Post::title, "Ships").set(Post::content, "");
    same(ships.run(on).await?, 1)?;
    same((found(on, "boats").await?, found(on, "ships").await?), (vec![2], vec![1]))?;
    let mut second = Post::by_key(2_u32).get(on).await?;
    second.title = "Rafts".to_owned();
    second.content = String::new();
    second.save(on).await?;
    same((found(on, "boats").await?, found(on, "rafts").await?), (vec![], vec![2]))
}

pub(super) async fn what_is_deleted_is_not_found(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    Post::by_key(1_u32).delete(on).await?;
    same(found(on, "boats").await?, vec![2])?;
    // The comments that are by this author are deleted first, as they protect it.
    super::super::model::Comment::objects().delete(on).await?;
    Author::by_key(1_u32).delete(on).await?;
    same(found(on, "boats").await?, vec![])?;
    same(post(on, "Boats", "").await.is_err(), true)
}

pub(super) async fn a_search_is_filtered_and_counted(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let about = || Post::objects().search("about");
    same(about().count(on).await?, 5)?;
    same(about().filter(Post::draft.eq(true)).count(on).await?, 2)?;
    same(about().filter(Post::author.to(Author::name).eq("Berit")).exists(on).await?, true)?;
    let first =
        about().order_by(Post::id).limit(1).select((Post::id, Post::author.to(Author::name))).get(on).await?;
    same(first, (1, "Ada".to_owned()))
}

pub(super) async fn a_search_is_paged(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let page = Post::objects().search("about").order_by(Post::id).select(Post::id).page(2, 2, on).await?;
    same((page.items.clone(), page.total), (vec![3, 4], 5))?;
    let by_rank = Post::objects().search("boats").page(1, 2, on).await?;
    same((by_rank.items.len(), by_rank.total), (2, 2))?;
    let by_id = || Post::objects().search("about").order_by(Post::id).select(Post::id);
    let first = by_id().page_after(None, 3, on).await?;
    same(by_id().page_after(first.next.as_ref(), 3, on).await?.items, vec![4, 5])
}

pub(super) async fn a_search_is_grouped(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let groups = Post::objects().search("about").group_by(Post::author).order_by(Post::author);
    let groups = groups.select((Post::author.to(Author::name), count())).all(on).await?;
    same(groups, vec![("Ada".to_owned(), 2), ("Berit".to_owned(), 2), ("Cleo".to_owned(), 1)])
}

pub(super) async fn what_is_found_is_updated_and_deleted(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Post::objects().search("trees").update().set(Post::views, 50).run(on).await?, 2)?;
    same(Post::objects().filter(Post::views.eq(50)).count(on).await?, 2)?;
    same(Post::objects().search("boats").filter(Post::id.gt(1)).delete(on).await?.of::<Post>(), 1)?;
    same(found(on, "about").await?, vec![1, 3, 4, 5])
}

pub(super) async fn a_search_without_an_index_is_refused(on: &dyn Executor) -> Result<()> {
    refused(Author::objects().search("x").all(on).await, Kind::Invalid, "`Author` has no full-text index")
}
