//! What a write leaves behind.

use domicile::prelude::*;
use domicile::query::{Executor, create_all, save_columns};

use super::super::model::{Author, Category, Comment, Country, Post};
use super::filter::world;
use super::{refused, same};

pub(super) async fn creating_gives_defaults(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let new = Post::create().set(Post::title, "New").set(Post::author, ForeignKey::new(1));
    let made = new.run(on).await?;
    same((made.id, made.views, made.draft, made.content.as_str()), (6, 0, true, ""))?;
    same(made.pub_date, on.now())?;
    same(Post::by_key(6_u32).get(on).await?, made)?;
    refused(Post::create().run(on).await, domicile::Kind::Invalid, "title")?;
    let twice = Author::create().set(Author::name, "Ada").set(Author::email, "Ada@example.com");
    let error = twice.clone().run(on).await;
    same(error.is_err_and(|error| error.is_unique_violation()), true)?;
    same(twice.run_or_ignore(on).await?, None)?;
    let nobody = Post::create().set(Post::title, "x").set(Post::author, ForeignKey::new(99)).run(on).await;
    refused(nobody, domicile::Kind::Sql(domicile::SqlKind::ForeignKey), "")
}

pub(super) async fn updates_with_expressions(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let update = Post::objects().filter(Post::draft.eq(false)).update();
    same(update.set(Post::views, Post::views + 1).set(Post::rating, None).run(on).await?, 3)?;
    let views = Post::objects().order_by(Post::id).select(Post::views).all(on).await?;
    same(views, vec![11, 0, 8, 4, 0])?;
    same(Post::objects().filter(Post::id.gt(9)).update().set(Post::views, 1).run(on).await?, 0)?;
    let ada = Post::objects().filter(Post::author.to(Author::name).eq("Ada")).update();
    same(ada.set(Post::views, Post::views * 2 - 1).run(on).await.is_ok(), true)?;
    let newest = Post::objects().limit(1).update().set(Post::views, 77).run(on).await?;
    same(newest, 1)?;
    same(Post::by_key(5_u32).get(on).await?.views, 77)
}

pub(super) async fn upserts(on: &dyn Executor) -> Result<()> {
    let new = |name: &str| Author::create().set(Author::name, name).set(Author::email, "a@example.com");
    same(new("A").upsert(Author::email, on).await?.id, 1)?;
    let again = new("B").upsert(Author::email, on).await?;
    same((again.id, again.name.as_str()), (1, "B"))?;
    same(Author::objects().count(on).await?, 1)?;
    let by_mail = || Author::objects().filter(Author::email.eq("a@example.com"));
    same(by_mail().get_or_create(new("C"), on).await?.1, false)?;
    by_mail().delete(on).await?;
    same(by_mail().get_or_create(new("C"), on).await?.1, true)
}

pub(super) async fn deleting_cascades(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let deleted = Post::by_key(1_u32).delete(on).await?;
    same((deleted.of::<Post>(), deleted.of::<Comment>(), deleted.total()), (1, 2, 3))?;
    same(Comment::objects().count(on).await?, 1)?;
    Country::by_key("CH".to_owned()).delete(on).await?;
    same(Author::by_key(1_u32).get(on).await?.country, None)?;
    let mut parent = None;
    for name in ["a", "b", "c"] {
        let new = Category::create().set(Category::name, name).set(Category::parent, parent);
        parent = Some(ForeignKey::from(&new.run(on).await?));
    }
    let top = Category::by_key(1_u32).update().set(Category::parent, parent).run(on).await?;
    same(top, 1)?;
    same(Category::by_key(2_u32).delete(on).await?.total(), 3)
}

pub(super) async fn deleting_protects(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let refusal = Author::by_key(3_u32).delete(on).await;
    refused(refusal, domicile::Kind::Conflict, "the author cannot be deleted: 1 comment points to it")?;
    same(Author::objects().count(on).await?, 3)?;
    same(Post::objects().count(on).await?, 5)
}

pub(super) async fn changes_whole_or_not(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let views = |id: u32| Post::by_key(id).select(Post::views).get(on);
    let transfer = |amount: u32| {
        let mut changes = Changes::new();
        changes.update(Post::by_key(2_u32).update().set(Post::views, Post::views + amount));
        changes.require(Post::by_key(1_u32).filter(Post::views.ge(amount)), "there are too few views");
        changes.update(Post::by_key(1_u32).update().set(Post::views, Post::views - amount));
        changes
    };
    same(transfer(4).apply(on).await?.rows, vec![1, 1])?;
    same((views(1).await?, views(2).await?), (6, 4))?;
    refused(transfer(7).apply(on).await, domicile::Kind::Conflict, "there are too few views")?;
    same((views(1).await?, views(2).await?), (6, 4))?;
    let mut changes = Changes::new();
    changes.delete(Post::by_key(2_u32));
    changes.create(Post::create().set(Post::title, "Boats").set(Post::author, ForeignKey::new(1)));
    same(changes.apply(on).await.is_err_and(|error| error.is_unique_violation()), true)?;
    same(views(2).await?, 4)
}

pub(super) async fn many_rows(on: &dyn Executor) -> Result<()> {
    let rows = (0..1_000).map(|n| Category::create().set(Category::name, format!("c{n}"))).collect();
    same(create_all(rows, on).await?, 1_000)?;
    same(Category::objects().count(on).await?, 1_000)?;
    let mut all = Category::objects().order_by(Category::id).all(on).await?;
    same(all.iter().all(|row| row.name == format!("c{}", row.id - 1)), true)?;
    for row in &mut all {
        row.name.push('!');
    }
    same(save_columns(&all, Category::name, on).await?, 1_000)?;
    same(Category::objects().filter(Category::name.ends_with("!")).count(on).await?, 1_000)?;
    let twice = vec![
        Author::create().set(Author::name, "x").set(Author::email, "x"),
        Author::create().set(Author::name, "y").set(Author::email, "x"),
    ];
    same(create_all(twice, on).await.is_err(), true)?;
    same(Author::objects().count(on).await?, 0)
}

pub(super) async fn saving(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut post = Post::by_key(1_u32).get(on).await?;
    post.title = "Ships".to_owned();
    post.rating = None;
    post.save(on).await?;
    same(Post::by_key(1_u32).get(on).await?, post.clone())?;
    post.delete(on).await?;
    refused(post.save(on).await, domicile::Kind::NotFound, "post not found")?;
    post.insert(on).await?;
    same(Post::by_key(1_u32).get(on).await?, post)
}
